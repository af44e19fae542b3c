"""Starting executions of a state machine, each name once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from . import aws


class StateMachine:
    def __init__(self, arn: str, client: Any | None = None) -> None:
        self.arn = arn
        self._client = aws.client("stepfunctions") if client is None else client

    def start(self, name: str, document: Mapping[str, Any]) -> bool:
        """Whether this call is the one that started it: one of this name may have been started before."""
        try:
            self._client.start_execution(stateMachineArn=self.arn, name=name, input=json.dumps(document, sort_keys=True))
        except Exception as error:
            if aws.error_code(error) != "ExecutionAlreadyExists":
                raise
            return False
        return True


def name_of(*parts: str | int) -> str:
    """40 hex digits that stand for these parts: an execution's name has at most 80 of few characters."""
    return hashlib.sha256("/".join(str(part) for part in parts).encode("utf-8", "surrogatepass")).hexdigest()[:40]
