from __future__ import annotations

import json

import pytest
from datalake import events, log
from datalake.errors import InvalidInput


def put(key, bucket="raw"):
    return {"s3": {"bucket": {"name": bucket}, "object": {"key": key}}}


def message(identity, body):
    return {"messageId": identity, "body": body if isinstance(body, str) else json.dumps(body)}


def test_keys_are_decoded_as_s3_encodes_them():
    event = {"Records": [put("meteorites/ice+field+%2B2.json"), put("meteorites/Sk%C3%A6r.json")]}
    assert [reference.key for reference in events.objects(event)] == ["meteorites/ice field +2.json", "meteorites/Skær.json"]


def test_an_object_named_twice_comes_once_and_the_order_stays():
    event = {"Records": [put("b"), put("a"), put("b"), put("b", "other")]}
    assert [(r.bucket, r.key) for r in events.objects(event)] == [("raw", "b"), ("raw", "a"), ("other", "b")]


def test_the_test_event_of_s3_names_no_object():
    assert events.objects({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "raw"}) == []


@pytest.mark.parametrize("event", [None, [], {}, {"Records": None}, {"Records": [{}, put("a"), 3, put(7)]}])
def test_anything_else_is_refused(event):
    with pytest.raises(InvalidInput):
        events.objects(event)


def test_only_the_messages_that_failed_are_given_back(log_lines):
    log.configure()
    seen = []

    def process(body):
        seen.append(body)
        if body == 2:
            raise RuntimeError("two")

    event = {"Records": [message("m1", 1), message("m2", 2), message("m3", "{"), message("m4", 4)]}
    assert events.each_message(event, process) == {"batchItemFailures": [{"itemIdentifier": "m2"}, {"itemIdentifier": "m3"}]}
    assert seen == [1, 2, 4]
    failures = [(line["messageId"], line["error"]) for line in log_lines()]
    assert failures == [("m2", "RuntimeError"), ("m3", "InvalidInput")]


@pytest.mark.parametrize(
    ("event", "found"),
    [
        ({"correlationId": "c"}, "c"),
        ({"messageAttributes": {"correlationId": {"stringValue": "q"}}}, "q"),
        ({"Records": [{"responseElements": {"x-amz-request-id": "s"}}]}, "s"),
        ({"Records": [{"responseElements": {"x-amz-request-id": "s"}}] * 2}, "default"),
        ({"correlationId": 3}, "default"),
        ({"Records": []}, "default"),
        ({"Records": "x"}, "default"),
        (None, "default"),
        ("text", "default"),
        ([1], "default"),
    ],
)
def test_the_correlation_id_is_found_where_the_sender_put_it(event, found):
    assert events.correlation_id(event, "default") == found
