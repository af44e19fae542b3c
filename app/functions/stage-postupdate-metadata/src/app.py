"""The last step of both stages: the catalogue and the history learn that the work is done."""

from __future__ import annotations

from typing import Any

from after_batch import finish_batch
from after_object import finish_object
from datalake import config
from datalake.batches import Batches
from datalake.catalogue import Catalogue
from datalake.history import History
from datalake.invocation import handler
from datalake.queues import Queue
from datalake.tables import Table


@handler
def stage_a(event: Any, context: Any) -> dict[str, Any]:
    settings = config.read(
        objects=config.Text("OBJECTS_TABLE"),
        executions=config.Text("EXECUTIONS_TABLE"),
        stage_b=config.Text("STAGE_B_QUEUE_URL"),
        days=config.Whole("HISTORY_DAYS", default=90, least=1, most=3_650),
    )
    history = History(Table(settings.executions), settings.days)
    return finish_object(event, Catalogue(Table(settings.objects)), history, Queue(settings.stage_b))


@handler
def stage_b(event: Any, context: Any) -> dict[str, Any]:
    settings = config.read(objects=config.Text("OBJECTS_TABLE"), executions=config.Text("EXECUTIONS_TABLE"))
    return finish_batch(event, Catalogue(Table(settings.objects)), Batches(Table(settings.executions)))
