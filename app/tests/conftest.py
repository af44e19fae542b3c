from __future__ import annotations

import json
import time
from urllib.parse import quote_plus

import pytest
from testing.flow import Flow
from testing.lake import queue_event


@pytest.fixture
def flow(lake) -> Flow:
    return Flow(lake)


@pytest.fixture
def s3_event(lake):
    """The message of the routing queue for a raw object."""

    def make(message):
        object_ = {"key": quote_plus(message["key"], safe="/"), "eTag": message["etag"], "size": message["size"], "sequencer": message["sequencer"]}
        place = {"bucket": {"name": message["bucket"]}, "object": object_}
        answer = {"x-amz-request-id": message["correlationId"]}
        return {"Records": [{"eventName": "ObjectCreated:Put", "eventTime": "2026-01-01T00:00:00.000Z", "s3": place, "responseElements": answer}]}

    return make


@pytest.fixture
def pump(flow):
    """Delivers what lies in the queues to their functions, and runs what they start, until nothing is left."""

    def run():
        for _ in range(20):
            busy = False
            for queue, function in (("routing", "routing"), ("stage_a", "stage-a-routing"), ("stage_b", "stage-b-routing")):
                messages = flow.lake.messages(queue)
                for message in messages:
                    busy = True
                    event = queue_event(message["body"], **message["attributes"])
                    assert flow.invoke(function, event) == {"batchItemFailures": []}
            busy = bool(flow.run_started()) or busy
            if not busy:
                return
        raise AssertionError("the lake does not come to rest")

    return run


@pytest.fixture
def landed(flow, s3_event):
    """Lands an object as S3 does: the bytes, and a message in the routing queue."""

    def put(path, body, sequencer="01", times=1):
        message = flow.lake.land(path, body, sequencer, f"c-{path}")
        for _ in range(times):
            flow.lake.sqs.send_message(QueueUrl=flow.lake.queues["routing"], MessageBody=json.dumps(s3_event(message)))
        return message

    return put


@pytest.fixture
def slept():
    """Lets moments differ."""
    return lambda: time.sleep(0.005)
