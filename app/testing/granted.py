"""Clients that let a function do only what its manifest grants, and remember what of it was used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testing.fakes import ServiceError

_TABLE = {
    **dict.fromkeys(("get_item", "batch_get_item", "query", "scan"), "read"),
    **dict.fromkeys(("put_item", "update_item", "delete_item"), "write"),
}
_RULES = {
    "dynamodb": _TABLE,
    "sqs": {"send_message": "send", **dict.fromkeys(("receive_message", "delete_message", "change_message_visibility"), "consume")},
    "s3": {"get_object": "read", "put_object": "write"},
    "stepfunctions": {"start_execution": "start"},
    "glue": {"get_table": "write", "create_partition": "write"},
}


class Granted:
    """A client of one service for one function. `names` tells the manifest's name of a physical one."""

    def __init__(self, service: str, client: Any, grants: Mapping[str, list[str]], names: Mapping[str, str], used: set[tuple[str, str]]) -> None:
        self._service = service
        self._client = client
        self._grants = grants
        self._names = names
        self._used = used

    def __getattr__(self, call: str) -> Any:
        access = _RULES[self._service][call]
        real = getattr(self._client, call)

        def checked(**arguments: Any) -> Any:
            resource = self._names[_physical(self._service, arguments)]
            if access not in self._grants.get(resource, ()):
                raise ServiceError(f"AccessDenied: {call} on {resource}")
            self._used.add((resource, access))
            return real(**arguments)

        return checked


def _physical(service: str, arguments: Mapping[str, Any]) -> str:
    if service == "glue":
        return str(arguments["DatabaseName"])
    if "RequestItems" in arguments:
        return str(next(iter(arguments["RequestItems"])))
    return str(next(arguments[name] for name in ("TableName", "QueueUrl", "Bucket", "stateMachineArn") if name in arguments))
