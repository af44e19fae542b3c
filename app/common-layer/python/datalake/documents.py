"""The document that a state machine hands from step to step: every step answers the whole of it, with its additions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .errors import InvalidInput, problem
from .machines import name_of

OBJECT_MEMBERS = ("bucket", "key", "etag", "size", "sequencer", "team", "dataset", "pipeline", "correlationId")
"""What a message about an object says; `tries` and `landedAt` may follow."""

BATCH_MEMBERS = ("batch", "team", "dataset", "pipeline", "correlationId", "tries")


def object_message(document: Any) -> dict[str, Any]:
    """The message that a document of stage A was made from. Raises InvalidInput."""
    found = need(document, *OBJECT_MEMBERS)
    return {name: found[name] for name in (*OBJECT_MEMBERS, "landedAt", "tries") if name in found}


def batch_message(document: Any) -> dict[str, Any]:
    """The message that starts the batch of a document of stage B again. Raises InvalidInput."""
    found = need(document, "batch", "team", "dataset", "correlationId", "tries")
    return {name: found[name] for name in ("batch", "team", "dataset", "correlationId", "tries")}


def object_id(document: Mapping[str, Any]) -> str:
    return f"{document['bucket']}/{document['key']}"


def tries(document: Mapping[str, Any]) -> int:
    """How often the work was put back: 0 the first time."""
    found = document.get("tries", 0)
    return found if isinstance(found, int) and found > 0 else 0


def execution_name(message: Mapping[str, Any]) -> str:
    """The name of the execution for an object's message: the same message has the same, so that it starts only one.

    The sequencer is part of it: content that comes back after other content is new work, although its etag is an old one.
    """
    parts = [message["bucket"], message["key"], message["etag"], message["sequencer"]]
    return name_of(*parts, *([tries(message)] if tries(message) else []))


def need(document: Any, *members: str) -> Mapping[str, Any]:
    """The document, if it has these members. Raises InvalidInput with all that are missing."""
    if not isinstance(document, Mapping):
        raise InvalidInput([problem("document", document, "a JSON object is allowed")], _FIX)
    missing = [name for name in members if document.get(name) is None]
    if missing:
        raise InvalidInput([problem("document", sorted(document), f"{', '.join(missing)} needed as well")], _FIX)
    return document


def reason(document: Mapping[str, Any]) -> str:
    """Why the work of a document failed, as `ErrorType: message`, from what a `Catch` or a job left in it."""
    error = document.get("error")
    if isinstance(error, Mapping):
        cause = str(error.get("Cause") or "")
        try:
            told = json.loads(cause)
            return f"{told['errorType']}: {told['errorMessage']}"
        except (ValueError, KeyError, TypeError):
            return f"{error.get('Error') or 'error'}: {cause or 'no cause given'}"
    job = document.get("job")
    if isinstance(job, Mapping) and job.get("reason"):
        return str(job["reason"])
    return "unknown: the execution failed without an error"


_FIX = "Start the state machine with the message that its stage's queue carries."
