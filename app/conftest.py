"""What all Python tests of the application share: the common layer on the path, a function's own `app`, a bucket in memory."""

from __future__ import annotations

import importlib
import io
import json
import pathlib
import sys
import threading
import types

import pytest

HERE = pathlib.Path(__file__).parent
SAMPLES = HERE / "samples"

sys.path.insert(0, str(HERE / "common-layer" / "python"))


class NoSuchKey(Exception):
    pass


class FakeS3:
    """The calls of an S3 client that the application makes, on a dictionary of (bucket, key)."""

    exceptions = types.SimpleNamespace(NoSuchKey=NoSuchKey)

    def __init__(self, page_size: int = 3) -> None:
        self.stored: dict[tuple[str, str], bytes] = {}
        self.content_types: dict[str, str] = {}
        self.calls: list[tuple[str, str]] = []
        self._page_size = page_size
        self._lock = threading.Lock()

    def get_object(self, Bucket: str, Key: str) -> dict[str, object]:
        with self._lock:
            self.calls.append(("get", Key))
        if (Bucket, Key) not in self.stored:
            raise NoSuchKey(Key)
        body = self.stored[Bucket, Key]
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


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> FakeS3:
    """An empty S3 in memory that every `Objects` of the test uses."""
    from datalake import objects

    fake = FakeS3()
    monkeypatch.setattr(objects, "client_of_process", lambda: fake)
    return fake


@pytest.fixture
def app(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    """The `app` of the function whose `tests` folder the test is in, imported as Lambda does: `src` first on the path."""
    source = request.path.parent.parent / "src"
    own = {path.stem for path in source.glob("*.py")}
    monkeypatch.syspath_prepend(str(source))
    for name in own:
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield importlib.import_module("app")
    for name in own:
        sys.modules.pop(name, None)


@pytest.fixture
def context() -> types.SimpleNamespace:
    """What Lambda passes as the second argument."""
    return types.SimpleNamespace(
        aws_request_id="11111111-2222-3333-4444-555555555555",
        function_name="function-under-test",
        function_version="7",
        memory_limit_in_mb="128",
    )


@pytest.fixture
def samples() -> dict[str, bytes]:
    """File name to bytes of the sample records."""
    found = {path.name: path.read_bytes() for path in sorted(SAMPLES.glob("*.json"))}
    assert found
    return found


@pytest.fixture
def log_lines(capsys: pytest.CaptureFixture[str]):
    """Everything logged since the last call, decoded; a line that is not JSON fails the test."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
