"""Items of DynamoDB tables as plain dictionaries, changed under conditions.

Conditions are DynamoDB's own expressions. In them `#name` stands for the attribute `name` (nested: `#job.#id`) and `:name`
for the value of that name; the aliases that DynamoDB wants for them are made here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from . import aws

Item = dict[str, Any]

BATCH_GET = 100
"""Keys in one BatchGetItem: the limit of DynamoDB."""


class ConditionFailed(Exception):
    """The item is not as the condition wants it. `item` is what it was, or None where there was none."""

    def __init__(self, item: Item | None) -> None:
        self.item = item
        super().__init__("the condition of a change does not hold")


class Table:
    """One table. Errors of DynamoDB (no right, throttled) pass through: their text names action and role."""

    def __init__(self, name: str, client: Any | None = None) -> None:
        self.name = name
        self._client = aws.client("dynamodb") if client is None else client

    def get(self, **key: str) -> Item | None:
        """The item as it is now, not as a replica remembers it."""
        found = self._client.get_item(TableName=self.name, Key=encode(key), ConsistentRead=True).get("Item")
        return None if found is None else decode(found)

    def get_all(self, keys: Iterable[Mapping[str, str]]) -> list[Item]:
        """The items of these keys that there are, in no order, as they are now."""
        left = [encode(key) for key in keys]
        found: list[Item] = []
        while left:
            asked, left = left[:BATCH_GET], left[BATCH_GET:]
            answer = self._client.batch_get_item(RequestItems={self.name: {"Keys": asked, "ConsistentRead": True}})
            found += [decode(item) for item in answer["Responses"].get(self.name, [])]
            left += answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
        return found

    def put(self, item: Mapping[str, Any], condition: str | None = None, **values: Any) -> None:
        """Raises ConditionFailed."""
        self._change(self._client.put_item, condition, values, Item=encode(item))

    def delete(self, key: Mapping[str, str], condition: str | None = None, **values: Any) -> None:
        """Raises ConditionFailed."""
        self._change(self._client.delete_item, condition, values, Key=encode(key))

    def update(
        self,
        key: Mapping[str, str],
        assign: Mapping[str, Any],
        condition: str | None = None,
        *,
        once: Mapping[str, Any] | None = None,
        remove: Sequence[str] = (),
        **values: Any,
    ) -> Item:
        """Answers the item as it is afterwards; makes it where there is none. Raises ConditionFailed.

        `assign` sets attributes, `once` only those that are not there, `remove` takes some away.
        """
        changes = [f"#{name} = :set_{name}" for name in assign]
        changes += [f"#{name} = if_not_exists(#{name}, :set_{name})" for name in once or {}]
        expression = f"SET {', '.join(changes)}"
        if remove:
            expression += f" REMOVE {', '.join(f'#{name}' for name in remove)}"
        assigned = {f"set_{name}": value for name, value in {**(once or {}), **assign}.items()}
        answer = self._change(
            self._client.update_item,
            condition,
            {**values, **assigned},
            Key=encode(key),
            UpdateExpression=expression,
            ReturnValues="ALL_NEW",
        )
        return decode(answer["Attributes"])

    def query(self, index: str, condition: str, most: int | None = None, filtered: str | None = None, **values: Any) -> list[Item]:
        """Items of an index in the order of its range key, at most so many. An index lags behind its table a little."""
        limit = {} if most is None else {"Limit": most}
        more = {} if filtered is None else {"FilterExpression": filtered}
        asked = {**_aliases(f"{condition} {filtered or ''}", values), "IndexName": index, "KeyConditionExpression": condition, **limit, **more}
        found = self._pages(self._client.query, asked)
        return [item for _, item in zip(range(most), found)] if most is not None else list(found)

    def scan(self) -> list[Item]:
        return list(self._pages(self._client.scan, {"ConsistentRead": True}))

    def _pages(self, call: Any, asked: Mapping[str, Any]) -> Iterator[Item]:
        start: dict[str, Any] = {}
        while True:
            answer = call(TableName=self.name, **asked, **start)
            yield from (decode(item) for item in answer["Items"])
            if not answer.get("LastEvaluatedKey"):
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _change(self, call: Any, condition: str | None, values: Mapping[str, Any], **arguments: Any) -> Any:
        conditional = {} if condition is None else {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        text = f"{condition or ''} {arguments.get('UpdateExpression', '')}"
        try:
            return call(TableName=self.name, **arguments, **conditional, **_aliases(text, values))
        except Exception as error:
            if aws.error_code(error) != "ConditionalCheckFailedException":
                raise
            item = getattr(error, "response", {}).get("Item")
            raise ConditionFailed(decode(item) if item else None) from error


def encode(item: Mapping[str, Any]) -> dict[str, Any]:
    """In DynamoDB's form. Numbers with a fraction keep the digits that Python shows."""
    serializer, _ = _codec()
    return {name: serializer.serialize(_exact(value)) for name, value in item.items()}


def decode(item: Mapping[str, Any]) -> Item:
    _, deserializer = _codec()
    return {name: _plain(deserializer.deserialize(value)) for name, value in item.items()}


@functools.cache
def _codec() -> tuple[Any, Any]:
    from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

    return TypeSerializer(), TypeDeserializer()


def _aliases(expressions: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Only what the expressions use: DynamoDB refuses the rest."""
    names = sorted(set(re.findall(r"#(\w+)", expressions)))
    used = sorted(set(re.findall(r":(\w+)", expressions)))
    return {
        **({"ExpressionAttributeNames": {f"#{name}": name for name in names}} if names else {}),
        **({"ExpressionAttributeValues": encode({f":{name}": values[name] for name in used})} if used else {}),
    }


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Mapping):
        return {name: _exact(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_exact(inner) for inner in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
