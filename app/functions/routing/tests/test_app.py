from __future__ import annotations

import json

import pytest

from testing.lake import queue_event


@pytest.fixture
def landed(lake):
    return lambda path="one é+ä.json", **more: {**lake.land(path, b"{}"), **more}


def told(flow):
    return [json.loads(message["body"]) for message in flow.lake.messages("stage_a")]


def test_an_object_is_announced_with_all_that_stage_a_needs(flow, s3_event, landed):
    message = landed()
    assert flow.invoke("routing", queue_event(s3_event(message))) == {"batchItemFailures": []}
    assert told(flow) == [{**message, "landedAt": "2026-01-01T00:00:00.000Z"}]
    assert flow.lake.messages("routing_dead_letters") == []


def test_every_object_of_a_message_and_every_message_of_a_batch_is_announced(flow, s3_event, landed):
    records = [s3_event(landed(f"{number}.json"))["Records"][0] for number in range(3)]
    flow.invoke("routing", queue_event({"Records": records[:2]}, {"Records": records[2:]}))
    assert sorted(each["key"][-6:] for each in told(flow)) == ["0.json", "1.json", "2.json"]


def test_the_test_event_of_s3_and_objects_that_were_removed_announce_nothing(flow, s3_event, landed):
    removed = s3_event(landed())
    removed["Records"][0]["eventName"] = "ObjectRemoved:Delete"
    event = queue_event({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "raw"}, removed)
    assert flow.invoke("routing", event) == {"batchItemFailures": []}
    assert (told(flow), flow.lake.messages("routing_dead_letters")) == ([], [])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{", "the message is not JSON"),
        ("[]", "no S3 event"),
        ('{"Records": 3}', "no S3 event"),
        ('{"Records": [{}]}', "not the record of an object (KeyError: 's3')"),
        ('{"Records": [7]}', "not the record of an object"),
        ('{"Records": [null]}', "not the record of an object"),
    ],
)
def test_a_message_that_is_no_s3_event_is_a_dead_letter_as_it_was(flow, body, reason):
    assert flow.invoke("routing", queue_event(body)) == {"batchItemFailures": []}
    (letter,) = flow.lake.messages("routing_dead_letters")
    assert letter["body"] == body
    assert reason in letter["attributes"]["reason"]
    assert {**letter["attributes"], "reason": ""} == {"reason": "", "source": "routing", "correlationId": "m1", "tries": "0"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"key": "raw/engineering/comets/a.json"}, "unknown dataset engineering-comets"),
        ({"key": "raw/engineering/meteorites/a.csv"}, "raw/<team>/<dataset>/<path>.json"),
        ({"key": "raw/engineering/a.json"}, "raw/<team>/<dataset>/<path>.json"),
        ({"key": "raw/Engineering/meteorites/a.json"}, "names of a-z"),
    ],
)
def test_an_object_that_belongs_nowhere_is_a_dead_letter_and_the_others_go_on(flow, s3_event, landed, change, reason):
    bad, good = s3_event(landed(**change)), s3_event(landed("good.json"))
    flow.invoke("routing", queue_event({"Records": bad["Records"] + good["Records"]}))
    (letter,) = flow.lake.messages("routing_dead_letters")
    assert json.loads(letter["body"]) == bad
    assert reason in letter["attributes"]["reason"]
    assert [each["key"] for each in told(flow)] == ["raw/engineering/meteorites/good.json"]


@pytest.mark.parametrize("status", ["PAUSED", None])
def test_an_object_of_a_pipeline_that_does_not_run_is_kept_until_it_does(flow, s3_event, landed, status):
    table = flow.lake.table("pipelines")
    name = "engineering-main-pre-stage"
    table.put({"name": name, "status": status}) if status else table.delete({"name": name})
    flow.invoke("routing", queue_event(s3_event(landed())))
    (letter,) = flow.lake.messages("routing_dead_letters")
    assert name in letter["attributes"]["reason"]
    table.put({"name": name, "status": "ACTIVE"})
    flow.invoke("routing", queue_event(letter["body"], tries="1"))
    assert len(told(flow)) == 1


def test_a_message_that_was_put_back_and_fails_again_keeps_count(flow):
    flow.invoke("routing", queue_event("{", tries="2"))
    assert flow.lake.messages("routing_dead_letters")[0]["attributes"]["tries"] == "2"


def test_when_a_service_fails_the_message_goes_back_and_nothing_was_sent(flow, s3_event, landed, monkeypatch):
    event = queue_event(s3_event(landed("a.json")), "{")
    with monkeypatch.context() as patch:
        patch.setitem(flow.lake.clients, "dynamodb", Broken())
        assert flow.invoke("routing", event) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert told(flow) == []
    assert len(flow.lake.messages("routing_dead_letters")) == 1


def test_every_line_tells_function_request_and_correlation_id(flow, s3_event, landed, log_lines):
    flow.invoke("routing", queue_event(s3_event(landed()), "{"), request="r-1")
    first, second = log_lines()
    assert (first["message"], first["correlationId"], first["function"], first["requestId"]) == (
        "announced",
        "c-1",
        "routing",
        "r-1",
    )
    assert (second["level"], second["correlationId"]) == ("ERROR", "m2")


class Broken:
    def get_item(self, **_):
        raise ConnectionError("throttled")
