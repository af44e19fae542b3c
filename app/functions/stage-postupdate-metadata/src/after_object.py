"""After an object's CSV line was written: it waits for stage B, and stage B is told."""

from __future__ import annotations

from typing import Any

from datalake import documents, history, log
from datalake.catalogue import Catalogue
from datalake.history import History
from datalake.queues import Queue


def finish_object(document: Any, catalogue: Catalogue, records: History, stage_b: Queue) -> dict[str, Any]:
    """The announcement comes last: what waits unannounced is found by the schedule, what is announced must be waiting."""
    message = documents.object_message(documents.need(document, "execution"))
    identity = documents.object_id(message)
    execution = document["execution"]["name"]
    if document.get("superseded"):
        catalogue.supersede(message, execution)
        records.finish(document, identity, history.SUPERSEDED)
        return document
    csv_key = documents.need(document, "csv")["csv"]
    if not catalogue.wait(message, execution, csv_key):
        log.info("taken over by another execution", object=identity)
        records.finish(document, identity, history.SUPERSEDED, csv_key=csv_key)
        return document
    records.finish(document, identity, history.SUCCEEDED, csv_key=csv_key)
    announcement = {name: message[name] for name in ("team", "dataset", "correlationId")}
    stage_b.send({**announcement, "object": identity}, correlationId=message["correlationId"])
    log.info("waits for stage B", object=identity, csv=csv_key)
    return document
