from __future__ import annotations

import pytest
from datalake.errors import InvalidInput
from datalake.objects import ObjectMissing


@pytest.fixture
def document(lake):
    return lambda path, body: {**lake.land(path, body), "transform": "meteorite_record", "duplicate": False}


def staged(lake):
    return {key: body for (bucket, key), body in lake.s3.stored.items() if bucket == "stage"}


def test_every_sample_becomes_one_csv_object_at_its_place(flow, document, samples):
    for name, body in samples.items():
        given = document(f"2026/{name}", body)
        answer = flow.invoke("stage-a-process-object", given)
        assert answer == {**given, "csv": f"pre-stage/engineering/meteorites/2026/{name[:-5]}.csv"}
    assert len(staged(flow.lake)) == len(samples)
    assert all(body.count(b"\n") == 1 for body in staged(flow.lake).values())
    assert flow.lake.s3.content_types["pre-stage/engineering/meteorites/2026/ice field +2.csv"] == "text/csv; charset=utf-8"


def test_the_same_object_twice_gives_the_same_bytes(flow, document, samples):
    given = document("a.json", samples["cedar-hollow.json"])
    flow.invoke("stage-a-process-object", given)
    first = staged(flow.lake)
    flow.invoke("stage-a-process-object", given)
    assert staged(flow.lake) == first


def test_an_object_that_was_replaced_is_not_read_under_the_old_message(flow, document, samples):
    old = document("a.json", samples["alder-moor.json"])
    document("a.json", samples["no-mass.json"])
    assert flow.invoke("stage-a-process-object", old) == {**old, "superseded": True}
    assert staged(flow.lake) == {}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "JSON is needed"),
        (b"[]", "one JSON object"),
        (b'{"id": "1", "name": "x", "mass": "heavy"}', 'mass "heavy"'),
        (b'{"id": "1", "name": "' + b"x" * 1_000_000 + b'"}', "at most 1000000 bytes"),
    ],
)
def test_an_object_that_is_no_record_fails_with_the_reason_and_writes_nothing(flow, document, body, reason):
    with pytest.raises(InvalidInput, match=reason):
        flow.invoke("stage-a-process-object", document("a.json", body))
    assert staged(flow.lake) == {}


def test_an_object_that_is_gone_fails_by_its_name(flow, document):
    given = document("a.json", b"{}")
    del flow.lake.s3.stored["raw", given["key"]]
    with pytest.raises(ObjectMissing, match="s3://raw/raw/engineering/meteorites/a.json"):
        flow.invoke("stage-a-process-object", given)


def test_an_unknown_transform_is_refused_with_those_there_are(flow, document):
    with pytest.raises(InvalidInput, match="meteorite_record"):
        flow.invoke("stage-a-process-object", {**document("a.json", b"{}"), "transform": "unknown"})
