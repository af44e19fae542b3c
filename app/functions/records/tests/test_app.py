from __future__ import annotations

import pytest
from datalake import transforms
from datalake.errors import InvalidInput


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("STAGE_BUCKET", "stage")
    monkeypatch.setenv("TRANSFORM", "meteorite_record")


@pytest.fixture
def staged(s3, samples):
    """The samples as CSV objects, and files of other kinds beside them."""
    meteorite = transforms.find("meteorite_record")
    for name, body in samples.items():
        s3.stored["stage", f"csv/meteorites/{name[:-5]}.csv"] = meteorite.line(body)
    s3.stored["stage", "csv/meteorites/readme.txt"] = b"not a table"
    s3.stored["stage", "parquet/meteorites.parquet"] = b"PAR1"
    return s3


def test_the_summary_counts_objects_and_rows(app, staged, context, samples):
    staged.stored["stage", "csv/more/two.csv"] = b"1,a,,,,,,,,\n2,b,,,,,,,,\n"
    expected = {"prefix": "csv/", "objects": len(samples) + 1, "rows": len(samples) + 2}
    assert app.summary({}, context) == expected
    assert app.summary({"prefix": "csv/more/"}, context) == {"prefix": "csv/more/", "objects": 1, "rows": 2}


def test_a_record_is_found_by_its_id_with_typed_values(app, staged, context):
    assert app.lookup({"id": "900004"}, context) == {
        "id": "900004",
        "found": True,
        "key": "csv/meteorites/old-bell.csv",
        "record": {
            "id": "900004",
            "name": 'Saint-Aubin "Old Bell"',
            "nametype": "Valid",
            "recclass": "Eucrite-mmict",
            "mass_g": 88.25,
            "fall": "Found",
            "year": 1852,
            "latitude": 48.47,
            "longitude": 3.59,
            "geolocation": "(48.47, 3.59)",
        },
    }


def test_an_id_that_is_not_there_is_an_answer_and_not_an_error(app, staged, context):
    assert app.lookup({"id": "0"}, context) == {"id": "0", "found": False}


@pytest.mark.parametrize(
    "event", [None, [], {}, {"id": ""}, {"id": 900004}, {"id": "1", "prefix": "raw/"}, {"id": "1", "prefix": 1}]
)
def test_an_unusable_question_is_refused_before_anything_is_read(app, staged, context, event):
    with pytest.raises(InvalidInput):
        app.lookup(event, context)
    assert staged.calls == []


def test_the_smoke_tests_of_both_answer_as_the_manifest_expects(app, staged, context):
    assert app.summary({"prefix": "csv/smoke/"}, context) == {"prefix": "csv/smoke/", "objects": 0, "rows": 0}
    assert app.lookup({"id": "0", "prefix": "csv/smoke/"}, context) == {"id": "0", "found": False}
