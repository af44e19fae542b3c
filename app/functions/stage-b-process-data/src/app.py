"""Stage B, the heavy step: the transform of a batch, as a job that the state machine looks after."""

from __future__ import annotations

from typing import Any

from datalake import config
from datalake.catalogue import Catalogue
from datalake.invocation import handler as invocation
from datalake.jobs import Jobs
from datalake.objects import Objects
from datalake.tables import Table
from job import run


@invocation
def handler(event: Any, context: Any) -> dict[str, Any]:
    """Called asynchronously: nobody reads the answer, the job's record tells how it went."""
    settings = config.read(
        stage=config.Text("STAGE_BUCKET"),
        objects=config.Text("OBJECTS_TABLE"),
        executions=config.Text("EXECUTIONS_TABLE"),
    )
    return run(
        event,
        Jobs(Table(settings.executions)),
        Catalogue(Table(settings.objects)),
        Objects(settings.stage),
        context.aws_request_id,
        context.get_remaining_time_in_millis() / 1000,
    )
