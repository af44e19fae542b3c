"""What follows any failure of a stage: the original message is kept with the reason, and the records say so."""

from __future__ import annotations

from typing import Any

from datalake import config
from datalake.batches import Batches
from datalake.catalogue import Catalogue
from datalake.history import History
from datalake.invocation import handler
from datalake.queues import Queue
from datalake.tables import Table
from failure import fail_batch, fail_object


@handler
def stage_a(event: Any, context: Any) -> dict[str, Any]:
    settings = config.read(
        objects=config.Text("OBJECTS_TABLE"),
        executions=config.Text("EXECUTIONS_TABLE"),
        dead_letters=config.Text("DEAD_LETTERS_URL"),
        days=config.Whole("HISTORY_DAYS", default=90, least=1, most=3_650),
    )
    return fail_object(
        event,
        context.function_name,
        Queue(settings.dead_letters),
        Catalogue(Table(settings.objects)),
        History(Table(settings.executions), settings.days),
    )


@handler
def stage_b(event: Any, context: Any) -> dict[str, Any]:
    settings = config.read(executions=config.Text("EXECUTIONS_TABLE"), dead_letters=config.Text("DEAD_LETTERS_URL"))
    return fail_batch(event, context.function_name, Queue(settings.dead_letters), Batches(Table(settings.executions)))
