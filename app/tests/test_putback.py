"""What `redrive` and `stage-redrive` share: one call puts a message back once, however soon it fails again."""

from __future__ import annotations

import importlib.util
import itertools
import json

import pytest
from testing.functions import FUNCTIONS


class Queues:
    """A dead-letter queue to which everything that is put back returns at once, with the tries that it was sent with."""

    def __init__(self, messages: int) -> None:
        self._ids = itertools.count()
        self.letters: dict[str, dict] = {}
        self.hidden: set[str] = set()
        self.sent: list[dict] = []
        for number in range(messages):
            self._keep(json.dumps({"number": number}), {})

    def receive_message(self, QueueUrl, MaxNumberOfMessages, **_):
        seen = [letter for identity, letter in self.letters.items() if identity not in self.hidden][:MaxNumberOfMessages]
        self.hidden.update(letter["MessageId"] for letter in seen)
        return {"Messages": seen} if seen else {}

    def send_message(self, QueueUrl, MessageBody, MessageAttributes):
        self.sent.append(json.loads(MessageBody))
        self._keep(MessageBody, MessageAttributes)

    def delete_message(self, QueueUrl, ReceiptHandle):
        del self.letters[ReceiptHandle]
        self.hidden.discard(ReceiptHandle)

    def change_message_visibility(self, QueueUrl, ReceiptHandle, VisibilityTimeout):
        self.hidden.discard(ReceiptHandle)

    def _keep(self, body, attributes):
        identity = str(next(self._ids))
        self.letters[identity] = {"MessageId": identity, "ReceiptHandle": identity, "Body": body, "MessageAttributes": attributes}


@pytest.fixture(params=["redrive", "stage-redrive"])
def run(request):
    found = importlib.util.spec_from_file_location("putback", FUNCTIONS / request.param / "src" / "putback.py")
    putback = importlib.util.module_from_spec(found)
    found.loader.exec_module(putback)

    def call(queues, event=None, time_left=lambda: 60.0):
        return putback.run(
            event or {}, queues, dead_letters="dead", queue="work", limit=3, count_in_body=True, time_left=time_left, say=lambda *_, **__: None
        )

    return call


def test_one_call_puts_each_message_back_once_even_if_it_fails_again_at_once(run):
    queues = Queues(25)
    for tries in (1, 2, 3):
        answer = run(queues)
        assert (answer["redriven"], answer["left"]) == (25, 0)
        assert queues.sent[-25:] == [{"number": number, "tries": tries} for number in range(25)]
    answer = run(queues)
    assert (answer["redriven"], answer["left"], len(queues.sent)) == (0, 25, 75)
    assert not queues.hidden


def test_what_the_time_does_not_suffice_for_stays_visible(run):
    queues = Queues(3)
    left = iter([60.0, 60.0, 60.0, 5.0, 5.0])
    answer = run(queues, time_left=lambda: next(left))
    assert (answer["redriven"], answer["left"]) == (1, 2)
    assert [message["redriven"] for message in answer["messages"]] == [True, False, False]
    assert not queues.hidden
