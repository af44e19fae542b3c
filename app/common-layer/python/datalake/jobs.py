"""The job of a batch: the transform that runs in a container while the state machine looks after it.

It is the attribute `job` of the batch's record: `{id, status, request, started_at, deadline}`, then `key`, `rows` and `bytes`,
or `reason`. Lambda may deliver an asynchronous event twice and tries a crashed one again, so a job is claimed before it runs.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from . import batches, clock
from .tables import ConditionFailed, Item, Table

RUNNING, SUCCEEDED, FAILED = "RUNNING", "SUCCEEDED", "FAILED"

GRACE = 2
"""Seconds that clocks of two machines may differ."""


class Jobs:
    def __init__(self, table: Table, now: clock.Clock = clock.now) -> None:
        self._table = table
        self._now = now

    def claim(self, batch: str, tries: int, request: str, seconds: float) -> Item | None:
        """The batch's record, if the caller is the one to run its job, for at most so many seconds.

        `request` is Lambda's id of the request. Lambda repeats a request, under the same id, only after its earlier attempt
        has ended: then the job was left by a crash, and goes on at once.
        """
        now = self._now()
        job = {
            "id": identity(batch, tries),
            "status": RUNNING,
            "request": request,
            "started_at": clock.text(now),
            "deadline": clock.text(now + datetime.timedelta(seconds=seconds + GRACE)),
        }
        try:
            return self._table.update(
                {"id": batch},
                {"job": job},
                "#status IN (:starting, :batch_running) AND #tries = :tries AND (attribute_not_exists(#job)"
                " OR #job.#id <> :job OR (#job.#status = :running AND #job.#request = :request))",
                tries=tries,
                job=job["id"],
                request=request,
                running=RUNNING,
                starting=batches.STARTING,
                batch_running=batches.RUNNING,
            )
        except ConditionFailed:
            return None

    def finish(self, claimed: Item, status: str, **fields: Any) -> bool:
        """False where the job was given to another request, or its batch given up, since it was claimed."""
        job = {**claimed["job"], "status": status, "ended_at": clock.text(self._now()), **fields}
        try:
            self._table.update(
                {"id": claimed["id"]},
                {"job": job},
                "#job.#id = :job AND #job.#status = :running AND #job.#request = :request",
                job=job["id"],
                request=job["request"],
                running=RUNNING,
            )
        except ConditionFailed:
            return False
        return True


def identity(batch: str, tries: int) -> str:
    return f"{batch}-{tries}"


def state(record: Mapping[str, Any] | None, batch: str, tries: int, started_at: str, start_within: int, now: datetime.datetime) -> dict[str, Any]:
    """How the job of a batch's execution is doing: RUNNING, SUCCEEDED with its result, or FAILED with `reason`.

    A job that was not claimed within `start_within` seconds after the execution's start never will be, as far as the
    execution is concerned; one that runs past its deadline was killed.
    """
    wanted = identity(batch, tries)
    job = (record or {}).get("job") or {}
    if job.get("id") != wanted:
        if clock.seconds_between(started_at, now) <= start_within:
            return {"id": wanted, "status": RUNNING}
        return {"id": wanted, "status": FAILED, "reason": f"did not start: no container took the job within {start_within} seconds"}
    if job["status"] == RUNNING and clock.moment(job["deadline"]) < now:
        return {"id": wanted, "status": FAILED, "reason": f"timed out: no result by {job['deadline']}, begun at {job['started_at']}"}
    return {name: job[name] for name in ("id", "status", "key", "rows", "bytes", "reason") if name in job}
