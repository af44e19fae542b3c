"""A data lake for one test: tables and queues in MiniStack, the rest in memory, and the environment that functions read."""

from __future__ import annotations

import json
import pathlib
import types
import uuid
from typing import Any

from testing.fakes import FakeGlue, FakeS3, FakeStepFunctions, etag

APP = pathlib.Path(__file__).parent.parent
TABLES = ("objects", "datasets", "pipelines", "executions")
QUEUES = ("routing", "stage_a", "stage_b")


class Lake:
    def __init__(self, dynamodb: Any, sqs: Any) -> None:
        self.s3 = FakeS3()
        self.machines = FakeStepFunctions()
        self.glue = FakeGlue()
        self.sqs = sqs
        self.dynamodb = dynamodb
        self.clients = {"s3": self.s3, "stepfunctions": self.machines, "glue": self.glue, "sqs": sqs, "dynamodb": dynamodb}
        mark = uuid.uuid4().hex[:12]
        self.names = {name: f"{name}-{mark}" for name in TABLES}
        self.queues = {
            f"{name}{kind}": sqs.create_queue(QueueName=f"{name}{kind}-{mark}")["QueueUrl"]
            for name in QUEUES
            for kind in ("", "_dead_letters")
        }
        self._create_tables()
        self.declared = json.loads((APP / "datasets.json").read_text())
        for kind, records in self.declared.items():
            for record in records:
                self.table(kind).put(record)
        self.glue.tables["engineering_meteorites"] = {"Columns": [], "Location": "s3://stage/post-stage/engineering/meteorites/"}

    def table(self, name: str) -> Any:
        from datalake.tables import Table

        return Table(self.names[name], self.dynamodb)

    def environment(self, **more: str) -> dict[str, str]:
        """What every manifest sets, all together."""
        tables = {f"{name.upper()}_TABLE": table for name, table in self.names.items()}
        urls = {f"{name.upper()}_URL" if "dead" in name else f"{name.upper()}_QUEUE_URL": url for name, url in self.queues.items()}
        return {**tables, **urls, "RAW_BUCKET": "raw", "STAGE_BUCKET": "stage", "CATALOG_DATABASE": "lake", "MAX_REDRIVES": "3", **more}

    def land(self, path: str, body: bytes, sequencer: str = "01", correlation_id: str = "c-1") -> dict[str, Any]:
        """Puts a raw object; answers the message of stage A about it."""
        key = f"raw/engineering/meteorites/{path}"
        self.s3.stored["raw", key] = body
        return {
            "bucket": "raw",
            "key": key,
            "etag": etag(body),
            "size": len(body),
            "sequencer": sequencer,
            "team": "engineering",
            "dataset": "meteorites",
            "pipeline": "main",
            "correlationId": correlation_id,
        }

    def messages(self, queue: str) -> list[dict[str, Any]]:
        """Takes all messages out of a queue: body and attributes."""
        taken = []
        while True:
            answer = self.sqs.receive_message(QueueUrl=self.queues[queue], MaxNumberOfMessages=10, MessageAttributeNames=["All"])
            if not answer.get("Messages"):
                return taken
            for message in answer["Messages"]:
                self.sqs.delete_message(QueueUrl=self.queues[queue], ReceiptHandle=message["ReceiptHandle"])
                attributes = {name: value["StringValue"] for name, value in message.get("MessageAttributes", {}).items()}
                taken.append({"body": message["Body"], "attributes": attributes})

    def _create_tables(self) -> None:
        def text(*names: str) -> list[dict[str, str]]:
            return [{"AttributeName": name, "AttributeType": "S"} for name in names]

        def index(name: str, hash_key: str, range_key: str) -> dict[str, Any]:
            keys = [{"AttributeName": hash_key, "KeyType": "HASH"}, {"AttributeName": range_key, "KeyType": "RANGE"}]
            return {"IndexName": name, "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}}

        for name, key, attributes, indexes in (
            ("objects", "id", text("id", "waiting_for", "waiting_since"), [index("waiting", "waiting_for", "waiting_since")]),
            ("datasets", "name", text("name"), []),
            ("pipelines", "name", text("name"), []),
            ("executions", "id", text("id", "stage", "started_at"), [index("by_stage", "stage", "started_at")]),
        ):
            self.dynamodb.create_table(
                TableName=self.names[name],
                KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
                AttributeDefinitions=attributes,
                BillingMode="PAY_PER_REQUEST",
                **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
            )


def queue_event(*bodies: Any, **attributes: str) -> dict[str, Any]:
    """A batch as Lambda gets it from a queue; messages are called m1, m2, …"""
    described = {name: {"stringValue": value, "dataType": "String"} for name, value in attributes.items()}
    return {
        "Records": [
            {"messageId": f"m{number}", "body": body if isinstance(body, str) else json.dumps(body), "messageAttributes": described}
            for number, body in enumerate(bodies, start=1)
        ]
    }


def context(request: str = "11111111-2222-3333-4444-555555555555", name: str = "function-under-test", seconds: float = 60) -> types.SimpleNamespace:
    """What Lambda passes as the second argument."""
    return types.SimpleNamespace(
        aws_request_id=request,
        function_name=name,
        function_version="7",
        memory_limit_in_mb="128",
        get_remaining_time_in_millis=lambda: int(seconds * 1000),
    )
