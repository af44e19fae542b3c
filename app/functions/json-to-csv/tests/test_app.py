from __future__ import annotations

from urllib.parse import quote_plus

import pytest
from datalake.errors import InvalidInput


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("STAGE_BUCKET", "stage")
    monkeypatch.setenv("TRANSFORM", "meteorite_record")


def event(*keys):
    records = [{"s3": {"bucket": {"name": "raw"}, "object": {"key": quote_plus(key, safe="/")}}} for key in keys]
    return {"Records": records}


def staged(s3):
    return {key: body for (bucket, key), body in s3.stored.items() if bucket == "stage"}


def test_every_sample_becomes_one_csv_object_of_the_same_name(app, s3, context, samples):
    for name, body in samples.items():
        s3.stored["raw", f"meteorites/{name}"] = body
        answer = app.handler(event(f"meteorites/{name}"), context)
        assert answer == {"written": [f"csv/meteorites/{name[:-5]}.csv"], "skipped": []}
    assert len(staged(s3)) == len(samples)
    assert all(body.count(b"\n") == 1 for body in staged(s3).values())
    assert s3.content_types["csv/meteorites/ice field +2.csv"] == "text/csv; charset=utf-8"


def test_the_same_object_twice_gives_the_same_one_csv_object(app, s3, context, samples):
    s3.stored["raw", "meteorites/a.json"] = samples["alder-moor.json"]
    app.handler(event("meteorites/a.json"), context)
    first = staged(s3)
    app.handler(event("meteorites/a.json"), context)
    assert staged(s3) == first
    assert len(first) == 1


def test_objects_of_the_same_name_in_different_folders_do_not_meet(app):
    assert app.target_key("meteorites/2024/a.json") != app.target_key("meteorites/2025/a.json")


def test_an_object_that_is_gone_is_skipped_and_said(app, s3, context, log_lines):
    assert app.handler(event("meteorites/gone.json"), context) == {"written": [], "skipped": ["meteorites/gone.json"]}
    assert ("WARNING", "object is gone") in [(line["level"], line["message"]) for line in log_lines()]


def test_a_bad_record_fails_the_invocation_after_the_others_are_done(app, s3, context, samples):
    s3.stored["raw", "meteorites/bad.json"] = b'{"id": "1", "name": "x", "mass": "heavy"}'
    s3.stored["raw", "meteorites/good.json"] = samples["no-mass.json"]
    with pytest.raises(InvalidInput, match='mass "heavy"'):
        app.handler(event("meteorites/bad.json", "meteorites/good.json"), context)
    assert list(staged(s3)) == ["csv/meteorites/good.csv"]


def test_an_object_above_the_limit_is_refused(app, s3, context, samples, monkeypatch):
    monkeypatch.setenv("MAX_OBJECT_BYTES", "10")
    s3.stored["raw", "meteorites/a.json"] = samples["alder-moor.json"]
    with pytest.raises(InvalidInput, match="at most 10 bytes"):
        app.handler(event("meteorites/a.json"), context)


def test_a_key_that_is_not_json_is_refused(app, s3, context):
    with pytest.raises(InvalidInput, match=r"ends in \.json"):
        app.handler(event("meteorites/a.csv"), context)


def test_the_smoke_test_has_no_effect_and_notices_a_wrong_configuration(app, s3, context, monkeypatch):
    assert app.handler({"Records": []}, context)["written"] == []
    assert s3.calls == []
    monkeypatch.setenv("TRANSFORM", "unknown")
    with pytest.raises(InvalidInput):
        app.handler({"Records": []}, context)
    monkeypatch.delenv("STAGE_BUCKET")
    with pytest.raises(InvalidInput, match="STAGE_BUCKET"):
        app.handler({"Records": []}, context)
