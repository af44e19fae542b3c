"""Putting messages of a dead-letter queue back to the queue that they came from.

A message is deleted from the dead-letter queue only after it was sent on: a crash in between makes it twice, never none.
This file is the same in `redrive`, which has no common layer, and in `stage-redrive`.
"""

from __future__ import annotations

import json

HIDDEN = 120
"""Seconds for which a message that was looked at is hidden from others; above the time-out of the functions."""
MOST = 1_000
ENOUGH_TIME = 10
"""Seconds that must be left to go on."""
SHOWN = ("reason", "source", "correlationId")


def run(event, sqs, *, dead_letters, queue, limit, count_in_body, time_left, say):
    """Answers `redriven`, `left` (looked at and kept) and `messages`, what was done with each.

    A message that went back `limit` times stays, unless `force` is given. `dryRun` only looks. `max` messages at most.
    `count_in_body` writes `tries` into bodies that are JSON objects as well, for what is named after them.
    """
    asked = event if isinstance(event, dict) else {}
    most = asked.get("max", 100)
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= MOST:
        raise ValueError(
            f"max {json.dumps(most, default=repr)}: a whole number from 1 to {MOST} is allowed. Correct it or leave it out."
        )
    force, dry_run = asked.get("force") is True, asked.get("dryRun") is True
    found = {}
    held = {}
    told = []
    try:
        # All are taken before the first goes back: what fails again at once would use up its tries in one call.
        while len(found) < most and time_left() > ENOUGH_TIME:
            messages = _receive(sqs, dead_letters, min(10, most - len(found)))
            fresh = {message["MessageId"]: message for message in messages if message["MessageId"] not in found}
            found.update(fresh)
            held.update({identity: message["ReceiptHandle"] for identity, message in fresh.items()})
            if not fresh:
                break
        for identity, message in found.items():
            tries = _tries(message)
            goes = (force or tries < limit) and not dry_run and time_left() > ENOUGH_TIME
            if goes:
                _send_on(sqs, queue, message, tries + 1, count_in_body)
                sqs.delete_message(QueueUrl=dead_letters, ReceiptHandle=held.pop(identity))
            told.append(_tell(message, tries, goes))
            say("put back" if goes else "kept", queue=queue, **told[-1])
    finally:
        for handle in held.values():
            sqs.change_message_visibility(QueueUrl=dead_letters, ReceiptHandle=handle, VisibilityTimeout=0)
    return {"redriven": len(found) - len(held), "left": len(held), "messages": told}


def _receive(sqs, url, most):
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=most,
        MessageAttributeNames=["All"],
        VisibilityTimeout=HIDDEN,
        # Asks all servers of the queue: without waiting, an answer without messages does not mean that there are none.
        WaitTimeSeconds=1,
    )
    return answer.get("Messages", [])


def _send_on(sqs, url, message, tries, count_in_body):
    attributes = {"tries": {"DataType": "Number", "StringValue": str(tries)}}
    correlation_id = _attribute(message, "correlationId")
    if correlation_id:
        attributes["correlationId"] = {"DataType": "String", "StringValue": correlation_id}
    body = _counted(message["Body"], tries) if count_in_body else message["Body"]
    sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)


def _tell(message, tries, goes):
    shown = {name: _attribute(message, name) for name in SHOWN}
    return {
        "id": message["MessageId"],
        "tries": tries,
        "redriven": goes,
        **{name: value for name, value in shown.items() if value},
    }


def _tries(message):
    """How often the message was put back; what SQS itself moved here may not say so."""
    for found in (_attribute(message, "tries"), str((_object(message["Body"]) or {}).get("tries", ""))):
        if found.isascii() and found.isdigit():
            return int(found)
    return 0


def _counted(body, tries):
    document = _object(body)
    return body if document is None else json.dumps({**document, "tries": tries}, sort_keys=True)


def _object(body):
    try:
        document = json.loads(body)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _attribute(message, name):
    return message.get("MessageAttributes", {}).get(name, {}).get("StringValue", "")
