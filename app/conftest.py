"""What all Python tests of the application share: the common layer on the path, a function's own `app`, a data lake."""

from __future__ import annotations

import json
import pathlib
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote_plus

import pytest

HERE = pathlib.Path(__file__).parent
SAMPLES = HERE / "samples"

sys.path[:0] = [str(HERE), str(HERE / "common-layer" / "python")]

from testing import emulator, functions  # noqa: E402
from testing import lake as lakes
from testing.fakes import FakeS3  # noqa: E402
from testing.flow import Flow  # noqa: E402


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> FakeS3:
    """An empty S3 in memory that every `Objects` of the test uses."""
    from datalake import aws

    fake = FakeS3()
    monkeypatch.setattr(aws, "client", {"s3": fake}.__getitem__)
    return fake


@pytest.fixture(scope="session")
def emulated(tmp_path_factory: pytest.TempPathFactory):
    """Clients of DynamoDB and SQS in a MiniStack of the session."""
    import boto3

    with emulator.running(tmp_path_factory.mktemp("ministack")) as address:
        place = {
            "endpoint_url": address,
            "region_name": "us-east-1",
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
        }
        session = boto3.Session()
        clients = {service: session.client(service, **place) for service in ("dynamodb", "sqs")}
        # The emulator is one server: an answer without messages means that there are none, and nobody has to wait for it.
        clients["sqs"].meta.events.register("provide-client-params.sqs.ReceiveMessage", _at_once)
        yield clients


def _at_once(params, **_):
    return {**params, "WaitTimeSeconds": 0}


@pytest.fixture
def lake(emulated, monkeypatch: pytest.MonkeyPatch) -> lakes.Lake:
    """A data lake of the test's own, with the declared datasets and pipelines and no object."""
    from datalake import aws

    made = lakes.Lake(**emulated)
    monkeypatch.setattr(aws, "client", made.clients.__getitem__)
    for name, value in made.environment().items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def flow(lake) -> Flow:
    """Every function with the environment and the grants of its manifest."""
    return Flow(lake)


@pytest.fixture
def s3_event(lake):
    """The message of the routing queue for a raw object."""

    def make(message):
        object_ = {
            "key": quote_plus(message["key"], safe="/"),
            "eTag": message["etag"],
            "size": message["size"],
            "sequencer": message["sequencer"],
        }
        place = {"bucket": {"name": message["bucket"]}, "object": object_}
        answer = {"x-amz-request-id": message["correlationId"]}
        return {
            "Records": [
                {
                    "eventName": "ObjectCreated:Put",
                    "eventTime": "2026-01-01T00:00:00.000Z",
                    "s3": place,
                    "responseElements": answer,
                }
            ]
        }

    return make


@pytest.fixture
def app(request: pytest.FixtureRequest):
    """The `app` of the function whose `tests` folder the test is in."""
    return functions.load(request.path.parent.parent.name)


@pytest.fixture
def at_once():
    """Calls a function with each argument, all at the same time; answers what they answered."""

    def run(function, arguments):
        arguments = list(arguments)
        gate = threading.Barrier(len(arguments))

        def call(argument):
            gate.wait()
            return function(argument)

        with ThreadPoolExecutor(len(arguments)) as pool:
            return list(pool.map(call, arguments))

    return run


@pytest.fixture
def context():
    """What Lambda passes as the second argument."""
    return lakes.context()


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
