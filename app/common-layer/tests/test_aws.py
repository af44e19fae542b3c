from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from datalake import aws

CALLS = {
    "s3": ("get_object", "put_object", "get_paginator"),
    "dynamodb": ("get_item", "batch_get_item", "put_item", "update_item", "delete_item", "query", "scan"),
    "sqs": ("send_message", "receive_message", "delete_message", "change_message_visibility"),
    "stepfunctions": ("start_execution",),
    "glue": ("get_table", "create_partition"),
}


@pytest.mark.parametrize("service", CALLS)
def test_the_real_clients_have_the_calls_that_tests_imitate_and_are_made_once(service, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.client.cache_clear()
    client = aws.client(service)
    assert client is aws.client(service)
    assert all(callable(getattr(client, call)) for call in CALLS[service])
    aws.client.cache_clear()


def test_the_code_of_an_error_is_found_and_other_exceptions_have_none():
    assert aws.error_code(ClientError({"Error": {"Code": "AccessDenied"}}, "GetItem")) == "AccessDenied"
    assert aws.error_code(KeyError("x")) == ""
