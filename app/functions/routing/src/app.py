"""Finds dataset and pipeline of the objects that landed and announces each to stage A. Without the common layer."""

from __future__ import annotations

import functools
import json
import os

from route import Router


def handler(event, context):
    """Takes a batch of a queue whose messages are S3 events; answers the messages that could not be handled now."""
    router = Router(
        client("dynamodb"),
        client("sqs"),
        datasets=os.environ["DATASETS_TABLE"],
        pipelines=os.environ["PIPELINES_TABLE"],
        stage_a=os.environ["STAGE_A_QUEUE_URL"],
        dead_letters=os.environ["ROUTING_DEAD_LETTERS_URL"],
        source=context.function_name,
        say=functools.partial(say, function=context.function_name, requestId=context.aws_request_id),
    )
    failed = []
    for record in event["Records"]:
        try:
            router.route(record)
        except Exception as error:  # Not for the message's own sake: it goes back to its queue and is tried again.
            say("ERROR", "message failed", messageId=record["messageId"], error=type(error).__name__, reason=str(error))
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def say(level, message, **fields):
    """One JSON line in ASCII, whatever the fields hold."""
    print(json.dumps({"level": level, "message": message, **fields}, default=str), flush=True)


@functools.cache
def client(service):
    import boto3

    return boto3.client(service)
