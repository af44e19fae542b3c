from __future__ import annotations

import json

import pytest
from datalake import documents, keys
from datalake.errors import InvalidInput

MESSAGE = {
    "bucket": "raw",
    "key": "raw/t/d/a.json",
    "etag": "e",
    "size": 0,
    "sequencer": "01",
    "team": "t",
    "dataset": "d",
    "pipeline": "main",
    "correlationId": "c",
}


def test_the_message_of_a_document_is_what_it_was_before_the_steps_added_to_it():
    later = {**MESSAGE, "tries": 2, "landedAt": "x", "execution": {}, "duplicate": False, "csv": "k", "error": {}}
    assert documents.object_message(later) == {**MESSAGE, "tries": 2, "landedAt": "x"}
    assert documents.object_message(MESSAGE) == MESSAGE


@pytest.mark.parametrize("name", sorted(MESSAGE))
def test_a_document_that_lacks_a_member_is_refused_with_its_name(name):
    with pytest.raises(InvalidInput, match=f"{name} needed as well"):
        documents.object_message({**MESSAGE, name: None})


@pytest.mark.parametrize("document", [None, [], "text", 3])
def test_what_is_no_document_is_refused(document):
    with pytest.raises(InvalidInput, match="a JSON object is allowed"):
        documents.object_message(document)


def test_the_same_message_always_means_the_same_execution_and_any_other_another():
    names = {documents.execution_name(MESSAGE)}
    assert documents.execution_name({**MESSAGE, "correlationId": "other", "tries": 0}) in names
    for change in (
        {"etag": "f"},
        {"sequencer": "02"},
        {"key": "raw/t/d/é.json"},
        {"bucket": "b"},
        {"tries": 1},
        {"tries": 2},
    ):
        names.add(documents.execution_name({**MESSAGE, **change}))
    assert len(names) == 7
    assert all(len(name) == 40 and name.isalnum() for name in names)


@pytest.mark.parametrize(
    ("given", "tries"), [({}, 0), ({"tries": 3}, 3), ({"tries": "3"}, 0), ({"tries": -1}, 0), ({"tries": None}, 0)]
)
def test_tries_count_from_nothing(given, tries):
    assert documents.tries(given) == tries


LAMBDA = json.dumps({"errorMessage": 'mass "heavy"', "errorType": "InvalidInput", "stackTrace": []})


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"error": {"Error": "InvalidInput", "Cause": LAMBDA}}, 'InvalidInput: mass "heavy"'),
        ({"error": {"Error": "States.Timeout", "Cause": "after 30 seconds"}}, "States.Timeout: after 30 seconds"),
        ({"error": {"Error": "Lambda.Unknown"}}, "Lambda.Unknown: no cause given"),
        ({"error": {"Error": "E", "Cause": '{"other": 1}'}}, 'E: {"other": 1}'),
        ({"error": {"Error": "E", "Cause": "[1]"}}, "E: [1]"),
        ({"job": {"status": "FAILED", "reason": "timed out: …"}}, "timed out: …"),
        ({"error": {"Error": "E", "Cause": "c"}, "job": {"reason": "older"}}, "E: c"),
        ({}, "unknown: the execution failed without an error"),
    ],
)
def test_the_reason_is_the_functions_own_error_where_there_is_one(document, reason):
    assert documents.reason(document) == reason


def test_raw_objects_of_different_keys_never_share_a_csv_object():
    assert keys.csv_key("raw/t/d/2024/a b+é.json") == "pre-stage/t/d/2024/a b+é.csv"
    assert keys.csv_key_of("bucket/raw/t/d/a.json") == "pre-stage/t/d/a.csv"
    assert keys.csv_key("raw/t/d/a.json.json") != keys.csv_key("raw/t/d/a.json")


@pytest.mark.parametrize(
    "key", ["raw/t/d/a.csv", "raw/t/a.json", "raw/T/d/a.json", "raw/t-u/d/a.json", "x/t/d/a.json", "raw/t/d/.json"]
)
def test_a_key_of_another_form_is_refused(key):
    with pytest.raises(InvalidInput, match="raw/<team>/<dataset>/<path>.json"):
        keys.csv_key(key)
