from __future__ import annotations

import datetime

import pytest
from datalake import clock

STARTED = "2026-01-31T12:00:00.000Z"
DOCUMENT = {"batch": "b1", "tries": 0, "team": "t", "execution": {"name": "b1", "startedAt": STARTED}}
RUNNING = {"id": "b1-0", "status": "RUNNING", "request": "r", "started_at": STARTED, "deadline": "2026-01-31T12:02:02.000Z"}
DONE = {"key": "k", "rows": 3, "bytes": 4}


@pytest.fixture
def check(app, lake):
    """What the step says so many seconds after the execution's start, when the batch has this job."""

    def run(seconds, job=None, document=DOCUMENT):
        if job is not None:
            lake.table("executions").put({"id": "b1", "job": job})
        now = clock.moment(STARTED) + datetime.timedelta(seconds=seconds)
        answer = app.check(document, lake.table("executions"), 30, lambda: now)
        assert {name: value for name, value in answer.items() if name != "job"} == document
        return answer["job"]

    return run


@pytest.mark.parametrize("seconds", [0, 30])
def test_a_job_may_take_a_while_to_start(check, seconds):
    assert check(seconds) == {"id": "b1-0", "status": "RUNNING"}


def test_a_job_that_no_container_took_in_time_has_failed(check):
    assert check(31) == {
        "id": "b1-0",
        "status": "FAILED",
        "reason": "did not start: no container took the job within 30 seconds",
    }


def test_a_job_runs_until_its_deadline_and_has_timed_out_after_it(check):
    assert check(122, RUNNING) == {"id": "b1-0", "status": "RUNNING"}
    assert check(123, RUNNING)["status"] == "FAILED"
    assert check(123, RUNNING)["reason"].startswith("timed out: no result by 2026-01-31T12:02:02.000Z")


@pytest.mark.parametrize(("status", "result"), [("SUCCEEDED", DONE), ("FAILED", {"reason": "E: why"})])
def test_the_result_of_a_job_is_told_whenever_it_is_asked_for(check, status, result):
    assert check(9_999, {**RUNNING, **result, "status": status, "ended_at": "x"}) == {
        "id": "b1-0",
        "status": status,
        **result,
    }


def test_the_job_of_an_earlier_try_says_nothing_about_this_one(check):
    again = {**DOCUMENT, "tries": 1}
    assert check(5, {**RUNNING, "status": "FAILED", "reason": "old"}, again) == {"id": "b1-1", "status": "RUNNING"}
    assert check(31, None, again)["status"] == "FAILED"


def test_the_smoke_test_answers_as_the_manifest_expects(flow):
    from testing.flow import manifests

    smoke = manifests()["stage-b-check-job"][1]["smoke"]
    answer = flow.invoke("stage-b-check-job", smoke["payload"])
    assert answer["job"].items() >= smoke["expect"]["job"].items()
