"""Puts the messages of the routing step's dead-letter queue back. Without the common layer."""

from __future__ import annotations

import functools
import json
import os

import putback


def handler(event, context):
    """Takes `{}`, `{"dryRun": true}`, `{"force": true}`, `{"max": 100}`; answers how many went back and how many stay."""
    return putback.run(
        event,
        client("sqs"),
        dead_letters=os.environ["ROUTING_DEAD_LETTERS_URL"],
        queue=os.environ["ROUTING_QUEUE_URL"],
        limit=int(os.environ.get("MAX_REDRIVES") or 3),
        count_in_body=False,
        time_left=lambda: context.get_remaining_time_in_millis() / 1000,
        say=functools.partial(say, function=context.function_name, requestId=context.aws_request_id),
    )


def say(message, **fields):
    """One JSON line in ASCII, whatever the fields hold."""
    print(json.dumps({"level": "INFO", "message": message, **fields}, default=str), flush=True)


@functools.cache
def client(service):
    import boto3

    return boto3.client(service)
