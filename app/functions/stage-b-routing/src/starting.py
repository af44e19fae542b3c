"""How a batch comes to run: announced, entries claimed, settled, execution started. Each step can be done again."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from datalake import aws, batches, clock, log
from datalake.batches import Batches
from datalake.catalogue import Catalogue
from datalake.datasets import Dataset
from datalake.machines import StateMachine


class Starter:
    def __init__(
        self,
        catalogue: Catalogue,
        records: Batches,
        machine: StateMachine,
        days: int,
        now: clock.Clock = clock.now,
    ) -> None:
        self._catalogue = catalogue
        self._records = records
        self._machine = machine
        self._days = days
        self._now = now

    def start(self, dataset: Dataset, entries: Sequence[str]) -> str | None:
        """The id of the batch; None if another call claimed the first of the entries.

        That call then makes batches of all of them: two that both went on would share them out in small files.
        """
        batch = batches.new_id(self._now())
        record = self._records.plan(batch, dataset, entries, self._days)
        first = self._claim(dataset, batch, entries[:1])
        if not first:
            self._records.discard(batch)
            return None
        claimed = first + self._claim(dataset, batch, entries[1:])
        return batch if self._settle(dataset, record, claimed) else None

    def resume(self, dataset: Dataset, record: dict[str, Any]) -> bool:
        """Goes on with a batch that was announced, and perhaps claimed, and then left. False if nothing is its own."""
        claimed = self._claim(dataset, record["id"], record["items"])
        if not claimed:
            self._records.discard(record["id"])
            return False
        return self._settle(dataset, record, claimed)

    def launch(self, dataset: Dataset, record: dict[str, Any]) -> None:
        """Starts the execution, unless it was started before."""
        batch, tries = record["id"], record["tries"]
        document = {
            "batch": batch,
            "team": dataset.team,
            "dataset": dataset.dataset,
            "pipeline": dataset.pipeline,
            "transform": dataset.stage_b_transform,
            "columns": list(dataset.columns),
            "date": record["date"],
            "items": len(record["items"]),
            "correlationId": record["correlation_id"],
            "tries": tries,
        }
        new = self._machine.start(batches.execution_name(batch, tries), document)
        self._records.started(batch, tries)
        log.info("batch started" if new else "batch started before", batch=batch, tries=tries, objects=document["items"])

    def _settle(self, dataset: Dataset, record: dict[str, Any], claimed: Sequence[str]) -> bool:
        if not self._records.settle(record["id"], claimed):
            return False
        self.launch(dataset, {**record, "items": claimed})
        return True

    def _claim(self, dataset: Dataset, batch: str, entries: Sequence[str]) -> list[str]:
        with ThreadPoolExecutor(max_workers=aws.CONNECTIONS) as pool:
            found = pool.map(lambda identity: self._catalogue.claim(identity, dataset.name, batch), entries)
            claimed = [entry for entry in found if entry is not None]
        for entry in claimed:
            with log.bound(correlationId=entry["correlation_id"]):
                log.info("claimed", object=entry["id"], batch=batch)
        return [entry["id"] for entry in claimed]
