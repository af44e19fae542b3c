from __future__ import annotations

import io

import pyarrow.parquet
import pytest
from datalake import datasets, keys, transforms
from datalake.batches import Batches
from datalake.catalogue import Catalogue

BATCH = "20260131T120000-0123456789abcdef"


@pytest.fixture
def document(lake, samples):
    """A batch of the samples that runs, as state machine B hands it over."""
    catalogue, records = Catalogue(lake.table("objects")), Batches(lake.table("executions"))
    meteorite = transforms.find("meteorite_record")
    ids = []
    for name, body in samples.items():
        message = lake.land(name, body, correlation_id=f"c-{name}")
        catalogue.receive(message, f"x-{name}")
        lake.s3.stored["stage", keys.csv_key(message["key"])] = meteorite.line(body)
        catalogue.wait(message, f"x-{name}", keys.csv_key(message["key"]))
        ids.append(f"raw/{message['key']}")
        catalogue.claim(ids[-1], "engineering-meteorites", BATCH)
    dataset = datasets.find(lake.table("datasets"), "engineering", "meteorites")
    records.plan(BATCH, dataset, ids, 90)
    records.settle(BATCH, ids)
    records.started(BATCH, 0)
    return {
        "batch": BATCH,
        "team": "engineering",
        "dataset": "meteorites",
        "pipeline": "main",
        "transform": "csv_to_parquet",
        "columns": lake.declared["datasets"][0]["columns"],
        "date": "2026-01-31",
        "items": len(ids),
        "correlationId": BATCH,
        "tries": 0,
    }


KEY = f"post-stage/engineering/meteorites/date=2026-01-31/{BATCH}.parquet"


def run(flow, document, request="r1"):
    return flow.invoke("stage-b-process-data", document, request=request, seconds=100)


def job(lake):
    return lake.table("executions").get(id=BATCH)["job"]


def file(lake):
    return pyarrow.parquet.read_table(io.BytesIO(lake.s3.stored["stage", KEY]), use_threads=False)


def test_a_batch_becomes_one_file_with_typed_columns_and_exact_values(flow, lake, document, samples):
    answer = run(flow, document)
    size = len(lake.s3.stored["stage", KEY])
    assert answer == {
        "id": f"{BATCH}-0",
        "ran": True,
        "status": "SUCCEEDED",
        "key": KEY,
        "rows": len(samples),
        "bytes": size,
    }
    assert {name: job(lake)[name] for name in ("status", "key", "rows", "bytes")} == {
        "status": "SUCCEEDED",
        "key": KEY,
        "rows": len(samples),
        "bytes": size,
    }
    assert {field.name: str(field.type) for field in file(lake).schema} == {
        "id": "string",
        "name": "string",
        "nametype": "string",
        "recclass": "string",
        "mass_g": "double",
        "fall": "string",
        "year": "int32",
        "latitude": "double",
        "longitude": "double",
        "geolocation": "string",
    }
    rows = {row["id"]: row for row in file(lake).to_pylist()}
    assert rows["900005"] == {
        "id": "900005",
        "name": 'Cedar Hollow (b), "North", Río Ñandú',
        "nametype": "Valid",
        "recclass": "LL5/6",
        "mass_g": 12.004,
        "fall": "Found",
        "year": 2003,
        "latitude": -41.25,
        "longitude": -68.91667,
        "geolocation": "(-41.25, -68.91667)",
    }
    assert rows["900006"]["mass_g"] is None
    assert rows["900007"]["year"] is None
    assert [rows["900008"][name] for name in ("latitude", "longitude", "geolocation")] == [None] * 3


def test_the_same_batch_gives_the_same_bytes_in_a_later_try(flow, lake, document):
    run(flow, document)
    first = lake.s3.stored["stage", KEY]
    records = Batches(lake.table("executions"))
    records.fail(BATCH, 0, "2026-01-31T12:00:00Z", "the step after it failed")
    records.restart(BATCH, 1)
    assert run(flow, {**document, "tries": 1})["status"] == "SUCCEEDED"
    assert lake.s3.stored["stage", KEY] == first


@pytest.mark.parametrize("request_", ["r1", "r2"])
def test_an_event_that_comes_again_after_the_end_does_nothing(flow, lake, document, request_):
    run(flow, document)
    calls = len(lake.s3.calls)
    assert run(flow, document, request_) == {"id": f"{BATCH}-0", "ran": False}
    assert len(lake.s3.calls) == calls


def test_an_event_that_comes_twice_while_it_runs_runs_once(flow, lake, document, monkeypatch):
    seen = []
    real = lake.s3.put_object

    def put(**arguments):
        seen.append(run(flow, document, "r2"))
        return real(**arguments)

    monkeypatch.setattr(lake.s3, "put_object", put)
    assert run(flow, document, "r1")["ran"] is True
    assert seen == [{"id": f"{BATCH}-0", "ran": False}]


def test_a_request_that_lambda_repeats_after_its_container_died_brings_the_batch_through(flow, lake, document, monkeypatch):
    class Killed(BaseException):
        """Nothing in the function sees it, as with a container that is gone."""

    def die(**_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(lake.s3, "put_object", die)
        with pytest.raises(Killed):
            run(flow, document)
    assert job(lake)["status"] == "RUNNING"
    assert run(flow, document)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"transform": "gone"}, 'InvalidInput: transform "gone"'),
        ({"transform": "meteorite_record"}, "one of stage B"),
        (
            {"columns": [{"name": "id", "type": "string"}]},
            "InvalidInput: pre-stage/engineering/meteorites/alder-moor.csv row 1 10",
        ),
        ({"columns": [{"name": "id", "type": "map"}]}, "InvalidInput: columns"),
    ],
)
def test_a_failure_is_recorded_with_its_reason_and_not_raised(flow, lake, document, change, reason):
    assert run(flow, {**document, **change})["status"] == "FAILED"
    assert reason in job(lake)["reason"]
    assert ("stage", KEY) not in lake.s3.stored
    assert run(flow, document, "r2")["ran"] is False


def test_a_csv_object_that_is_gone_fails_the_job_by_its_name(flow, lake, document):
    del lake.s3.stored["stage", "pre-stage/engineering/meteorites/no-year.csv"]
    assert run(flow, document)["reason"] == "ObjectMissing: s3://stage/pre-stage/engineering/meteorites/no-year.csv"


def test_an_object_that_was_replaced_after_it_was_claimed_is_left_to_its_new_batch(flow, lake, document, samples):
    newer = lake.land("no-year.json", samples["no-mass.json"], "02")
    Catalogue(lake.table("objects")).receive(newer, "x-new")
    assert run(flow, document)["rows"] == len(samples) - 1
    assert "900007" not in file(lake).column("id").to_pylist()


def test_an_object_that_is_replaced_while_it_is_read_is_left_to_its_new_batch(flow, lake, document, samples, monkeypatch):
    newer = lake.land("no-year.json", samples["no-mass.json"], "02")
    real = lake.s3.get_object

    def get(**arguments):
        if arguments["Key"].endswith("no-year.csv"):
            Catalogue(lake.table("objects")).receive(newer, "x-new")
            lake.s3.stored["stage", arguments["Key"]] = transforms.find("meteorite_record").line(samples["no-mass.json"])
        return real(**arguments)

    monkeypatch.setattr(lake.s3, "get_object", get)
    assert run(flow, document)["rows"] == len(samples) - 1
    assert file(lake).column("id").to_pylist().count("900006") == 1


def test_a_job_that_was_given_up_meanwhile_does_not_say_that_it_succeeded(flow, lake, document, monkeypatch):
    records = Batches(lake.table("executions"))
    real = lake.s3.put_object

    def put(**arguments):
        records.fail(BATCH, 0, "2026-01-31T12:00:00Z", "timed out")
        records.restart(BATCH, 1)
        run(flow, {**document, "tries": 1}, "r2") if not records.get(BATCH)["job"]["id"].endswith("-1") else None
        return real(**arguments)

    monkeypatch.setattr(lake.s3, "put_object", put)
    run(flow, document)
    assert job(lake)["id"] == f"{BATCH}-1"


def test_every_line_about_an_object_carries_its_own_correlation_id_and_the_batch(flow, lake, document, samples, log_lines):
    run(flow, document)
    written = [line for line in log_lines() if line["message"] == "written"]
    assert {line["correlationId"] for line in written} == {f"c-{name}" for name in samples}
    assert {line["batch"] for line in written} == {BATCH}
