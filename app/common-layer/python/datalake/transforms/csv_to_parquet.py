"""Many CSV objects as one Parquet file with typed columns, compressed with zstd. The same objects give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from .. import csvline
from ..columns import Column

SUFFIX = ".parquet"
CONTENT_TYPE = "application/vnd.apache.parquet"


def combine(objects: Iterable[tuple[str, bytes]], columns: Sequence[Column]) -> tuple[bytes, int]:
    """The file and its number of rows, in the order of the objects. Raises InvalidInput for an object that is not usable."""
    rows = [row for key, body in objects for row in csvline.read(body, columns, key)]
    return _parquet(columns, rows), len(rows)


def _parquet(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> bytes:
    # Only images of functions that run this transform carry it: it is bigger than everything else together.
    import pyarrow
    import pyarrow.parquet

    types = {"string": pyarrow.string(), "int32": pyarrow.int32(), "double": pyarrow.float64()}
    schema = pyarrow.schema([pyarrow.field(column.name, types[column.kind]) for column in columns])
    values = [[row[index] for row in rows] for index in range(len(columns))]
    arrays = [pyarrow.array(column, type=field.type) for column, field in zip(values, schema)]
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(arrays, schema=schema), file, compression="zstd")
    return file.getvalue()
