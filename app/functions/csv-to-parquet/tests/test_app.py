from __future__ import annotations

import io
import json

import pyarrow.parquet
import pytest
from datalake import transforms
from datalake.errors import InvalidInput
from datalake.objects import ObjectMissing

REQUEST = {"prefix": "csv/meteorites/", "target": "parquet/meteorites.parquet"}


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("STAGE_BUCKET", "stage")
    monkeypatch.setenv("TRANSFORM", "meteorite_record")


@pytest.fixture
def staged(s3, samples):
    """The samples as CSV objects."""
    meteorite = transforms.find("meteorite_record")
    for name, body in samples.items():
        s3.stored["stage", f"csv/meteorites/{name[:-5]}.csv"] = meteorite.line(body)
    return s3


def table(s3, key="parquet/meteorites.parquet"):
    return pyarrow.parquet.read_table(io.BytesIO(s3.stored["stage", key]), use_threads=False)


def message(identity, body):
    return {"messageId": identity, "body": json.dumps(body), "eventSource": "aws:sqs"}


def test_all_objects_of_a_prefix_become_one_file_with_typed_columns(app, staged, context, samples):
    answer = app.handler(REQUEST, context)
    size = len(staged.stored["stage", REQUEST["target"]])
    assert answer == {"key": REQUEST["target"], "objects": len(samples), "rows": len(samples), "bytes": size}
    assert {field.name: str(field.type) for field in table(staged).schema} == {
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


def test_values_are_exact_and_missing_ones_are_null(app, staged, context):
    app.handler(REQUEST, context)
    rows = {row["id"]: row for row in table(staged).to_pylist()}
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


def test_rows_are_in_the_order_of_their_keys_and_the_bytes_are_always_the_same(app, staged, context, samples):
    app.handler(REQUEST, context)
    first = staged.stored["stage", REQUEST["target"]]
    keys = [f"csv/meteorites/{name[:-5]}.csv" for name in samples]
    app.handler({"keys": [*reversed(keys), keys[0]], "target": "parquet/again.parquet"}, context)
    assert staged.stored["stage", "parquet/again.parquet"] == first
    order = [json.loads(samples[name])["id"] for name in sorted(samples, key=lambda name: name[:-5] + ".csv")]
    assert table(staged).column("id").to_pylist() == order


def test_a_batch_gives_back_only_the_messages_that_failed(app, staged, context):
    event = {
        "Records": [
            message("m1", REQUEST),
            message("m2", {"prefix": "csv/none/", "target": "parquet/none.parquet"}),
            message("m3", {"prefix": "raw/", "target": "parquet/x.parquet"}),
            message("m4", {"keys": ["csv/meteorites/no-mass.csv"], "target": "parquet/one.parquet"}),
        ]
    }
    assert app.handler(event, context) == {"batchItemFailures": [{"itemIdentifier": "m2"}, {"itemIdentifier": "m3"}]}
    written = sorted(key for kind, key in staged.calls if kind == "put")
    assert written == ["parquet/meteorites.parquet", "parquet/one.parquet"]


@pytest.mark.parametrize(
    "request_",
    [
        None,
        [],
        {},
        {"target": "parquet/a.parquet"},
        {"prefix": "csv/"},
        {"prefix": "", "target": "parquet/a.parquet"},
        {"prefix": "parquet/", "target": "parquet/a.parquet"},
        {"prefix": 3, "target": "parquet/a.parquet"},
        {"prefix": "csv/", "target": "csv/a.parquet"},
        {"prefix": "csv/", "target": "parquet/a.csv"},
        {"prefix": "csv/", "keys": ["csv/a.csv"], "target": "parquet/a.parquet"},
        {"keys": [], "target": "parquet/a.parquet"},
        {"keys": "csv/a.csv", "target": "parquet/a.parquet"},
        {"keys": ["csv/a.csv", 1], "target": "parquet/a.parquet"},
    ],
)
def test_an_unusable_request_is_refused_before_anything_is_read(app, s3, context, request_):
    with pytest.raises(InvalidInput, match="Send "):
        app.handler(request_, context)
    assert s3.calls == []


def test_a_prefix_without_objects_is_an_error_and_writes_nothing(app, staged, context):
    with pytest.raises(LookupError, match=r"s3://stage/csv/none/\*\.csv has no objects"):
        app.handler({**REQUEST, "prefix": "csv/none/"}, context)
    assert ("stage", REQUEST["target"]) not in staged.stored


def test_a_missing_or_bad_object_leaves_the_old_file_in_place(app, staged, context):
    app.handler(REQUEST, context)
    before = staged.stored["stage", REQUEST["target"]]
    with pytest.raises(ObjectMissing):
        app.handler({"keys": ["csv/gone.csv"], "target": REQUEST["target"]}, context)
    staged.stored["stage", "csv/meteorites/bad.csv"] = b"1,2\n"
    with pytest.raises(InvalidInput, match=r"csv/meteorites/bad\.csv row 1"):
        app.handler(REQUEST, context)
    assert staged.stored["stage", REQUEST["target"]] == before


def test_the_smoke_test_has_no_effect(app, s3, context):
    assert app.handler({"Records": []}, context) == {"batchItemFailures": []}
    assert s3.calls == []
