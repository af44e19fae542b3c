from __future__ import annotations

import json

import pytest
from datalake.machines import StateMachine
from datalake.partitions import Partitions
from datalake.queues import LONGEST_REASON, Queue

from testing.fakes import FakeGlue, FakeStepFunctions, ServiceError


def test_a_document_is_sent_as_json_and_a_text_as_it_is(lake):
    queue = Queue(lake.queues["stage_a"], lake.sqs)
    queue.send({"b": 1, "a": "é"}, correlationId="c", empty="")
    queue.send("not JSON")
    first, second = lake.messages("stage_a")
    assert json.loads(first["body"]) == {"a": "é", "b": 1}
    assert first["attributes"] == {"correlationId": "c"}
    assert second == {"body": "not JSON", "attributes": {}}


@pytest.mark.parametrize("reason", ["x" * 5_000, "a\x00\x1b[31m\ud800\uffff b", "é😀" * 900])
def test_a_dead_letter_carries_any_reason_cut_and_cleaned(lake, reason):
    Queue(lake.queues["stage_a_dead_letters"], lake.sqs).dead_letter({"a": 1}, reason, "f", "c", 2)
    (letter,) = lake.messages("stage_a_dead_letters")
    told = letter["attributes"].pop("reason")
    assert 0 < len(told) <= LONGEST_REASON
    assert not {"\x00", "\x1b", "\ud800", "\uffff"} & set(told)
    assert letter["attributes"] == {"source": "f", "correlationId": "c", "tries": "2"}


def test_an_execution_of_one_name_starts_once():
    machine = StateMachine("arn", FakeStepFunctions())
    assert [machine.start("n", {"a": 1}), machine.start("n", {"a": 1}), machine.start("m", {})] == [True, False, True]


def test_a_machine_that_cannot_start_raises_what_it_was_told():
    client = FakeStepFunctions()
    client.refuse = ServiceError("AccessDeniedException")
    with pytest.raises(ServiceError, match="AccessDeniedException"):
        StateMachine("arn", client).start("n", {})


def test_a_partition_has_the_tables_form_at_a_place_of_its_own_and_is_registered_once():
    glue = FakeGlue()
    glue.tables["t_d"] = {"Columns": [{"Name": "a"}], "InputFormat": "parquet", "Location": "s3://stage/post-stage/t/d/"}
    partitions = Partitions("lake", "t_d", glue)
    assert [partitions.register("2026-01-31", "s3://stage/x/"), partitions.register("2026-01-31", "s3://stage/x/")] == [
        True,
        False,
    ]
    assert glue.partitions["t_d", "2026-01-31"] == {
        "Values": ["2026-01-31"],
        "StorageDescriptor": {"Columns": [{"Name": "a"}], "InputFormat": "parquet", "Location": "s3://stage/x/"},
    }
    with pytest.raises(ServiceError, match="EntityNotFound"):
        Partitions("lake", "unknown", glue).register("2026-01-31", "s3://stage/x/")
