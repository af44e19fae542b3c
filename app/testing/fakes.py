"""Services in memory, with the calls that the application makes and the errors that it looks for."""

from __future__ import annotations

import hashlib
import io
import json
import threading
from typing import Any


class ServiceError(Exception):
    """In the form of botocore's ClientError."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


class FakeS3:
    """The calls of an S3 client that the application makes, on a dictionary of (bucket, key)."""

    def __init__(self, page_size: int = 3) -> None:
        self.stored: dict[tuple[str, str], bytes] = {}
        self.content_types: dict[str, str] = {}
        self.calls: list[tuple[str, str]] = []
        self._page_size = page_size
        self._lock = threading.Lock()

    def get_object(self, Bucket: str, Key: str, IfMatch: str | None = None) -> dict[str, object]:
        with self._lock:
            self.calls.append(("get", Key))
        if (Bucket, Key) not in self.stored:
            raise ServiceError("NoSuchKey")
        body = self.stored[Bucket, Key]
        if IfMatch is not None and IfMatch != f'"{etag(body)}"':
            raise ServiceError("PreconditionFailed")
        return {"ContentLength": len(body), "Body": io.BytesIO(body)}

    def put_object(self, Bucket: str, Key: str, Body: bytes, ContentType: str) -> dict[str, object]:
        self.calls.append(("put", Key))
        self.stored[Bucket, Key] = Body
        self.content_types[Key] = ContentType
        return {}

    def get_paginator(self, operation: str) -> FakeS3:
        assert operation == "list_objects_v2"
        return self

    def paginate(self, Bucket: str, Prefix: str):
        self.calls.append(("list", Prefix))
        found = sorted(key for bucket, key in self.stored if bucket == Bucket and key.startswith(Prefix))
        pages = [found[start : start + self._page_size] for start in range(0, len(found), self._page_size)]
        # S3 leaves `Contents` out of a page without objects.
        return [{"Contents": [{"Key": key} for key in page]} for page in pages] or [{"KeyCount": 0}]


class FakeStepFunctions:
    """Executions by name; a name starts once."""

    def __init__(self) -> None:
        self.started: dict[str, dict[str, Any]] = {}
        self.refuse: Exception | None = None
        self._lock = threading.Lock()

    def start_execution(self, stateMachineArn: str, name: str, input: str) -> dict[str, Any]:
        if self.refuse is not None:
            raise self.refuse
        with self._lock:
            if name in self.started:
                raise ServiceError("ExecutionAlreadyExists")
            self.started[name] = {"machine": stateMachineArn, "document": json.loads(input)}
        return {"executionArn": f"{stateMachineArn}:{name}"}


class FakeGlue:
    """One database; tables have partitions by their values."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Any]] = {}
        self.partitions: dict[tuple[str, str], dict[str, Any]] = {}

    def get_table(self, DatabaseName: str, Name: str) -> dict[str, Any]:
        if Name not in self.tables:
            raise ServiceError("EntityNotFoundException")
        return {"Table": {"Name": Name, "StorageDescriptor": self.tables[Name]}}

    def create_partition(self, DatabaseName: str, TableName: str, PartitionInput: dict[str, Any]) -> dict[str, Any]:
        key = (TableName, PartitionInput["Values"][0])
        if key in self.partitions:
            raise ServiceError("AlreadyExistsException")
        self.partitions[key] = PartitionInput
        return {}


def etag(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()
