"""Stage A, first step: takes the object into the catalogue, unless it is a duplicate."""

from __future__ import annotations

from typing import Any

from datalake import config, datasets, documents, log
from datalake.catalogue import Catalogue
from datalake.history import History
from datalake.invocation import handler as invocation
from datalake.tables import Table


@invocation
def handler(event: Any, context: Any) -> dict[str, Any]:
    settings = config.read(
        objects=config.Text("OBJECTS_TABLE"),
        datasets=config.Text("DATASETS_TABLE"),
        executions=config.Text("EXECUTIONS_TABLE"),
        days=config.Whole("HISTORY_DAYS", default=90, least=1, most=3_650),
    )
    return preupdate(
        event,
        Catalogue(Table(settings.objects)),
        History(Table(settings.executions), settings.days),
        Table(settings.datasets),
    )


def preupdate(document: Any, catalogue: Catalogue, history: History, records: Table) -> dict[str, Any]:
    """Adds `duplicate`, and `transform` where there is work to do. A duplicate leaves no trace in the history."""
    message = documents.object_message(documents.need(document, "execution"))
    identity = documents.object_id(message)
    transform = datasets.find(records, message["team"], message["dataset"]).stage_a_transform
    why = catalogue.receive(message, document["execution"]["name"])
    if why is not None:
        log.info("not taken", object=identity, reason=why)
        return {**document, "duplicate": True}
    history.begin(document, identity)
    log.info("received", object=identity, transform=transform)
    return {**document, "duplicate": False, "transform": transform}
