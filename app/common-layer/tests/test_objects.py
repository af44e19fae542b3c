from __future__ import annotations

import pytest
from datalake.errors import InvalidInput
from datalake.objects import ObjectMissing, ObjectReplaced, Objects
from testing.fakes import ServiceError, etag


def test_what_is_written_is_read(s3):
    bucket = Objects("stage")
    bucket.write("a", b"\x00\xff", "application/octet-stream")
    assert bucket.read("a") == b"\x00\xff"
    assert s3.content_types["a"] == "application/octet-stream"


def test_an_object_that_is_not_there_is_named(s3):
    with pytest.raises(ObjectMissing, match="s3://stage/csv/x"):
        Objects("stage").read("csv/x")


def test_an_object_above_the_limit_is_refused_and_one_at_the_limit_is_not(s3):
    bucket = Objects("stage")
    bucket.write("a", b"12345", "text/plain")
    assert bucket.read("a", most=5) == b"12345"
    with pytest.raises(InvalidInput, match="s3://stage/a 5: at most 4 bytes"):
        bucket.read("a", most=4)


def test_keys_come_from_all_pages_in_the_order_of_their_bytes(s3):
    wanted = ["csv/10.csv", "csv/2.csv", "csv/a.csv", "csv/z.csv", "csv/é.csv", "csv/\uffee.csv", "csv/😀.csv"]
    for key in reversed(wanted):
        s3.stored["stage", key] = b""
    s3.stored["stage", "csv/readme.txt"] = b""
    s3.stored["other", "csv/0.csv"] = b""
    assert Objects("stage").keys("csv/", ".csv") == wanted
    assert Objects("stage").keys("none/") == []


def test_many_objects_are_read_in_the_given_order(s3):
    bucket = Objects("stage")
    keys = [f"k{number}" for number in range(60, 0, -1)]
    for key in keys:
        bucket.write(key, key.encode(), "text/plain")
    assert list(bucket.read_all(keys)) == [(key, key.encode()) for key in keys]


def test_a_missing_one_of_many_fails_the_whole(s3):
    bucket = Objects("stage")
    bucket.write("a", b"", "text/plain")
    with pytest.raises(ObjectMissing, match="s3://stage/b"):
        list(bucket.read_all(["a", "b"]))


def test_an_object_with_other_content_than_the_wanted_is_not_read(s3):
    bucket = Objects("stage")
    bucket.write("a", b"new", "text/plain")
    assert bucket.read("a", etag=etag(b"new")) == b"new"
    with pytest.raises(ObjectReplaced, match="s3://stage/a"):
        bucket.read("a", etag=etag(b"old"))


def test_what_s3_refuses_for_another_reason_passes_through(s3, monkeypatch):
    refusal = ServiceError("AccessDenied")

    def refuse(**_):
        raise refusal

    monkeypatch.setattr(s3, "get_object", refuse)
    with pytest.raises(ServiceError) as caught:
        Objects("stage").read("a")
    assert caught.value is refusal
