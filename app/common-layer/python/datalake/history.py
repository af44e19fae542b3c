"""The history of executions: one record an execution, kept for a number of days."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from . import clock
from .tables import ConditionFailed, Table

RUNNING, SUCCEEDED, FAILED, SUPERSEDED = "RUNNING", "SUCCEEDED", "FAILED", "SUPERSEDED"


class History:
    """Records of stage A. Those of stage B are its batches, see `batches`."""

    def __init__(self, table: Table, days: int, now: clock.Clock = clock.now) -> None:
        self._table = table
        self._days = days
        self._now = now

    def begin(self, document: Mapping[str, Any], identity: str) -> None:
        """Notes that the execution of a document works on an object. Once it has succeeded, nothing changes."""
        self._write(document, {**_of(document, identity), "status": RUNNING}, remove=("ended_at", "duration", "reason"))

    def finish(self, document: Mapping[str, Any], identity: str, status: str, **fields: Any) -> None:
        """Notes how it ended; makes the record where there is none. What has succeeded cannot fail later."""
        now = self._now()
        ended = {"ended_at": clock.text(now), "duration": clock.seconds_between(document["execution"]["startedAt"], now)}
        self._write(document, {**_of(document, identity), **ended, **fields, "status": status})

    def _write(self, document: Mapping[str, Any], fields: Mapping[str, Any], remove: tuple[str, ...] = ()) -> None:
        try:
            self._table.update(
                {"id": document["execution"]["name"]},
                {**fields, "expires_at": expiry(self._now(), self._days)},
                "attribute_not_exists(#id) OR #status <> :succeeded",
                remove=remove,
                succeeded=SUCCEEDED,
            )
        except ConditionFailed:
            pass


def expiry(now: datetime.datetime, days: int) -> int:
    """Epoch seconds after which DynamoDB removes a record."""
    return int(now.timestamp()) + days * 86_400


def _of(document: Mapping[str, Any], identity: str) -> dict[str, Any]:
    return {
        "stage": "A",
        "team": document["team"],
        "dataset": document["dataset"],
        "pipeline": document["pipeline"],
        "object": identity,
        "correlation_id": document["correlationId"],
        "started_at": clock.text(clock.moment(document["execution"]["startedAt"])),
    }
