from __future__ import annotations

import pytest
from datalake import clock, datasets
from datalake.batches import LEFT_AFTER, Batches
from datalake.catalogue import Catalogue
from datalake.machines import StateMachine

from testing.fakes import ServiceError
from testing.lake import queue_event

ANNOUNCED = {"team": "engineering", "dataset": "meteorites", "object": "o", "correlationId": "c"}
NAME = "engineering-meteorites"


@pytest.fixture
def wait(lake):
    """Lets so many objects wait for stage B."""
    catalogue = Catalogue(lake.table("objects"))

    def run(count, start=0):
        for number in range(start, start + count):
            message = lake.land(f"{number:04}.json", b"{}", correlation_id=f"c-{number}")
            catalogue.receive(message, f"x{number}")
            catalogue.wait(message, f"x{number}", "k.csv")

    return run


@pytest.fixture
def limits(lake):
    """Declares how many objects make a batch."""
    declared = lake.declared["datasets"][0]
    return lambda least, most: lake.table("datasets").put(
        {**declared, "min_items_process": least, "max_items_process": most}
    )


def announce(flow, *bodies):
    return flow.invoke("stage-b-routing", queue_event(*(bodies or (ANNOUNCED,))))


def flush(flow):
    return flow.invoke("stage-b-routing", {"flush": True})


def started(lake):
    return {name: each["document"] for name, each in lake.machines.started.items()}


def batches(lake):
    return {record["id"]: record for record in lake.table("executions").scan()}


def claimed(lake):
    """Object to batch, of all that are claimed."""
    return {entry["id"]: entry["batch"] for entry in lake.table("objects").scan() if entry["status"] == "CLAIMED"}


def age(lake, batch, seconds):
    lake.table("executions").update({"id": batch}, {"started_at": clock.before(clock.now(), seconds)})


def test_nothing_starts_below_the_minimum_and_a_batch_at_it(flow, wait):
    wait(9)
    assert announce(flow) == {"batchItemFailures": []}
    assert started(flow.lake) == {}
    wait(1, 9)
    announce(flow)
    ((name, document),) = started(flow.lake).items()
    record = batches(flow.lake)[name]
    assert document == {
        "batch": name,
        "team": "engineering",
        "dataset": "meteorites",
        "pipeline": "main",
        "transform": "csv_to_parquet",
        "columns": flow.lake.declared["datasets"][0]["columns"],
        "date": record["date"],
        "items": 10,
        "correlationId": name,
        "tries": 0,
    }
    assert (record["status"], len(record["items"])) == ("RUNNING", 10)
    assert claimed(flow.lake) == dict.fromkeys(record["items"], name)


def test_many_that_wait_become_batches_of_at_most_the_maximum_and_the_rest_waits_on(flow, wait, limits):
    limits(3, 5)
    wait(17)
    announce(flow)
    assert sorted(document["items"] for document in started(flow.lake).values()) == [5, 5, 5]
    assert len(claimed(flow.lake)) == 15
    flush(flow)
    assert sorted(document["items"] for document in started(flow.lake).values()) == [2, 5, 5, 5]


def test_calls_at_the_same_time_give_every_object_to_one_batch(flow, app, wait, limits, at_once):
    limits(2, 7)
    wait(30)
    at_once(lambda number: router(app, flow.lake).message(ANNOUNCED), range(4))
    flush(flow)
    found = batches(flow.lake)
    items = [item for record in found.values() for item in record["items"]]
    assert len(items) == len(set(items)) == 30
    assert claimed(flow.lake) == {item: name for name, record in found.items() for item in record["items"]}
    assert started(flow.lake).keys() == found.keys()


def router(app, lake):
    """One call's own: `flow` sets the environment of the process, which calls at the same time would share."""
    catalogue, records = Catalogue(lake.table("objects")), Batches(lake.table("executions"))
    starter = app.Starter(catalogue, records, StateMachine("machine-b", lake.machines), 90)
    return app.Router(lake.table("datasets"), lake.table("pipelines"), catalogue, records, starter, lambda: True)


def test_messages_for_one_dataset_in_one_batch_need_one_look(flow, wait):
    wait(10)
    announce(flow, *[ANNOUNCED] * 10)
    assert [document["items"] for document in started(flow.lake).values()] == [10]


def test_a_pipeline_that_does_not_run_lets_objects_wait_on(flow, wait):
    wait(10)
    flow.lake.table("pipelines").put({"name": "engineering-main-post-stage", "status": "PAUSED"})
    assert announce(flow) == {"batchItemFailures": []}
    assert flush(flow) == {"batches": [], "settled": []}
    assert started(flow.lake) == claimed(flow.lake) == {}


@pytest.mark.parametrize(
    "body", ["{", [], {"team": "engineering"}, {"team": "x", "dataset": "y"}, {"batch": "gone", "tries": 1}]
)
def test_a_message_that_means_nothing_goes_back_and_the_others_are_handled(flow, wait, body):
    wait(10)
    assert announce(flow, body, ANNOUNCED) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert len(started(flow.lake)) == 1


def test_a_flush_goes_on_after_a_dataset_that_is_not_right_and_says_so(flow, wait):
    wait(1)
    flow.lake.table("datasets").put({"name": "a-broken", "team": "a"})
    with pytest.raises(ValueError, match="a-broken"):
        flush(flow)
    assert len(started(flow.lake)) == 1


def test_without_enough_time_left_no_batch_is_begun(flow, wait):
    wait(10)
    flow.invoke("stage-b-routing", queue_event(ANNOUNCED), seconds=5)
    assert started(flow.lake) == claimed(flow.lake) == {}


class TestACrash:
    """At every point between the announcement of a batch and its execution, the next flush brings every object through."""

    def settle_all(self, flow):
        """What the schedule does once the crash is old enough."""
        for batch in batches(flow.lake):
            age(flow.lake, batch, LEFT_AFTER + 1)
        answer = flush(flow)
        found = batches(flow.lake)
        assert {record["status"] for record in found.values()} == {"RUNNING"}
        items = [item for record in found.values() for item in record["items"]]
        assert len(items) == len(set(items)) == len(claimed(flow.lake)) == 10
        assert started(flow.lake).keys() == found.keys()
        assert {name: document["items"] for name, document in started(flow.lake).items()} == {
            name: len(record["items"]) for name, record in found.items()
        }
        return answer

    @pytest.fixture
    def left(self, lake, wait):
        """A batch that was announced for ten objects, of which so many are claimed."""

        def run(claims, settled=False):
            wait(10)
            dataset = datasets.find(lake.table("datasets"), "engineering", "meteorites")
            catalogue, records = Catalogue(lake.table("objects")), Batches(lake.table("executions"))
            ids = [entry["id"] for entry in catalogue.waiting(NAME, 10)]
            records.plan("b1", dataset, ids, 90)
            for identity in ids[:claims]:
                catalogue.claim(identity, NAME, "b1")
            if settled:
                records.settle("b1", ids[:claims])

        return run

    @pytest.mark.parametrize("claims", [0, 1, 4, 10])
    def test_while_entries_are_claimed(self, flow, left, claims):
        left(claims)
        assert self.settle_all(flow)["settled"] == ["b1"]

    def test_before_the_execution_was_started(self, flow, left):
        left(10, settled=True)
        assert self.settle_all(flow)["settled"] == ["b1"]

    def test_before_others_could_be_claimed_that_nobody_wants_now(self, flow, left):
        left(4, settled=True)
        answer = self.settle_all(flow)
        assert (answer["settled"], len(answer["batches"])) == (["b1"], 1)

    def test_after_the_execution_was_started_but_not_noted(self, flow, left):
        left(10, settled=True)
        flow.lake.machines.start_execution("machine-b", "b1", '{"items": 10}')
        self.settle_all(flow)

    def test_that_is_not_old_enough_is_left_to_the_call_that_may_still_run(self, flow, left):
        left(4)
        assert flush(flow)["settled"] == []
        assert batches(flow.lake)["b1"]["status"] == "CLAIMING"
        assert len(claimed(flow.lake)) == 10

    def test_of_a_batch_whose_objects_others_have_by_now_leaves_no_batch(self, flow, left):
        left(0)
        flush(flow)
        age(flow.lake, "b1", LEFT_AFTER + 1)
        assert flush(flow)["settled"] == []
        assert "b1" not in batches(flow.lake)

    def test_by_a_state_machine_that_does_not_answer(self, flow, wait):
        wait(10)
        flow.lake.machines.refuse = ServiceError("ServiceUnavailable")
        assert announce(flow) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
        flow.lake.machines.refuse = None
        assert announce(flow) == {"batchItemFailures": []}
        assert len(self.settle_all(flow)["settled"]) == 1


class TestABatchThatIsPutBack:
    @pytest.fixture
    def failed(self, flow, wait):
        wait(10)
        announce(flow)
        (batch,) = batches(flow.lake)
        Batches(flow.lake.table("executions")).fail(batch, 0, "2026-01-31T12:00:00Z", "why")
        return batch

    def again(self, batch, tries=1):
        return {"batch": batch, "team": "engineering", "dataset": "meteorites", "correlationId": batch, "tries": tries}

    def test_runs_again_with_the_same_objects_under_a_name_of_its_own(self, flow, failed):
        assert announce(flow, self.again(failed)) == {"batchItemFailures": []}
        first, second = started(flow.lake)[failed], started(flow.lake)[f"{failed}-1"]
        assert second == {**first, "tries": 1}
        assert batches(flow.lake)[failed]["status"] == "RUNNING"

    def test_takes_the_transform_that_its_dataset_names_now(self, flow, failed):
        declared = flow.lake.declared["datasets"][0]
        flow.lake.table("datasets").put(
            {**declared, "transforms": {**declared["transforms"], "stage_b_transform": "mended"}}
        )
        announce(flow, self.again(failed))
        assert started(flow.lake)[f"{failed}-1"]["transform"] == "mended"

    def test_runs_once_however_often_the_message_comes(self, flow, failed):
        announce(flow, *[self.again(failed)] * 3)
        announce(flow, self.again(failed))
        assert len(started(flow.lake)) == 2

    def test_waits_in_its_queue_while_the_pipeline_does_not_run(self, flow, failed):
        flow.lake.table("pipelines").put({"name": "engineering-main-post-stage", "status": "PAUSED"})
        assert announce(flow, self.again(failed)) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
        assert batches(flow.lake)[failed]["status"] == "FAILED"

    def test_does_not_run_again_after_it_succeeded(self, flow, failed):
        announce(flow, self.again(failed))
        Batches(flow.lake.table("executions")).succeed(failed, 1, "2026-01-31T12:00:00Z")
        assert announce(flow, self.again(failed, 2)) == {"batchItemFailures": []}
        assert len(started(flow.lake)) == 2
