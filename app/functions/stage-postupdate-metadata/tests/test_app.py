from __future__ import annotations

import json

import pytest
from datalake import datasets
from datalake.batches import Batches
from datalake.catalogue import Catalogue

from testing.fakes import ServiceError

EXECUTION = {"id": "arn", "name": "x1", "startedAt": "2026-01-31T12:00:00.000Z"}
CSV = "pre-stage/engineering/meteorites/a.csv"


@pytest.fixture
def document(flow):
    """What the second step of stage A hands over."""
    given = {**flow.lake.land("a.json", b"{}"), "execution": EXECUTION}
    return {**flow.invoke("stage-a-preupdate-metadata", given), "csv": CSV}


def entry(lake):
    (found,) = lake.table("objects").scan()
    return found


def record(lake, name="x1"):
    return lake.table("executions").get(id=name)


def test_an_object_waits_for_stage_b_and_stage_b_is_told(flow, document):
    assert flow.invoke("stage-a-postupdate-metadata", document) == document
    found = entry(flow.lake)
    assert (found["status"], found["waiting_for"], found["csv_key"]) == ("WAITING", "engineering-meteorites", CSV)
    assert (record(flow.lake)["status"], record(flow.lake)["csv_key"]) == ("SUCCEEDED", CSV)
    (announced,) = flow.lake.messages("stage_b")
    assert json.loads(announced["body"]) == {
        "team": "engineering",
        "dataset": "meteorites",
        "object": "raw/raw/engineering/meteorites/a.json",
        "correlationId": "c-1",
    }


@pytest.mark.parametrize("status", ["WAITING", "CLAIMED", "PROCESSED"])
def test_the_step_may_be_tried_again_whatever_stage_b_did_meanwhile(flow, document, status):
    flow.invoke("stage-a-postupdate-metadata", document)
    catalogue = Catalogue(flow.lake.table("objects"))
    if status != "WAITING":
        catalogue.claim(entry(flow.lake)["id"], "engineering-meteorites", "b1")
    if status == "PROCESSED":
        catalogue.processed(entry(flow.lake)["id"], "b1", "k")
    flow.invoke("stage-a-postupdate-metadata", document)
    assert entry(flow.lake)["status"] == status


def test_an_object_that_was_taken_over_waits_for_its_new_execution_only(flow, document):
    newer = {**flow.lake.land("a.json", b"[]", "02"), "execution": {**EXECUTION, "name": "x2"}}
    flow.invoke("stage-a-preupdate-metadata", newer)
    flow.invoke("stage-a-postupdate-metadata", document)
    assert (entry(flow.lake)["status"], entry(flow.lake)["execution"]) == ("RECEIVED", "x2")
    assert record(flow.lake)["status"] == "SUPERSEDED"
    assert flow.lake.messages("stage_b") == []


def test_an_object_that_was_replaced_before_it_was_read_does_not_wait(flow, document):
    given = {name: value for name, value in document.items() if name != "csv"}
    flow.invoke("stage-a-postupdate-metadata", {**given, "superseded": True})
    assert entry(flow.lake)["status"] == record(flow.lake)["status"] == "SUPERSEDED"
    assert flow.lake.messages("stage_b") == []


def test_an_announcement_that_fails_leaves_the_object_waiting_for_the_schedule(flow, document, monkeypatch):
    def refuse(**_):
        raise ServiceError("ServiceUnavailable")

    with monkeypatch.context() as patch:
        patch.setattr(flow.lake.sqs, "send_message", refuse)
        with pytest.raises(ServiceError):
            flow.invoke("stage-a-postupdate-metadata", document)
    assert entry(flow.lake)["status"] == "WAITING"


class TestOfABatch:
    @pytest.fixture
    def finished(self, flow, document):
        """A batch of one object whose job succeeded."""
        flow.invoke("stage-a-postupdate-metadata", document)
        lake = flow.lake
        records = Batches(lake.table("executions"))
        dataset = datasets.find(lake.table("datasets"), "engineering", "meteorites")
        identity = entry(lake)["id"]
        records.plan("b1", dataset, [identity], 90)
        Catalogue(lake.table("objects")).claim(identity, dataset.name, "b1")
        records.settle("b1", [identity])
        records.started("b1", 0)
        job = {"id": "b1-0", "status": "SUCCEEDED", "key": "k.parquet", "rows": 1, "bytes": 9}
        return {"batch": "b1", "tries": 0, "job": job, "execution": {**EXECUTION, "name": "b1"}}

    def test_every_object_is_processed_and_the_history_says_what_came_of_it(self, flow, finished):
        assert flow.invoke("stage-b-postupdate-metadata", finished) == finished
        assert (entry(flow.lake)["status"], entry(flow.lake)["parquet_key"]) == ("PROCESSED", "k.parquet")
        found = record(flow.lake, "b1")
        assert (found["status"], found["parquet_key"], found["rows"], found["bytes"]) == ("SUCCEEDED", "k.parquet", 1, 9)
        assert found["duration"] > 0

    def test_the_step_may_be_tried_again_and_changes_nothing(self, flow, finished):
        flow.invoke("stage-b-postupdate-metadata", finished)
        before = record(flow.lake, "b1")
        flow.invoke("stage-b-postupdate-metadata", finished)
        assert record(flow.lake, "b1") == before

    def test_an_object_that_was_replaced_meanwhile_stays_with_its_new_execution(self, flow, finished):
        newer = {**flow.lake.land("a.json", b"[]", "02"), "execution": {**EXECUTION, "name": "x2"}}
        flow.invoke("stage-a-preupdate-metadata", newer)
        flow.invoke("stage-b-postupdate-metadata", finished)
        assert entry(flow.lake)["status"] == "RECEIVED"
        assert record(flow.lake, "b1")["status"] == "SUCCEEDED"

    def test_a_batch_whose_record_is_gone_fails(self, flow, finished):
        with pytest.raises(LookupError, match="there is no batch 'gone'"):
            flow.invoke("stage-b-postupdate-metadata", {**finished, "batch": "gone"})
