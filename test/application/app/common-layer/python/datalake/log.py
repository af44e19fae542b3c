"""Structured logging: one JSON object a line, each with the ids of the invocation it belongs to.

The members `time`, `level`, `message`, `requestId`, `correlationId`, `function` and `version` come first; what a
caller adds follows. Lines of other libraries that use the standard `logging` come out in the same form.
"""

from __future__ import annotations

import contextlib
import contextvars
import datetime
import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from types import MappingProxyType

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_logger = logging.getLogger("datalake")
_ids: contextvars.ContextVar[Mapping[str, str]] = contextvars.ContextVar("datalake_ids", default=MappingProxyType({}))


class JsonFormatter(logging.Formatter):
    """ASCII only: control characters and what a terminal would interpret come out escaped."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "message": record.getMessage(),
            **_ids.get(),
        }
        for name, value in getattr(record, "fields", {}).items():
            line.setdefault(name, value)
        if record.exc_info:
            line.setdefault("trace", self.formatException(record.exc_info))
        return json.dumps(line, default=str)


class _StandardOutput(logging.Handler):
    """Looks `sys.stdout` up at each line: the Lambda runtime replaces it after start."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stdout.write(self.format(record) + "\n")
            sys.stdout.flush()
        except Exception:  # A log line that cannot be written must not fail the function; logging reports it.
            self.handleError(record)


def configure() -> None:
    """Makes all logging of the process structured. Level from `LOG_LEVEL`, default INFO; an unknown one means INFO."""
    root = logging.getLogger()
    if not any(isinstance(handler, _StandardOutput) for handler in root.handlers):
        handler = _StandardOutput()
        handler.setFormatter(JsonFormatter())
        # The runtime's own handler would print every line a second time, unstructured.
        root.handlers[:] = [handler]
    level = os.environ.get("LOG_LEVEL", "").upper()
    root.setLevel(level if level in LEVELS else "INFO")


@contextlib.contextmanager
def bound(**ids: str) -> Iterator[None]:
    """Every line written inside carries these ids, in addition to those of the enclosing block."""
    token = _ids.set({**_ids.get(), **ids})
    try:
        yield
    finally:
        _ids.reset(token)


def info(message: str, **fields: object) -> None:
    _logger.info(message, extra={"fields": fields})


def warning(message: str, **fields: object) -> None:
    _logger.warning(message, extra={"fields": fields})


def error(message: str, **fields: object) -> None:
    _logger.error(message, extra={"fields": fields})


def failure(message: str, **fields: object) -> None:
    """Inside an `except` block: an error line with the exception's trace."""
    _logger.error(message, exc_info=True, extra={"fields": fields})
