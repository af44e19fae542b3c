from __future__ import annotations

import pytest
from datalake.catalogue import TAKE_OVER_AFTER, Catalogue, sequence


@pytest.fixture
def catalogue(lake, now):
    return Catalogue(lake.table("objects"), now)


def message(etag="e1", sequencer="01", **more):
    return {
        "bucket": "raw",
        "key": "raw/t/d/a.json",
        "etag": etag,
        "size": 3,
        "sequencer": sequencer,
        "team": "t",
        "dataset": "d",
        "pipeline": "main",
        "correlationId": "c",
        **more,
    }


ID = "raw/raw/t/d/a.json"


def entry(lake):
    (found,) = lake.table("objects").scan()
    return found


def advance(catalogue, status, execution="x1", **more):
    """Brings the entry of a message into a state, as the functions do."""
    catalogue.receive(message(**more), execution)
    if status == "FAILED":
        catalogue.fail(message(**more), execution, "reason")
    elif status == "SUPERSEDED":
        catalogue.supersede(message(**more), execution)
    elif status != "RECEIVED":
        catalogue.wait(message(**more), execution, "k.csv")
        if status != "WAITING":
            catalogue.claim(ID, "t-d", "b1")
            if status == "PROCESSED":
                catalogue.processed(ID, "b1", "k.parquet")


def test_a_new_object_is_received_with_all_that_is_known_of_it(catalogue, lake):
    assert catalogue.receive(message(landedAt="2026-01-31T11:59:00.000Z"), "x1") is None
    assert entry(lake) == {
        "id": ID,
        "bucket": "raw",
        "key": "raw/t/d/a.json",
        "etag": "e1",
        "size": 3,
        "sequencer": sequence("01"),
        "team": "t",
        "dataset": "d",
        "pipeline": "main",
        "correlation_id": "c",
        "tries": 0,
        "status": "RECEIVED",
        "execution": "x1",
        "received_at": "2026-01-31T12:00:00.000Z",
        "landed_at": "2026-01-31T11:59:00.000Z",
    }


@pytest.mark.parametrize("status", ["RECEIVED", "WAITING", "CLAIMED", "PROCESSED"])
def test_the_same_content_is_a_duplicate_from_the_moment_it_was_received(catalogue, lake, status):
    advance(catalogue, status)
    before = entry(lake)
    assert catalogue.receive(message(), "x2") == f"duplicate: {status} before"
    assert catalogue.receive(message(sequencer="02"), "x3") == f"duplicate: {status} before"
    assert {**entry(lake), "sequencer": before["sequencer"]} == before


def test_of_executions_that_receive_one_object_at_the_same_time_one_goes_on(catalogue, at_once):
    answers = at_once(lambda name: catalogue.receive(message(), name), [f"x{number}" for number in range(8)])
    assert answers.count(None) == 1
    assert answers.count("duplicate: RECEIVED before") == 7


def test_the_repetition_of_a_step_by_its_own_execution_goes_on(catalogue):
    assert catalogue.receive(message(), "x1") is None
    assert catalogue.receive(message(), "x1") is None


@pytest.mark.parametrize("status", ["FAILED", "SUPERSEDED"])
def test_the_same_content_goes_on_after_it_failed(catalogue, lake, status):
    advance(catalogue, status)
    assert catalogue.receive(message(), "x2") is None
    assert (entry(lake)["status"], entry(lake)["execution"], "reason" in entry(lake)) == ("RECEIVED", "x2", False)


def test_a_message_that_was_put_back_takes_an_entry_over_that_was_not_marked_as_failed(catalogue, lake):
    catalogue.receive(message(), "x1")
    assert catalogue.receive(message(tries=1), "x2") is None
    assert entry(lake)["execution"] == "x2"


@pytest.mark.parametrize("status", ["WAITING", "CLAIMED", "PROCESSED"])
def test_a_message_that_was_put_back_does_not_repeat_what_is_done(catalogue, status):
    advance(catalogue, status)
    assert catalogue.receive(message(tries=1), "x2") == f"duplicate: {status} before"


def test_an_entry_whose_execution_was_stopped_is_taken_over_after_a_while(catalogue, now):
    catalogue.receive(message(), "x1")
    now.on(TAKE_OVER_AFTER)
    assert catalogue.receive(message(), "x2") == "duplicate: RECEIVED before"
    now.on(1)
    assert catalogue.receive(message(), "x2") is None


@pytest.mark.parametrize("status", ["RECEIVED", "WAITING", "CLAIMED", "PROCESSED", "FAILED", "SUPERSEDED"])
def test_newer_content_goes_on_from_every_state_and_leaves_nothing_of_the_old(catalogue, lake, status):
    advance(catalogue, status)
    assert catalogue.receive(message("e2", "02"), "x2") is None
    found = entry(lake)
    assert (found["status"], found["etag"], found["execution"]) == ("RECEIVED", "e2", "x2")
    assert not found.keys() & {"waiting_for", "waiting_since", "csv_key", "batch", "parquet_key", "reason"}


@pytest.mark.parametrize("status", ["RECEIVED", "WAITING", "CLAIMED", "PROCESSED", "FAILED", "SUPERSEDED"])
def test_older_content_that_comes_late_changes_nothing(catalogue, lake, status):
    advance(catalogue, status, etag="e2", sequencer="02")
    before = entry(lake)
    assert catalogue.receive(message("e1", "01"), "x2") == "superseded: newer content was received before"
    assert catalogue.receive(message("e1", "01", tries=1), "x3") == "superseded: newer content was received before"
    assert entry(lake) == before


def test_content_that_comes_back_is_not_overtaken_by_the_late_message_about_what_was_between(catalogue, lake):
    advance(catalogue, "PROCESSED", etag="e1", sequencer="01")
    catalogue.receive(message("e1", "03"), "x3")
    assert catalogue.receive(message("e2", "02"), "x2") == "superseded: newer content was received before"
    assert entry(lake)["etag"] == "e1"


def test_content_that_comes_back_after_other_content_goes_on(catalogue):
    advance(catalogue, "PROCESSED", etag="e1", sequencer="01")
    assert catalogue.receive(message("e2", "02"), "x2") is None
    assert catalogue.receive(message("e1", "03"), "x3") is None


def test_a_message_that_was_put_back_does_not_set_the_order_back(catalogue, lake):
    advance(catalogue, "FAILED", sequencer="01")
    lake.table("objects").update({"id": ID}, {"sequencer": sequence("03")})
    assert catalogue.receive(message(sequencer="01", tries=1), "x2") is None
    assert entry(lake)["sequencer"] == sequence("03")


def test_sequencers_of_different_lengths_compare_as_s3_means_it():
    assert sequence("0055AED6DCD90281E5") < sequence("0055aed6dcd90281e6")
    assert sequence("0055AED6DCD90281E5") < sequence("0055AED6DCD90281E501")
    assert sequence("0056") > sequence("0055AED6DCD90281E501")


def test_an_entry_that_was_taken_over_does_not_wait_for_the_old_execution(catalogue, lake):
    catalogue.receive(message(), "x1")
    catalogue.receive(message("e2", "02"), "x2")
    assert catalogue.wait(message(), "x1", "k.csv") is False
    assert entry(lake)["status"] == "RECEIVED"


@pytest.mark.parametrize("status", ["WAITING", "CLAIMED", "PROCESSED"])
def test_waiting_again_says_yes_and_takes_nothing_out_of_its_batch(catalogue, lake, status):
    advance(catalogue, status)
    before = entry(lake)
    assert catalogue.wait(message(), "x1", "k.csv") is True
    assert entry(lake) == before


def test_a_failure_before_the_entry_was_made_makes_it(catalogue, lake):
    assert catalogue.fail(message(), "x1", "why") is True
    assert (entry(lake)["status"], entry(lake)["reason"], entry(lake)["etag"]) == ("FAILED", "why", "e1")
    assert catalogue.receive(message(tries=1), "x2") is None


@pytest.mark.parametrize("status", ["CLAIMED", "PROCESSED"])
def test_a_late_failure_does_not_touch_what_a_batch_has(catalogue, lake, status):
    advance(catalogue, status)
    assert catalogue.fail(message(), "x1", "why") is False
    assert entry(lake)["status"] == status


def test_what_failed_does_not_wait(catalogue):
    advance(catalogue, "WAITING")
    assert [found["id"] for found in catalogue.waiting("t-d", 5)] == [ID]
    catalogue.fail(message(), "x1", "why")
    assert catalogue.waiting("t-d", 5) == []


def test_those_that_wait_come_in_the_order_in_which_they_began_and_no_more_than_asked(catalogue, now):
    for number in (3, 1, 2):
        each = message(key=f"raw/t/d/{number}.json")
        catalogue.receive(each, f"x{number}")
        catalogue.wait(each, f"x{number}", "k")
        now.on(1)
    assert [found["id"][-6] for found in catalogue.waiting("t-d", 2)] == ["3", "1"]
    assert len(catalogue.waiting("t-d", 50)) == 3
    assert catalogue.waiting("t-other", 50) == []


def test_of_batches_that_claim_one_entry_at_the_same_time_one_gets_it(catalogue, at_once):
    advance(catalogue, "WAITING")
    claimed = at_once(lambda batch: catalogue.claim(ID, "t-d", batch), [f"b{number}" for number in range(8)])
    (winner,) = [found for found in claimed if found is not None]
    assert catalogue.claim(ID, "t-d", winner["batch"])["batch"] == winner["batch"]
    assert catalogue.waiting("t-d", 5) == []


def test_only_the_batch_of_an_entry_can_finish_it(catalogue, lake):
    advance(catalogue, "CLAIMED")
    assert catalogue.processed(ID, "b2", "other.parquet") is False
    assert catalogue.processed(ID, "b1", "k.parquet") is True
    assert catalogue.processed(ID, "b1", "k.parquet") is True
    assert entry(lake)["parquet_key"] == "k.parquet"


def test_an_entry_whose_object_was_replaced_is_not_the_batchs_any_more(catalogue):
    advance(catalogue, "CLAIMED")
    assert [found["id"] for found in catalogue.of_batch([ID, "raw/none"], "b1")] == [ID]
    catalogue.receive(message("e2", "02"), "x2")
    assert catalogue.of_batch([ID], "b1") == []


def test_more_entries_than_one_request_may_name_are_found(catalogue, lake):
    table = lake.table("objects")
    for number in range(130):
        table.put({"id": f"raw/{number}", "status": "CLAIMED", "batch": "b1"})
    assert len(catalogue.of_batch([f"raw/{number}" for number in range(130)], "b1")) == 130
