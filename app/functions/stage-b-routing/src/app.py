"""Makes batches of the objects that wait and starts state machine B for each."""

from __future__ import annotations

from typing import Any

from datalake import config, events
from datalake.batches import Batches
from datalake.catalogue import Catalogue
from datalake.invocation import handler as invocation
from datalake.machines import StateMachine
from datalake.tables import Table
from route import Router
from starting import Starter

ENOUGH_TIME = 15
"""Seconds that must be left to begin with another batch."""


@invocation
def handler(event: Any, context: Any) -> dict[str, Any]:
    """A batch of stage B's queue answers the messages that failed; `{"flush": true}` the batches it started."""
    settings = config.read(
        objects=config.Text("OBJECTS_TABLE"),
        datasets=config.Text("DATASETS_TABLE"),
        pipelines=config.Text("PIPELINES_TABLE"),
        executions=config.Text("EXECUTIONS_TABLE"),
        machine=config.Text("STATE_MACHINE_ARN"),
        days=config.Whole("HISTORY_DAYS", default=90, least=1, most=3_650),
    )
    catalogue = Catalogue(Table(settings.objects))
    batches = Batches(Table(settings.executions))
    router = Router(
        Table(settings.datasets),
        Table(settings.pipelines),
        catalogue,
        batches,
        Starter(catalogue, batches, StateMachine(settings.machine), settings.days),
        lambda: context.get_remaining_time_in_millis() / 1000 > ENOUGH_TIME,
    )
    return events.each_message(event, router.message) if events.is_batch(event) else router.flush()
