"""What becomes of one message: an announcement to stage A for every object, or a dead letter with the reason."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote_plus

KEY = re.compile(r"raw/([a-z][a-z0-9_]*)/([a-z][a-z0-9_]*)/.+\.json", re.DOTALL)
# What XML 1.0, and therefore SQS, cannot carry.
UNSENDABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_REASON = 1_000


class Unroutable(Exception):
    """Trying again does not help before somebody has mended the cause."""


class Router:
    def __init__(self, dynamodb, sqs, *, datasets, pipelines, stage_a, dead_letters, source, say):
        self._dynamodb = dynamodb
        self._sqs = sqs
        self._datasets = datasets
        self._pipelines = pipelines
        self._stage_a = stage_a
        self._dead_letters = dead_letters
        self._source = source
        self._say = say
        self._known = {}

    def route(self, message):
        """Raises what services raise; then nothing was announced, or what was may be announced again without harm."""
        try:
            records = landed(message["body"])
        except Unroutable as error:
            self._bury(message["body"], str(error), message["messageId"], message)
            return
        ready = [(record, *self._announcement(record, message["messageId"])) for record in records]
        for record, correlation_id, announcement, reason in ready:
            if announcement is None:
                self._bury(json.dumps({"Records": [record]}), reason, correlation_id, message)
            else:
                self._send(self._stage_a, json.dumps(announcement, sort_keys=True), {"correlationId": correlation_id})
                self._say("INFO", "announced", object=f"{announcement['bucket']}/{announcement['key']}", correlationId=correlation_id)

    def _announcement(self, record, message_id):
        """Correlation id, and either what stage A is told or why it is not."""
        correlation_id = message_id
        try:
            correlation_id = record.get("responseElements", {}).get("x-amz-request-id") or message_id
            return correlation_id, self._announce(record, correlation_id), ""
        except Unroutable as error:
            return correlation_id, None, str(error)
        except (KeyError, TypeError, AttributeError) as error:
            return correlation_id, None, f"not the record of an object ({type(error).__name__}: {error})"

    def _announce(self, record, correlation_id):
        place = record["s3"]
        key = unquote_plus(place["object"]["key"])
        match = KEY.fullmatch(key)
        if match is None:
            raise Unroutable(f"key {json.dumps(key)}: raw/<team>/<dataset>/<path>.json with names of a-z, 0-9 and _ is allowed")
        team, dataset = match.groups()
        return {
            "bucket": place["bucket"]["name"],
            "key": key,
            "etag": place["object"]["eTag"],
            "size": place["object"].get("size", 0),
            "sequencer": place["object"]["sequencer"],
            "team": team,
            "dataset": dataset,
            "pipeline": self._pipeline(team, dataset),
            "correlationId": correlation_id,
            "landedAt": record.get("eventTime", ""),
        }

    def _pipeline(self, team, dataset):
        record = self._get(self._datasets, f"{team}-{dataset}")
        if record is None:
            raise Unroutable(f"unknown dataset {team}-{dataset}: declare it in app/datasets.json")
        pipeline = record["pipeline"]["S"]
        name = f"{team}-{pipeline}-pre-stage"
        found = self._get(self._pipelines, name)
        if found is None:
            raise Unroutable(f"unknown pipeline {name}: declare it in app/datasets.json")
        if found["status"]["S"] != "ACTIVE":
            raise Unroutable(f"pipeline {name} is {found['status']['S']}: it takes objects when it is ACTIVE")
        return pipeline

    def _get(self, table, name):
        """Asked once an invocation."""
        if (table, name) not in self._known:
            answer = self._dynamodb.get_item(TableName=table, Key={"name": {"S": name}}, ConsistentRead=True)
            self._known[table, name] = answer.get("Item")
        return self._known[table, name]

    def _bury(self, body, reason, correlation_id, message):
        tries = message.get("messageAttributes", {}).get("tries", {}).get("stringValue", "0")
        text = UNSENDABLE.sub("\ufffd", reason)[:LONGEST_REASON]
        attributes = {"reason": text, "source": self._source, "correlationId": correlation_id}
        self._send(self._dead_letters, body, attributes, tries)
        self._say("ERROR", "not routed", reason=text, correlationId=correlation_id, messageId=message["messageId"])

    def _send(self, queue, body, attributes, tries=None):
        sent = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        if tries is not None:
            sent["tries"] = {"DataType": "Number", "StringValue": tries}
        self._sqs.send_message(QueueUrl=queue, MessageBody=body, MessageAttributes=sent)


def landed(body):
    """The records of an S3 event that tell of objects which landed. The test event that S3 sends tells of none."""
    try:
        event = json.loads(body)
    except ValueError as error:
        raise Unroutable(f"the message is not JSON ({error})") from error
    if isinstance(event, dict) and event.get("Event") == "s3:TestEvent":
        return []
    if not isinstance(event, dict) or not isinstance(event.get("Records"), list):
        raise Unroutable("the message is no S3 event with a list `Records`")
    return [record for record in event["Records"] if not (isinstance(record, dict) and _removed(record))]


def _removed(record):
    return str(record.get("eventName", "")).startswith("ObjectRemoved")
