"""Reading the events that AWS sends: objects of a bucket, batches of a queue, correlation ids."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable
from urllib.parse import unquote_plus

from . import log
from .errors import InvalidInput, problem


@dataclass(frozen=True)
class ObjectReference:
    bucket: str
    key: str


def is_batch(event: object) -> bool:
    """Whether the event carries records of a bucket, queue or stream, as opposed to a direct invocation."""
    return isinstance(event, Mapping) and isinstance(event.get("Records"), list)


def objects(event: object) -> list[ObjectReference]:
    """The objects that an S3 event notification names, in its order, each once.

    Keys come URL-encoded with `+` for a space and are decoded here. The test event that S3 sends when a notification
    is configured names none. Raises InvalidInput for anything else.
    """
    if isinstance(event, Mapping) and event.get("Event") == "s3:TestEvent":
        return []
    if not is_batch(event):
        raise InvalidInput([problem("event", event, "an S3 event with a list `Records` is allowed")], _S3_FIX)
    found: dict[ObjectReference, None] = {}
    problems = []
    for index, record in enumerate(event["Records"]):  # type: ignore[index]
        try:
            place = record["s3"]
            found[ObjectReference(place["bucket"]["name"], unquote_plus(place["object"]["key"]))] = None
        except (KeyError, TypeError, AttributeError):
            problems.append(problem(f"Records[{index}]", record, "`s3.bucket.name` and `s3.object.key` are needed"))
    if problems:
        raise InvalidInput(problems, _S3_FIX)
    return list(found)


def each_message(event: Mapping[str, Any], process: Callable[[Any], object]) -> dict[str, list[dict[str, str]]]:
    """Calls `process` with the decoded JSON body of every message of a queue batch.

    A message that fails is logged and named in the answer, so that the queue gives back only that one; the mapping
    must be told so with `ReportBatchItemFailures`. One failure never stops the others.
    """
    failed = []
    for record in event["Records"]:
        with log.bound(messageId=record["messageId"], correlationId=_message_correlation_id(record)):
            try:
                process(_body(record["body"]))
            except Exception as error:  # Whatever it is, the message goes back to its queue with the reason in the log.
                log.failure("message failed", error=type(error).__name__, reason=str(error))
                failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def correlation_id(event: object, default: str) -> str:
    """The id that follows one piece of work through all functions.

    Looked for as `correlationId` in the event itself, then in the attributes of a queue message, then as the id of
    the request that put the object; else the default.
    """
    for read in (
        lambda: event["correlationId"],  # type: ignore[index]
        lambda: event["messageAttributes"]["correlationId"]["stringValue"],  # type: ignore[index]
        lambda: _only(event["Records"])["responseElements"]["x-amz-request-id"],  # type: ignore[index]
    ):
        try:
            found = read()
        except (KeyError, TypeError, IndexError):
            continue
        if isinstance(found, str) and found:
            return found
    return default


def _only(records: list[Any]) -> Any:
    """The one record; with several, none of them can stand for the invocation."""
    return records[0] if len(records) == 1 else {}


def _message_correlation_id(record: Any) -> str:
    """From the body where it says one, else from the attributes, else the message's own id."""
    try:
        body = json.loads(record["body"])
    except ValueError:
        body = None
    return correlation_id(body, correlation_id(record, record["messageId"]))


def _body(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InvalidInput([problem("body", text, f"JSON is allowed ({error})")], "Send the message again as JSON.") from error


_S3_FIX = "Invoke the function with an S3 event notification."
