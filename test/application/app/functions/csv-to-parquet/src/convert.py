"""One conversion: reads the CSV objects, writes the Parquet file. The same objects give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow
import pyarrow.parquet
from datalake import csvline, log
from datalake.columns import Column
from datalake.errors import InvalidInput, problem
from datalake.objects import Objects, in_order

SOURCE_PREFIX = "csv/"
TARGET_PREFIX = "parquet/"
SOURCE_SUFFIX = ".csv"
TARGET_SUFFIX = ".parquet"

TYPES = {"string": pyarrow.string(), "int32": pyarrow.int32(), "double": pyarrow.float64()}


class NothingToConvert(LookupError):
    """The prefix has no CSV objects: an empty file would hide that the sender is wrong."""


class Conversion:
    def __init__(self, stage: Objects, columns: Sequence[Column]) -> None:
        self.stage = stage
        self.columns = tuple(columns)

    def run(self, request: Any) -> dict[str, Any]:
        """Answers `key`, `objects`, `rows` and `bytes`. Rows are in the order of their objects' keys.

        Raises InvalidInput for a request or CSV object that is not usable, NothingToConvert, ObjectMissing.
        """
        check(request)
        keys = in_order(request["keys"]) if "keys" in request else self.stage.keys(request["prefix"], SOURCE_SUFFIX)
        if not keys:
            raise NothingToConvert(f"s3://{self.stage.bucket}/{request['prefix']}*{SOURCE_SUFFIX} has no objects")
        rows = [row for key, body in self.stage.read_all(keys) for row in csvline.read(body, self.columns, key)]
        body = parquet(self.columns, rows)
        self.stage.write(request["target"], body, "application/vnd.apache.parquet")
        answer = {"key": request["target"], "objects": len(keys), "rows": len(rows), "bytes": len(body)}
        log.info("converted", **answer)
        return answer


def parquet(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> bytes:
    schema = pyarrow.schema([pyarrow.field(column.name, TYPES[column.kind]) for column in columns])
    values = [[row[index] for row in rows] for index in range(len(columns))]
    arrays = [pyarrow.array(column, type=field.type) for column, field in zip(values, schema)]
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(arrays, schema=schema), file, compression="zstd")
    return file.getvalue()


def check(request: Any) -> None:
    """Raises InvalidInput with all problems of a request. Prefixes are fixed so that no file can become its own source."""
    if not isinstance(request, Mapping):
        raise InvalidInput([problem("request", request, "an object with `prefix` or `keys`, and `target`, is allowed")], _FIX)
    problems = []
    keys = request.get("keys")
    if ("prefix" in request) == ("keys" in request):
        problems.append(problem("request", sorted(request), "exactly one of `prefix` and `keys` is allowed"))
    if "prefix" in request and not _between(request["prefix"], SOURCE_PREFIX, ""):
        problems.append(problem("prefix", request["prefix"], f"a prefix that begins with {SOURCE_PREFIX} is allowed"))
    if "keys" in request and (
        not isinstance(keys, list) or not keys or not all(_between(key, SOURCE_PREFIX, SOURCE_SUFFIX) for key in keys)
    ):
        problems.append(
            problem("keys", keys, f"a list of keys like {SOURCE_PREFIX}…{SOURCE_SUFFIX} that is not empty is allowed")
        )
    if not _between(request.get("target"), TARGET_PREFIX, TARGET_SUFFIX):
        problems.append(problem("target", request.get("target"), f"a key like {TARGET_PREFIX}…{TARGET_SUFFIX} is needed"))
    if problems:
        raise InvalidInput(problems, _FIX)


def _between(text: object, start: str, end: str) -> bool:
    return isinstance(text, str) and text.startswith(start) and text.endswith(end)


_FIX = 'Send {"prefix": "csv/meteorites/", "target": "parquet/meteorites.parquet"} with your names.'
