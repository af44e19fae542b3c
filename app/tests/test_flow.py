from __future__ import annotations

import io
import json
import subprocess
import sys

import pyarrow.parquet
import pytest
from testing.flow import grants, manifests
from testing.lake import APP


def entries(flow):
    return {entry["id"]: entry for entry in flow.lake.table("objects").scan()}


def history(flow, stage):
    return [record for record in flow.lake.table("executions").scan() if record["stage"] == stage]


def rows(flow):
    files = {key: body for (bucket, key), body in flow.lake.s3.stored.items() if bucket == "stage" and key.startswith("post-stage/")}
    return [row for _, body in sorted(files.items()) for row in pyarrow.parquet.read_table(io.BytesIO(body), use_threads=False).to_pylist()]


def land_samples(landed, samples, times=1):
    return [landed(name, body, times=times) for name, body in samples.items()]


def test_every_sample_becomes_one_row_one_entry_and_one_finished_execution(flow, pump, landed, samples, tmp_path):
    land_samples(landed, samples)
    pump()
    assert {entry["status"] for entry in entries(flow).values()} == {"PROCESSED"}
    assert len(entries(flow)) == len(samples)
    assert [record["status"] for record in history(flow, "A")] == ["SUCCEEDED"] * len(samples)
    assert [record["status"] for record in history(flow, "B")] == ["SUCCEEDED"]
    assert history(flow, "B")[0]["rows"] == len(samples)
    (partition,) = flow.lake.glue.partitions
    assert partition == ("engineering_meteorites", history(flow, "B")[0]["date"])
    for (bucket, key), body in flow.lake.s3.stored.items():
        if bucket == "stage" and key.startswith("post-stage/"):
            (tmp_path / key.replace("/", "_")).write_bytes(body)
    verified = subprocess.run(
        [sys.executable, str(APP / "samples" / "verify.py"), str(APP / "samples"), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_every_event_three_times_gives_each_row_once(flow, pump, landed, samples):
    land_samples(landed, samples, times=3)
    pump()
    assert sorted(row["id"] for row in rows(flow)) == sorted(json.loads(body)["id"] for body in samples.values())
    assert len(history(flow, "A")) == len(samples)


def test_the_same_object_put_again_gives_no_second_row(flow, pump, landed, samples):
    land_samples(landed, samples)
    pump()
    for name, body in samples.items():
        landed(name, body, sequencer="02")
    pump()
    flow.invoke("stage-b-routing", {"flush": True})
    pump()
    assert len(rows(flow)) == len(samples)
    assert len(history(flow, "A")) == len(samples)


def test_an_execution_that_is_repeated_under_another_name_changes_nothing(flow, pump, landed, samples):
    messages = land_samples(landed, samples)
    pump()
    before = entries(flow), history(flow, "A"), rows(flow)
    for message in messages:
        assert flow.stage_a(message)["duplicate"] is True
    (batch,) = [each["document"] for each in flow.lake.machines.started.values() if each["machine"] == "machine-b"]
    flow.stage_b(batch)
    pump()
    assert (entries(flow), history(flow, "A"), rows(flow))[1:] == before[1:]
    assert {entry["status"] for entry in entries(flow).values()} == {"PROCESSED"}


def test_fewer_objects_than_the_minimum_wait_for_the_schedule(flow, pump, landed, samples):
    landed("one.json", samples["alder-moor.json"])
    pump()
    assert [entry["status"] for entry in entries(flow).values()] == ["WAITING"]
    answer = flow.invoke("stage-b-routing", {"flush": True})
    pump()
    assert len(answer["batches"]) == 1
    assert [row["id"] for row in rows(flow)] == ["900001"]


def test_a_malformed_object_ends_on_the_dead_letters_of_stage_a_and_disturbs_nothing_else(flow, pump, landed, samples):
    bad = landed("bad.json", b'{"id": "1", "name": "x", "mass": "heavy"}')
    land_samples(landed, samples)
    pump()
    (letter,) = flow.lake.messages("stage_a_dead_letters")
    assert letter["attributes"] == {
        "reason": letter["attributes"]["reason"],
        "source": "stage-a-error",
        "correlationId": bad["correlationId"],
        "tries": "0",
    }
    assert letter["attributes"]["reason"].startswith('InvalidInput: mass "heavy"')
    assert {name: value for name, value in json.loads(letter["body"]).items() if name != "landedAt"} == bad
    assert entries(flow)[f"raw/{bad['key']}"]["status"] == "FAILED"
    assert len(rows(flow)) == len(samples)


def test_a_corrected_object_goes_through_although_the_bad_one_failed(flow, pump, landed, samples):
    landed("one.json", b"{")
    pump()
    landed("one.json", samples["alder-moor.json"], sequencer="02")
    pump()
    flow.invoke("stage-b-routing", {"flush": True})
    pump()
    assert flow.invoke("stage-a-redrive", {})["redriven"] == 1
    pump()
    assert [row["id"] for row in rows(flow)] == ["900001"]
    assert [entry["status"] for entry in entries(flow).values()] == ["PROCESSED"]


def test_an_unknown_dataset_ends_on_the_dead_letters_of_routing_and_goes_through_once_it_is_declared(flow, pump, landed, samples):
    declared = flow.lake.declared["datasets"][0]
    flow.lake.table("datasets").delete({"name": declared["name"]})
    land_samples(landed, samples)
    pump()
    assert entries(flow) == {}
    flow.lake.table("datasets").put(declared)
    answer = flow.invoke("redrive", {})
    assert (answer["redriven"], answer["left"]) == (len(samples), 0)
    assert {message["reason"] for message in answer["messages"]} == {
        "unknown dataset engineering-meteorites: declare it in app/datasets.json"
    }
    pump()
    assert len(rows(flow)) == len(samples)


def test_a_transform_of_stage_a_that_raises_is_mended_and_put_back(flow, pump, landed, samples):
    flow.fail["stage-a-process-object"] = ZeroDivisionError("division by zero")
    land_samples(landed, samples)
    pump()
    assert {entry["status"] for entry in entries(flow).values()} == {"FAILED"}
    assert {record["reason"] for record in history(flow, "A")} == {"ZeroDivisionError: division by zero"}
    flow.fail.clear()
    assert flow.invoke("stage-a-redrive", {})["redriven"] == len(samples)
    pump()
    assert len(rows(flow)) == len(samples)
    assert sorted(record["status"] for record in history(flow, "A")) == ["FAILED"] * len(samples) + ["SUCCEEDED"] * len(samples)


def test_a_transform_of_stage_b_that_raises_is_mended_and_put_back_as_the_same_batch(flow, pump, landed, samples):
    record = flow.lake.declared["datasets"][0]
    flow.lake.table("datasets").put({**record, "transforms": {**record["transforms"], "stage_b_transform": "gone"}})
    land_samples(landed, samples)
    pump()
    (batch,) = history(flow, "B")
    assert batch["status"] == "FAILED"
    assert batch["reason"].startswith('InvalidInput: transform "gone"')
    flow.lake.table("datasets").put(record)
    assert flow.invoke("stage-b-redrive", {})["redriven"] == 1
    pump()
    (again,) = history(flow, "B")
    assert (again["id"], again["status"], again["tries"]) == (batch["id"], "SUCCEEDED", 1)
    assert "reason" not in again
    assert len(rows(flow)) == len(samples)


def never_started(flow, patch):
    """No container takes a job, and the executions began long ago."""
    patch.setitem(flow.fail, "stage-b-process-data", RuntimeError("killed"))
    patch.setattr(flow, "_execution", lambda name: {"id": "x", "name": name, "startedAt": "2020-01-01T00:00:00Z"})


def test_a_job_that_no_container_takes_is_a_dead_letter_that_can_be_put_back(flow, pump, landed, samples, monkeypatch):
    with monkeypatch.context() as patch:
        never_started(flow, patch)
        land_samples(landed, samples)
        pump()
    assert history(flow, "B")[0]["reason"] == "did not start: no container took the job within 30 seconds"
    assert flow.invoke("stage-b-redrive", {})["redriven"] == 1
    pump()
    assert len(rows(flow)) == len(samples)


def test_a_message_that_failed_as_often_as_allowed_stays_until_it_is_forced(flow, pump, landed, samples):
    flow.fail["stage-a-process-object"] = RuntimeError("still broken")
    landed("one.json", samples["alder-moor.json"])
    pump()
    for tries in range(3):
        assert flow.invoke("stage-a-redrive", {})["messages"][0]["tries"] == tries
        pump()
    assert flow.invoke("stage-a-redrive", {})["redriven"] == 0
    flow.fail.clear()
    assert flow.invoke("stage-a-redrive", {"force": True})["redriven"] == 1
    pump()
    assert [entry["status"] for entry in entries(flow).values()] == ["WAITING"]


def test_content_that_changes_is_read_once_for_each_state_that_was_seen(flow, landed, pump, samples):
    landed("one.json", samples["alder-moor.json"], sequencer="01")
    landed("one.json", samples["no-mass.json"], sequencer="02")
    pump()
    flow.invoke("stage-b-routing", {"flush": True})
    pump()
    assert [row["id"] for row in rows(flow)] == ["900006"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_messages_out_of_order_end_with_the_newest_content(flow, samples, pump, order):
    old = flow.lake.land("one.json", samples["alder-moor.json"], "01")
    new = flow.lake.land("one.json", samples["no-mass.json"], "02")
    for index in order:
        flow.stage_a((old, new)[index])
    flow.invoke("stage-b-routing", {"flush": True})
    pump()
    (entry,) = entries(flow).values()
    assert (entry["etag"], entry["status"]) == (new["etag"], "PROCESSED")
    assert [row["id"] for row in rows(flow)] == ["900006"]


def test_the_flow_and_its_failures_need_every_grant_of_every_function(flow, pump, landed, samples, monkeypatch):
    landed("bad.json", b"{")
    land_samples(landed, samples)
    flow.lake.sqs.send_message(QueueUrl=flow.lake.queues["routing"], MessageBody="not JSON")
    with monkeypatch.context() as patch:
        never_started(flow, patch)
        pump()
    for function in ("redrive", "stage-a-redrive", "stage-b-redrive"):
        assert flow.invoke(function, {})["redriven"] == 1
    pump()
    flow.invoke("stage-b-routing", {"flush": True})
    granted = {name: {(resource, access) for resource, each in grants(section).items() for access in each} for name, (_, section) in manifests().items()}
    assert flow.used == granted
