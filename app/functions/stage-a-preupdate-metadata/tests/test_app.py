from __future__ import annotations

import pytest
from datalake.errors import InvalidInput

EXECUTION = {"id": "arn", "name": "x1", "startedAt": "2026-01-31T12:00:00.000Z"}


@pytest.fixture
def document(lake):
    return {**lake.land("a.json", b"{}"), "execution": EXECUTION}


def records(lake):
    return lake.table("executions").scan()


def test_a_new_object_goes_on_with_the_transform_that_its_dataset_names(flow, document):
    answer = flow.invoke("stage-a-preupdate-metadata", document)
    assert answer == {**document, "duplicate": False, "transform": "meteorite_record"}
    assert [(record["id"], record["status"]) for record in records(flow.lake)] == [("x1", "RUNNING")]


def test_a_duplicate_says_so_and_leaves_no_trace_in_the_history(flow, document):
    flow.invoke("stage-a-preupdate-metadata", document)
    other = {**document, "execution": {**EXECUTION, "name": "x2"}}
    assert flow.invoke("stage-a-preupdate-metadata", other) == {**other, "duplicate": True}
    assert [record["id"] for record in records(flow.lake)] == ["x1"]


def test_the_step_may_be_tried_again_by_the_same_execution(flow, document):
    first = flow.invoke("stage-a-preupdate-metadata", document)
    assert flow.invoke("stage-a-preupdate-metadata", document) == first


def test_a_dataset_that_was_removed_meanwhile_fails_before_anything_is_written(flow, document):
    flow.lake.table("datasets").delete({"name": "engineering-meteorites"})
    with pytest.raises(InvalidInput, match="engineering-meteorites"):
        flow.invoke("stage-a-preupdate-metadata", document)
    assert records(flow.lake) == flow.lake.table("objects").scan() == []


def test_a_document_without_an_execution_is_refused(flow, document):
    with pytest.raises(InvalidInput, match="execution needed"):
        flow.invoke("stage-a-preupdate-metadata", {**document, "execution": None})
