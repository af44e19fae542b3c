from __future__ import annotations

import pytest
from datalake import batches, datasets
from datalake.batches import LEFT_AFTER, LOOK_BACK, Batches
from datalake.jobs import Jobs


@pytest.fixture
def dataset(lake):
    return datasets.find(lake.table("datasets"), "engineering", "meteorites")


@pytest.fixture
def records(lake, now):
    return Batches(lake.table("executions"), now)


@pytest.fixture
def running(records, dataset):
    """The id of a batch whose execution runs for the first time."""
    records.plan("b1", dataset, ["o1", "o2", "o3"], 90)
    records.settle("b1", ["o1", "o2"])
    records.started("b1", 0)
    return "b1"


def test_a_batch_is_announced_with_what_it_may_claim_and_expires(records, dataset):
    records.plan("b1", dataset, ["o1"], 90)
    assert records.get("b1") == {
        "id": "b1",
        "stage": "B",
        "team": "engineering",
        "dataset": "meteorites",
        "pipeline": "main",
        "status": "CLAIMING",
        "items": ["o1"],
        "tries": 0,
        "date": "2026-01-31",
        "started_at": "2026-01-31T12:00:00.000Z",
        "correlation_id": "b1",
        "expires_at": 1769860800 + 90 * 86_400,
    }


def test_what_a_batch_has_is_settled_once(records, dataset):
    records.plan("b1", dataset, ["o1", "o2"], 90)
    assert records.settle("b1", ["o2"]) is True
    assert records.settle("b1", ["o1"]) is False
    assert records.get("b1")["items"] == ["o2"]


def test_only_a_batch_without_settled_items_can_be_discarded(records, dataset, running):
    records.discard(running)
    records.plan("b2", dataset, ["o9"], 90)
    records.discard("b2")
    assert (records.get(running)["status"], records.get("b2")) == ("RUNNING", None)


@pytest.mark.parametrize("status", ["CLAIMING", "STARTING"])
def test_a_batch_whose_start_was_interrupted_is_found_after_a_while_and_not_for_ever(records, dataset, now, status):
    records.plan("b1", dataset, ["o1"], 90)
    if status == "STARTING":
        records.settle("b1", ["o1"])
    now.on(LEFT_AFTER - 1)
    assert records.left() == []
    now.on(2)
    assert [record["status"] for record in records.left()] == [status]
    now.on(LOOK_BACK)
    assert records.left() == []


def test_a_batch_that_runs_was_not_left(records, running, now):
    now.on(LEFT_AFTER * 2)
    assert records.left() == []


def test_a_failed_batch_runs_again_with_the_same_items_and_no_trace_of_the_failure(records, running, now):
    assert records.fail(running, 0, "2026-01-31T12:00:00.000Z", "why") is True
    now.on(60)
    again = records.restart(running, 1)
    assert (again["items"], again["tries"], again["status"]) == (["o1", "o2"], 1, "STARTING")
    assert again["started_at"] == "2026-01-31T12:01:00.000Z"
    assert not again.keys() & {"reason", "ended_at", "duration"}


def test_a_message_that_puts_a_batch_back_twice_starts_one_try(records, running):
    records.fail(running, 0, "2026-01-31T12:00:00.000Z", "why")
    assert records.restart(running, 1) is not None
    assert records.restart(running, 1)["status"] == "STARTING"  # Left before its start: the same try again.
    records.started(running, 1)
    assert records.restart(running, 1) is None


def test_of_messages_that_put_a_batch_back_at_the_same_time_all_mean_the_same_try(records, running, at_once):
    records.fail(running, 0, "2026-01-31T12:00:00.000Z", "why")
    answers = at_once(lambda _: records.restart(running, 1), range(6))
    assert {batches.execution_name("b1", found["tries"]) for found in answers} == {"b1-1"}


def test_a_batch_that_succeeded_does_not_run_again_and_does_not_fail_late(records, running):
    assert records.succeed(running, 0, "2026-01-31T12:00:00.000Z", rows=2) is True
    assert records.restart(running, 1) is None
    assert records.fail(running, 0, "2026-01-31T12:00:00.000Z", "late") is False
    assert records.succeed(running, 0, "2026-01-31T12:00:00.000Z", rows=2) is False
    assert records.get(running)["status"] == "SUCCEEDED"


def test_an_execution_of_an_earlier_try_changes_nothing(records, running):
    records.fail(running, 0, "2026-01-31T12:00:00.000Z", "why")
    records.restart(running, 1)
    assert records.fail(running, 0, "2026-01-31T12:00:00.000Z", "again") is False
    assert records.succeed(running, 0, "2026-01-31T12:00:00.000Z") is False
    assert records.started(running, 0) is False
    assert records.get(running)["status"] == "STARTING"


def test_a_batch_that_there_is_not_cannot_be_put_back(records):
    with pytest.raises(LookupError, match="there is no batch 'gone'"):
        records.restart("gone", 1)


def test_ids_sort_by_time_and_leave_room_for_the_number_of_a_try(now):
    first = batches.new_id(now())
    now.on(1)
    second = batches.new_id(now())
    assert first < second
    assert len(batches.execution_name(first, 100)) <= 80
    assert batches.execution_name("b", 0) == "b"


class TestJobs:
    @pytest.fixture
    def jobs(self, lake, now):
        return Jobs(lake.table("executions"), now)

    def test_of_containers_that_claim_a_job_at_the_same_time_one_gets_it(self, jobs, running, at_once):
        claimed = at_once(lambda request: jobs.claim(running, 0, request, 120), [f"r{number}" for number in range(8)])
        assert sum(found is not None for found in claimed) == 1

    def test_a_claimed_job_tells_the_items_and_its_deadline(self, jobs, running):
        claimed = jobs.claim(running, 0, "r1", 120)
        assert claimed["items"] == ["o1", "o2"]
        assert claimed["job"] == {
            "id": "b1-0",
            "status": "RUNNING",
            "request": "r1",
            "started_at": "2026-01-31T12:00:00.000Z",
            "deadline": "2026-01-31T12:02:02.000Z",
        }

    def test_a_request_that_lambda_repeats_after_a_crash_goes_on_at_once(self, jobs, running):
        jobs.claim(running, 0, "r1", 120)
        assert jobs.claim(running, 0, "r1", 120) is not None
        assert jobs.claim(running, 0, "r2", 120) is None

    @pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED"])
    def test_a_job_that_has_ended_is_not_run_again_by_any_request(self, jobs, running, status):
        assert jobs.finish(jobs.claim(running, 0, "r1", 120), status) is True
        assert jobs.claim(running, 0, "r1", 120) is None
        assert jobs.claim(running, 0, "r2", 120) is None

    def test_a_job_whose_batch_was_given_up_is_not_begun(self, jobs, records, running):
        records.fail(running, 0, "2026-01-31T12:00:00.000Z", "did not start")
        assert jobs.claim(running, 0, "r1", 120) is None

    def test_an_event_of_an_earlier_try_does_not_run_in_the_later_one(self, jobs, records, running):
        records.fail(running, 0, "2026-01-31T12:00:00.000Z", "why")
        records.restart(running, 1)
        assert jobs.claim(running, 0, "r1", 120) is None
        assert jobs.claim(running, 1, "r2", 120)["job"]["id"] == "b1-1"

    def test_a_job_that_ends_after_a_later_try_has_begun_does_not_count(self, jobs, records, running):
        old = jobs.claim(running, 0, "r1", 120)
        records.fail(running, 0, "2026-01-31T12:00:00.000Z", "timed out")
        records.restart(running, 1)
        jobs.claim(running, 1, "r2", 120)
        assert jobs.finish(old, "SUCCEEDED", key="k") is False
        assert records.get(running)["job"]["id"] == "b1-1"

    def test_a_batch_that_is_not_settled_or_not_there_has_no_job(self, jobs, records, dataset):
        records.plan("b9", dataset, ["o1"], 90)
        assert jobs.claim("b9", 0, "r1", 120) is None
        assert jobs.claim("gone", 0, "r1", 120) is None
