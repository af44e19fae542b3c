from __future__ import annotations

import json

import pytest
from datalake.queues import Queue

from testing.functions import FUNCTIONS

# The third, stage-b-redrive, runs the code of the second.
NAMES = {"redrive": "routing", "stage-a-redrive": "stage_a"}


@pytest.fixture(params=sorted(NAMES))
def function(request):
    return request.param


@pytest.fixture
def queue(function):
    return NAMES[function]


@pytest.fixture
def bury(lake, queue):
    letters = Queue(lake.queues[f"{queue}_dead_letters"], lake.sqs)
    return lambda body, tries=0: letters.dead_letter(body, "why", "f", "c", tries)


def counted(answer):
    return answer["redriven"], answer["left"], len(answer["messages"])


def test_a_message_goes_back_once_with_its_next_number(flow, function, queue, bury):
    bury({"a": 1, "tries": 1}, 1)
    answer = flow.invoke(function, {})
    assert counted(answer) == (1, 0, 1)
    assert {**answer["messages"][0], "id": ""} == {
        "id": "",
        "tries": 1,
        "redriven": True,
        "reason": "why",
        "source": "f",
        "correlationId": "c",
    }
    (back,) = flow.lake.messages(queue)
    assert back["attributes"] == {"tries": "2", "correlationId": "c"}
    assert json.loads(back["body"]) == {"a": 1, "tries": 1 if function == "redrive" else 2}
    assert counted(flow.invoke(function, {})) == (0, 0, 0)


def test_what_sqs_itself_gave_up_goes_back_too_even_if_it_is_no_json(flow, function, queue, lake):
    lake.sqs.send_message(QueueUrl=lake.queues[f"{queue}_dead_letters"], MessageBody="{ no JSON")
    assert counted(flow.invoke(function, {})) == (1, 0, 1)
    (back,) = lake.messages(queue)
    assert (back["body"], back["attributes"]) == ("{ no JSON", {"tries": "1"})


def test_a_message_that_reached_the_limit_stays_visible_until_it_is_forced(flow, function, queue, bury):
    bury({"a": 1}, 3)
    bury({"a": 2}, 2)
    assert counted(flow.invoke(function, {})) == (1, 1, 2)
    assert counted(flow.invoke(function, {})) == (0, 1, 1)
    assert counted(flow.invoke(function, {"force": True})) == (1, 0, 1)
    assert sorted(each["attributes"]["tries"] for each in flow.lake.messages(queue)) == ["3", "4"]


def test_a_dry_run_looks_at_all_and_moves_none(flow, function, queue, bury):
    for number in range(12):
        bury({"a": number})
    assert counted(flow.invoke(function, {"dryRun": True})) == (0, 12, 12)
    assert counted(flow.invoke(function, {"dryRun": True, "force": True})) == (0, 12, 12)
    assert flow.lake.messages(queue) == []
    assert counted(flow.invoke(function, {})) == (12, 0, 12)


def test_no_more_go_back_than_asked_for(flow, function, queue, bury):
    for number in range(13):
        bury({"a": number})
    assert flow.invoke(function, {"max": 11})["redriven"] == 11
    assert flow.invoke(function, {"max": 11})["redriven"] == 2


@pytest.mark.parametrize("most", [0, 1_001, -1, "5", True, None])
def test_an_impossible_number_is_refused_before_anything_is_received(flow, function, queue, bury, most):
    bury({"a": 1})
    with pytest.raises(ValueError, match="a whole number from 1 to 1000"):
        flow.invoke(function, {"max": most})
    assert counted(flow.invoke(function, {}))[0] == 1


def test_a_message_that_cannot_be_sent_on_is_not_deleted(flow, function, queue, bury, monkeypatch):
    bury({"a": 1})
    with monkeypatch.context() as patch:
        patch.setitem(flow.lake.clients, "sqs", WithoutSending(flow.lake.sqs))
        with pytest.raises(ConnectionError):
            flow.invoke(function, {})
    assert everything(flow.lake, f"{queue}_dead_letters") == 1


def test_a_schedule_that_has_too_little_time_leaves_the_rest(flow, function, bury):
    bury({"a": 1})
    assert counted(flow.invoke(function, {}, seconds=5)) == (0, 0, 0)
    assert counted(flow.invoke(function, {"source": "aws.scheduler"}, seconds=60)) == (1, 0, 1)


def test_both_images_have_the_same_code_for_it():
    texts = {(FUNCTIONS / name / "src" / "putback.py").read_text() for name in ("redrive", "stage-redrive")}
    assert len(texts) == 1


class WithoutSending:
    def __init__(self, real):
        self._real = real

    def __getattr__(self, name):
        return getattr(self._real, name)

    def send_message(self, **_):
        raise ConnectionError("the queue does not answer")


def everything(lake, queue):
    """How many messages there are, those that are hidden from receivers included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = lake.sqs.get_queue_attributes(QueueUrl=lake.queues[queue], AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)
