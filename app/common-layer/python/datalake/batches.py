"""Batches of stage B: which objects one Parquet file is made of. A batch is at the same time its record in the history.

    CLAIMING → STARTING → RUNNING → SUCCEEDED | FAILED

The record is written before the first entry is claimed, so that a crash at any point leaves something to go on from: while
it is CLAIMING its items are those that it may claim, and no execution was started; from STARTING on its items are final.
`tries` tells apart the executions of a batch that was put back: who carries an older number changes nothing.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence
from typing import Any

from . import clock, history
from .datasets import Dataset
from .tables import ConditionFailed, Item, Table

CLAIMING, STARTING, RUNNING, SUCCEEDED, FAILED = "CLAIMING", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"

LEFT_AFTER = 180
"""Seconds after which a batch that was not started was left by its function; above that function's time-out."""

LOOK_BACK = 7 * 86_400
"""Seconds back to which left batches are looked for."""


class Batches:
    def __init__(self, table: Table, now: clock.Clock = clock.now) -> None:
        self._table = table
        self._now = now

    def plan(self, batch: str, dataset: Dataset, items: Sequence[str], days: int) -> Item:
        """Announces a batch that is going to claim these entries."""
        now = self._now()
        record = {
            "id": batch,
            "stage": "B",
            "team": dataset.team,
            "dataset": dataset.dataset,
            "pipeline": dataset.pipeline,
            "status": CLAIMING,
            "items": list(items),
            "tries": 0,
            "date": f"{now:%Y-%m-%d}",
            "started_at": clock.text(now),
            "correlation_id": batch,
            "expires_at": history.expiry(now, days),
        }
        self._table.put(record, "attribute_not_exists(#id)")
        return record

    def settle(self, batch: str, items: Sequence[str]) -> bool:
        """Makes the claimed entries the batch's final items. False where somebody else has settled it."""
        return self._change(batch, {"status": STARTING, "items": list(items)}, "#status = :claiming", claiming=CLAIMING)

    def discard(self, batch: str) -> None:
        """Removes a batch that could claim nothing."""
        try:
            self._table.delete({"id": batch}, "#status = :claiming", claiming=CLAIMING)
        except ConditionFailed:
            pass

    def started(self, batch: str, tries: int) -> bool:
        return self._change(batch, {"status": RUNNING}, "#status = :starting AND #tries = :tries", starting=STARTING, tries=tries)

    def restart(self, batch: str, tries: int) -> Item | None:
        """The record of a batch that is to run again as this try; None if it has succeeded or this try runs already.

        Raises LookupError where there is no such batch.
        """
        condition = "attribute_exists(#id) AND #status <> :claiming AND #status <> :succeeded AND (#tries < :tries OR (#tries = :tries AND #status = :starting))"
        try:
            return self._table.update(
                {"id": batch},
                {"status": STARTING, "tries": tries, "started_at": clock.text(self._now())},
                condition,
                remove=("ended_at", "duration", "reason"),
                tries=tries,
                claiming=CLAIMING,
                starting=STARTING,
                succeeded=SUCCEEDED,
            )
        except ConditionFailed as failed:
            if failed.item is None:
                raise LookupError(f"there is no batch {batch!r}: it was never started, or its record has expired") from failed
            return None

    def left(self) -> list[Item]:
        """Batches whose start was interrupted, the oldest first."""
        now = self._now()
        return self._table.query(
            "by_stage",
            "#stage = :stage AND #started_at BETWEEN :oldest AND :newest",
            filtered="#status IN (:claiming, :starting)",
            stage="B",
            oldest=clock.before(now, LOOK_BACK),
            newest=clock.before(now, LEFT_AFTER),
            claiming=CLAIMING,
            starting=STARTING,
        )

    def get(self, batch: str) -> Item | None:
        return self._table.get(id=batch)

    def succeed(self, batch: str, tries: int, started_at: str, **fields: Any) -> bool:
        """False where the batch was put back since."""
        return self._end(batch, tries, started_at, {**fields, "status": SUCCEEDED}, "#tries = :tries")

    def fail(self, batch: str, tries: int, started_at: str, reason: str) -> bool:
        """False where the batch has succeeded, or was put back since."""
        fields = {"status": FAILED, "reason": reason}
        return self._end(batch, tries, started_at, fields, "#tries = :tries AND #status <> :succeeded")

    def _end(self, batch: str, tries: int, started_at: str, fields: dict[str, Any], condition: str) -> bool:
        now = self._now()
        ended = {"ended_at": clock.text(now), "duration": clock.seconds_between(started_at, now)}
        return self._change(batch, {**ended, **fields}, condition, tries=tries, succeeded=SUCCEEDED)

    def _change(self, batch: str, assign: dict[str, Any], condition: str, **values: Any) -> bool:
        try:
            self._table.update({"id": batch}, assign, condition, **values)
        except ConditionFailed:
            return False
        return True


def new_id(now: datetime.datetime) -> str:
    """Sorts by time; short enough for the name of an execution, with the number of a try behind it."""
    return f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(8)}"


def execution_name(batch: str, tries: int) -> str:
    return batch if tries == 0 else f"{batch}-{tries}"
