"""Keeping a failed message. It is sent to the dead-letter queue first: records that lag behind cost nothing, a message
that was lost does. Whoever is put back meanwhile has a higher `tries`, and its records are not touched."""

from __future__ import annotations

from typing import Any

from datalake import clock, documents, history, log
from datalake.batches import Batches
from datalake.catalogue import Catalogue
from datalake.history import History
from datalake.queues import Queue, sendable


def fail_object(document: Any, source: str, dead_letters: Queue, catalogue: Catalogue, records: History) -> dict[str, Any]:
    message = documents.object_message(document)
    reason = sendable(documents.reason(document))
    execution = document.get("execution") or _unnamed(documents.execution_name(message))
    dead_letters.dead_letter(message, reason, source, message["correlationId"], documents.tries(message))
    identity = documents.object_id(message)
    log.error("object failed", object=identity, execution=execution["name"], reason=reason)
    catalogue.fail(message, execution["name"], reason)
    records.finish({**document, "execution": execution}, identity, history.FAILED, reason=reason)
    return document


def fail_batch(document: Any, source: str, dead_letters: Queue, batches: Batches) -> dict[str, Any]:
    """The entries stay claimed: they are the batch's, which is put back as a whole."""
    message = documents.batch_message(document)
    reason = sendable(documents.reason(document))
    execution = document.get("execution") or _unnamed(message["batch"])
    dead_letters.dead_letter(message, reason, source, message["correlationId"], documents.tries(message))
    log.error("batch failed", batch=message["batch"], tries=documents.tries(message), reason=reason)
    batches.fail(message["batch"], documents.tries(message), execution["startedAt"], reason)
    return document


def _unnamed(name: str) -> dict[str, str]:
    """For a failure in front of the step that puts the execution into the document."""
    return {"name": name, "startedAt": clock.text(clock.now())}
