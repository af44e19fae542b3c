"""Two functions of one image: how many records there are, and one record by its id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from datalake import config, csvline, transforms
from datalake.errors import InvalidInput, problem
from datalake.invocation import handler as invocation
from datalake.objects import Objects

SOURCE_PREFIX = "csv/"
SOURCE_SUFFIX = ".csv"


@invocation
def summary(event: Any, context: Any) -> dict[str, Any]:
    """Counts CSV objects and their rows. Takes `{}` or `{"prefix": "csv/…"}`."""
    prefix = _prefix(event)
    objects = 0
    rows = 0
    for _, found in _tables(prefix):
        objects += 1
        rows += len(found)
    return {"prefix": prefix, "objects": objects, "rows": rows}


@invocation
def lookup(event: Any, context: Any) -> dict[str, Any]:
    """Finds a record: `{"id": "…"}`, with `prefix` if wanted. Of several with this id, the first by key counts."""
    prefix = _prefix(event)
    wanted = event.get("id")
    if not isinstance(wanted, str) or not wanted:
        raise InvalidInput([problem("id", wanted, "text that is not empty is needed")], 'Send {"id": "…"}.')
    for key, rows in _tables(prefix):
        for row in rows:
            if row["id"] == wanted:
                return {"id": wanted, "found": True, "key": key, "record": row}
    return {"id": wanted, "found": False}


def _prefix(event: Any) -> str:
    if not isinstance(event, dict):
        raise InvalidInput([problem("event", event, "an object is allowed")], "Send {} or an object.")
    prefix = event.get("prefix", SOURCE_PREFIX)
    if not isinstance(prefix, str) or not prefix.startswith(SOURCE_PREFIX):
        allowed = f"a prefix that begins with {SOURCE_PREFIX} is allowed"
        raise InvalidInput([problem("prefix", prefix, allowed)], "Correct it or leave it out.")
    return prefix


def _tables(prefix: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Key and rows of every CSV object, in the order of the keys."""
    settings = config.read(stage=config.Text("STAGE_BUCKET"), transform=config.Text("TRANSFORM"))
    columns = transforms.find(settings.transform).columns
    stage = Objects(settings.stage)
    for key, body in stage.read_all(stage.keys(prefix, SOURCE_SUFFIX)):
        rows = csvline.read(body, columns, key)
        yield key, [{column.name: value for column, value in zip(columns, row)} for row in rows]
