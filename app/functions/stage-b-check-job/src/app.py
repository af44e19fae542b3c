"""Stage B: how the job is doing."""

from __future__ import annotations

from typing import Any

from datalake import clock, config, documents, jobs, log
from datalake.invocation import handler as invocation
from datalake.tables import Table


@invocation
def handler(event: Any, context: Any) -> dict[str, Any]:
    settings = config.read(
        executions=config.Text("EXECUTIONS_TABLE"),
        start_within=config.Whole("START_WITHIN_SECONDS", default=30, least=1, most=3_600),
    )
    return check(event, Table(settings.executions), settings.start_within, clock.now)


def check(document: Any, executions: Table, start_within: int, now: clock.Clock) -> dict[str, Any]:
    """Adds `job`: `{id, status}`, with `key`, `rows` and `bytes`, or with `reason`."""
    found = documents.need(document, "batch", "execution")
    batch, tries = found["batch"], documents.tries(found)
    job = jobs.state(executions.get(id=batch), batch, tries, found["execution"]["startedAt"], start_within, now())
    log.info("job checked", batch=batch, **{f"job_{name}": value for name, value in job.items()})
    return {**found, "job": job}
