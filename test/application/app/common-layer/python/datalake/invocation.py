"""What surrounds every invocation: ids for the log, one line at the end with the duration, and the error if there is one."""

from __future__ import annotations

import functools
import time
from typing import Any, Callable

from . import events, log

Handler = Callable[[Any, Any], Any]


def handler(function: Handler) -> Handler:
    """Decorates a Lambda handler. The exception of a failed invocation is logged and raised again unchanged."""

    @functools.wraps(function)
    def run(event: Any, context: Any) -> Any:
        log.configure()
        request = str(getattr(context, "aws_request_id", "") or "none")
        ids = {
            "requestId": request,
            "correlationId": events.correlation_id(event, request),
            "function": str(getattr(context, "function_name", "") or "none"),
            "version": str(getattr(context, "function_version", "") or "none"),
        }
        started = time.monotonic()
        with log.bound(**ids):
            try:
                answer = function(event, context)
            except Exception as error:
                # Only type and text: the runtime itself prints the trace.
                log.error("invocation failed", error=type(error).__name__, reason=str(error), milliseconds=_since(started))
                raise
            log.info("invocation finished", milliseconds=_since(started))
            return answer

    return run


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
