from __future__ import annotations

import pytest
from datalake import clock
from datalake.history import History

DOCUMENT = {
    "team": "t",
    "dataset": "d",
    "pipeline": "main",
    "correlationId": "c",
    "execution": {"name": "x1", "startedAt": "2026-01-31T11:59:58.5Z"},
}


@pytest.fixture
def history(lake, now):
    return History(lake.table("executions"), 90, now)


def record(lake):
    (found,) = lake.table("executions").scan()
    return found


def test_an_execution_has_one_record_from_its_begin_to_its_end(history, lake):
    history.begin(DOCUMENT, "raw/k")
    assert record(lake)["status"] == "RUNNING"
    history.finish(DOCUMENT, "raw/k", "SUCCEEDED", csv_key="k.csv")
    assert record(lake) == {
        "id": "x1",
        "stage": "A",
        "team": "t",
        "dataset": "d",
        "pipeline": "main",
        "object": "raw/k",
        "correlation_id": "c",
        "status": "SUCCEEDED",
        "started_at": "2026-01-31T11:59:58.500Z",
        "ended_at": "2026-01-31T12:00:00.000Z",
        "duration": 1.5,
        "csv_key": "k.csv",
        "expires_at": 1769860800 + 90 * 86_400,
    }


def test_what_has_succeeded_neither_fails_nor_begins_later(history, lake):
    history.finish(DOCUMENT, "raw/k", "SUCCEEDED")
    before = record(lake)
    history.finish(DOCUMENT, "raw/k", "FAILED", reason="late")
    history.begin(DOCUMENT, "raw/k")
    assert record(lake) == before


def test_a_failure_before_the_begin_is_recorded_and_a_repetition_forgets_it(history, lake):
    history.finish(DOCUMENT, "raw/k", "FAILED", reason="why")
    assert (record(lake)["status"], record(lake)["reason"]) == ("FAILED", "why")
    history.begin(DOCUMENT, "raw/k")
    assert (record(lake)["status"], "reason" in record(lake), "ended_at" in record(lake)) == ("RUNNING", False, False)


@pytest.mark.parametrize(
    "text", ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z", "2026-01-31T13:00:00+01:00", "2026-01-31T12:00:00.000000"]
)
def test_moments_are_read_in_the_forms_that_aws_writes(text, now):
    assert clock.moment(text) == now()
    assert clock.text(clock.moment(text)) == "2026-01-31T12:00:00.000Z"
