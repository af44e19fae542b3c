"""Clients of AWS: one a service and process, because making one costs tens of milliseconds."""

from __future__ import annotations

import functools
from typing import Any

CONNECTIONS = 16
"""Requests that one client has under way at the same time; more wait."""


@functools.cache
def client(service: str) -> Any:
    """The process's client of a service, by boto3's name of it. Made at the first call, not at import."""
    import boto3
    from botocore.config import Config

    retries = {"mode": "standard", "max_attempts": 4}
    return boto3.client(service, config=Config(max_pool_connections=CONNECTIONS, retries=retries))


def error_code(error: Exception) -> str:
    """The code of a service's error, like `ExecutionAlreadyExists`; empty for an error that is none of AWS."""
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))
