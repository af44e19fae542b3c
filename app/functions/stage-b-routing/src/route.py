"""When batches are made: at a message if enough objects wait, at the schedule of whatever waits, and again if put back."""

from __future__ import annotations

from typing import Any, Callable

from datalake import datasets, documents, log
from datalake.batches import CLAIMING, Batches
from datalake.catalogue import Catalogue
from datalake.datasets import Dataset
from datalake.errors import InvalidInput, problem
from datalake.tables import Table
from starting import Starter


class Router:
    """For one invocation."""

    def __init__(
        self,
        records: Table,
        pipelines: Table,
        catalogue: Catalogue,
        batches: Batches,
        starter: Starter,
        has_time: Callable[[], bool],
    ) -> None:
        self._records = records
        self._pipelines = pipelines
        self._catalogue = catalogue
        self._batches = batches
        self._starter = starter
        self._has_time = has_time
        self._looked_at: set[str] = set()

    def message(self, body: Any) -> None:
        """An object that waits, or a batch that is to run again. Several objects of a dataset need one look."""
        if isinstance(body, dict) and "batch" in body:
            self._again(body["batch"], documents.tries(body))
            return
        announced = documents.need(body, "team", "dataset")
        dataset = datasets.find(self._records, announced["team"], announced["dataset"])
        if dataset.name not in self._looked_at:
            self._fill(dataset, dataset.min_items)
            self._looked_at.add(dataset.name)

    def flush(self) -> dict[str, Any]:
        """Settles what a crash left, then makes batches of all that waits. One failure does not stop the others."""
        failures: list[Exception] = []
        settled = [record["id"] for record in self._batches.left() if self._tried(lambda: self._settle(record), failures)]
        started: list[str] = []
        for record in self._records.scan():
            self._tried(lambda: started.extend(self._fill(datasets.read(record), 1)), failures)
        if failures:
            raise failures[0]
        return {"batches": started, "settled": settled}

    def _fill(self, dataset: Dataset, least: int) -> list[str]:
        """Starts batches while so many wait. An index may still name entries that this call has claimed already."""
        started: list[str] = []
        if not datasets.is_active(self._pipelines, dataset, "post-stage"):
            log.info("pipeline is not active: objects go on waiting", dataset=dataset.name)
            return started
        seen: set[str] = set()
        while self._has_time():
            found = self._catalogue.waiting(dataset.name, dataset.max_items + len(seen))
            entries = [entry["id"] for entry in found if entry["id"] not in seen][: dataset.max_items]
            if len(entries) < least:
                break
            batch = self._starter.start(dataset, entries)
            if batch is None:
                break
            started.append(batch)
            seen.update(entries)
        return started

    def _again(self, batch: str, tries: int) -> None:
        record = self._batches.get(batch)
        if record is None:
            raise LookupError(f"there is no batch {batch!r}: it was never started, or its record has expired")
        dataset = datasets.find(self._records, record["team"], record["dataset"])
        if not datasets.is_active(self._pipelines, dataset, "post-stage"):
            allowed = "a pipeline that is ACTIVE is needed"
            raise InvalidInput([problem("pipeline", f"{dataset.team}-{dataset.pipeline}-post-stage", allowed)], "Activate it, then redrive.")
        restarted = self._batches.restart(batch, tries)
        if restarted is None:
            log.info("batch runs or has succeeded", batch=batch, tries=tries)
        else:
            self._starter.launch(dataset, restarted)

    def _settle(self, record: dict[str, Any]) -> bool:
        dataset = datasets.find(self._records, record["team"], record["dataset"])
        log.warning("batch was left before its start", batch=record["id"], status=record["status"])
        if record["status"] == CLAIMING:
            return self._starter.resume(dataset, record)
        self._starter.launch(dataset, record)
        return True

    def _tried(self, work: Callable[[], Any], failures: list[Exception]) -> Any:
        try:
            return work()
        except Exception as error:  # Counted, and raised when the others had their turn.
            log.failure("not flushed", error=type(error).__name__, reason=str(error))
            failures.append(error)
            return None
