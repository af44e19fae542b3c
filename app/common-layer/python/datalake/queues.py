"""Sending messages, with what a dead-letter queue needs to know of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from . import aws

LONGEST_REASON = 1_000
"""Characters of a reason in an attribute of a message."""

# What XML 1.0, and therefore SQS, cannot carry.
_UNSENDABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Queue:
    """One queue to send to."""

    def __init__(self, url: str, client: Any | None = None) -> None:
        self.url = url
        self._client = aws.client("sqs") if client is None else client

    def send(self, body: Mapping[str, Any] | str, **attributes: str | int) -> None:
        """A body that is no text is sent as JSON. An empty attribute is left out: SQS takes none."""
        text = body if isinstance(body, str) else json.dumps(body, sort_keys=True)
        self._client.send_message(QueueUrl=self.url, MessageBody=text, MessageAttributes=_attributes(attributes))

    def dead_letter(self, body: Mapping[str, Any] | str, reason: str, source: str, correlation_id: str, tries: int) -> None:
        """Keeps a message with why and where it failed; `tries` is how often it was put back before."""
        self.send(body, reason=sendable(reason), source=source, correlationId=correlation_id, tries=tries)


def sendable(reason: str) -> str:
    """Without characters that SQS refuses, and not too long."""
    return _UNSENDABLE.sub("\ufffd", reason)[:LONGEST_REASON]


def _attributes(values: Mapping[str, str | int]) -> dict[str, Any]:
    return {
        name: {"DataType": "Number" if isinstance(value, int) else "String", "StringValue": str(value)}
        for name, value in values.items()
        if value != ""
    }
