"""Answers who and which version it is."""

VERSION = "1"


def handler(event, context):
    """The event is not looked at, so that a schedule, a test and a person can all call it."""
    return {
        "message": "pong",
        "version": VERSION,
        "function": context.function_name,
        "functionVersion": context.function_version,
        "requestId": context.aws_request_id,
        "memoryLimitMB": int(context.memory_limit_in_mb),
    }
