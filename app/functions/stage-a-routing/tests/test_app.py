from __future__ import annotations

import pytest

from testing.fakes import ServiceError
from testing.lake import queue_event


def started(flow):
    return [each["document"] for each in flow.lake.machines.started.values()]


def test_an_object_starts_one_execution_however_often_its_message_comes(flow):
    message = flow.lake.land("a.json", b"{}")
    for _ in range(3):
        assert flow.invoke("stage-a-routing", queue_event(message, message)) == {"batchItemFailures": []}
    assert started(flow) == [message]


def test_other_content_and_a_message_that_was_put_back_are_executions_of_their_own(flow):
    message = flow.lake.land("a.json", b"{}")
    newer = flow.lake.land("a.json", b"[]", "02")
    flow.invoke("stage-a-routing", queue_event(message, newer, {**message, "tries": 1}, {**message, "sequencer": "03"}))
    assert len(started(flow)) == 4


@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"bucket": "raw"}'])
def test_a_message_that_names_no_object_goes_back_and_the_others_start(flow, body):
    message = flow.lake.land("a.json", b"{}")
    assert flow.invoke("stage-a-routing", queue_event(body, message)) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert started(flow) == [message]


def test_a_machine_that_does_not_answer_gives_the_message_back(flow):
    flow.lake.machines.refuse = ServiceError("ServiceUnavailable")
    message = flow.lake.land("a.json", b"{}")
    assert flow.invoke("stage-a-routing", queue_event(message)) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}


def test_the_lines_of_a_message_carry_the_objects_correlation_id(flow, log_lines):
    flow.invoke("stage-a-routing", queue_event(flow.lake.land("a.json", b"{}", correlation_id="c-9")))
    assert [line["correlationId"] for line in log_lines() if line["message"] == "started"] == ["c-9"]
