from __future__ import annotations

import json

import pytest
from datalake import datasets
from datalake.batches import Batches

from testing.fakes import ServiceError

EXECUTION = {"id": "arn", "name": "x1", "startedAt": "2026-01-31T12:00:00.000Z"}
ERROR = {"Error": "ValueError", "Cause": json.dumps({"errorType": "ValueError", "errorMessage": "no number: é"})}


@pytest.fixture
def message(lake):
    return lake.land("a.json", b"{}")


@pytest.fixture
def failed(flow, message):
    """The document of an execution of stage A whose second step failed."""
    return {**flow.invoke("stage-a-preupdate-metadata", {**message, "execution": EXECUTION}), "error": ERROR}


def entry(lake):
    (found,) = lake.table("objects").scan()
    return found


def test_the_original_message_is_kept_with_the_reason_and_the_records_say_so(flow, message, failed):
    assert flow.invoke("stage-a-error", failed) == failed
    (letter,) = flow.lake.messages("stage_a_dead_letters")
    assert json.loads(letter["body"]) == message
    assert letter["attributes"] == {
        "reason": "ValueError: no number: é",
        "source": "stage-a-error",
        "correlationId": "c-1",
        "tries": "0",
    }
    assert (entry(flow.lake)["status"], entry(flow.lake)["reason"]) == ("FAILED", "ValueError: no number: é")
    record = flow.lake.table("executions").get(id="x1")
    assert (record["status"], record["reason"]) == ("FAILED", "ValueError: no number: é")


def test_a_failure_before_the_first_step_did_anything_is_kept_too(flow, message):
    flow.invoke("stage-a-error", {**message, "error": ERROR, "tries": 2})
    (letter,) = flow.lake.messages("stage_a_dead_letters")
    assert (json.loads(letter["body"])["tries"], letter["attributes"]["tries"]) == (2, "2")
    assert entry(flow.lake)["status"] == "FAILED"


def test_the_records_of_an_execution_that_took_over_are_not_touched(flow, message, failed):
    flow.invoke("stage-a-preupdate-metadata", {**message, "tries": 1, "execution": {**EXECUTION, "name": "x2"}})
    flow.invoke("stage-a-error", failed)
    assert (entry(flow.lake)["status"], entry(flow.lake)["execution"]) == ("RECEIVED", "x2")


def test_a_message_is_kept_before_anything_else_is_tried(flow, failed, monkeypatch):
    def refuse(**_):
        raise ServiceError("ThrottlingException")

    with monkeypatch.context() as patch:
        patch.setattr(flow.lake.dynamodb, "update_item", refuse)
        with pytest.raises(ServiceError):
            flow.invoke("stage-a-error", failed)
    assert len(flow.lake.messages("stage_a_dead_letters")) == 1


def test_a_very_long_reason_is_cut(flow, failed):
    flow.invoke("stage-a-error", {**failed, "error": {"Error": "E", "Cause": "x" * 20_000}})
    (letter,) = flow.lake.messages("stage_a_dead_letters")
    assert len(letter["attributes"]["reason"]) == 1_000


class TestOfABatch:
    @pytest.fixture
    def document(self, lake):
        records = Batches(lake.table("executions"))
        records.plan("b1", datasets.find(lake.table("datasets"), "engineering", "meteorites"), ["o"], 90)
        records.settle("b1", ["o"])
        return {
            "batch": "b1",
            "team": "engineering",
            "dataset": "meteorites",
            "pipeline": "main",
            "correlationId": "b1",
            "tries": 0,
            "execution": {**EXECUTION, "name": "b1"},
            "job": {"id": "b1-0", "status": "FAILED", "reason": "timed out: …"},
        }

    def test_the_message_that_starts_it_again_is_kept_with_the_jobs_reason(self, flow, document):
        assert flow.invoke("stage-b-error", document) == document
        (letter,) = flow.lake.messages("stage_b_dead_letters")
        assert json.loads(letter["body"]) == {
            name: document[name] for name in ("batch", "team", "dataset", "correlationId", "tries")
        }
        assert letter["attributes"] == {
            "reason": "timed out: …",
            "source": "stage-b-error",
            "correlationId": "b1",
            "tries": "0",
        }
        record = flow.lake.table("executions").get(id="b1")
        assert (record["status"], record["reason"], record["items"]) == ("FAILED", "timed out: …", ["o"])

    def test_the_record_of_a_later_try_is_not_touched(self, flow, document):
        records = Batches(flow.lake.table("executions"))
        records.fail("b1", 0, EXECUTION["startedAt"], "first")
        records.restart("b1", 1)
        flow.invoke("stage-b-error", document)
        assert records.get("b1")["status"] == "STARTING"
        assert len(flow.lake.messages("stage_b_dead_letters")) == 1
