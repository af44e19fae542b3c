"""Transforms by name. To add one, add one file `datalake/transforms/<name>.py`. For stage A, a record at a time, with

- `COLUMNS`: a tuple of `Column`, the columns of the result in order;
- `transform(record)`: takes one decoded JSON document and returns a mapping from column name to text or None.

For stage B, a batch at a time, with

- `SUFFIX` and `CONTENT_TYPE` of the file that it makes;
- `combine(objects, columns)`: takes key and bytes of every CSV object and the dataset's columns, and returns the file's bytes
  and its number of rows. Its imports of large packages belong inside: the functions of stage A do not have them.

A dataset uses them by their names under `transforms` in `app/datasets.json`.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable

from .. import csvline
from ..columns import Column
from ..errors import InvalidInput, problem

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Transform:
    name: str
    columns: Sequence[Column]
    transform: Callable[[Any], Mapping[str, str | None]]

    def line(self, document: bytes) -> bytes:
        """The CSV line of one JSON document (UTF-8, or UTF-16 or 32 with a mark). Raises InvalidInput."""
        try:
            record = json.loads(document)
        except ValueError as error:
            raise InvalidInput([f"JSON is needed ({error})"], "Correct the object and put it again.") from error
        if not isinstance(record, dict):
            raise InvalidInput([problem("document", record, "one JSON object is allowed")], "Put one record an object.")
        values = self.transform(record)
        return csvline.write([values[column.name] for column in self.columns])


@dataclass(frozen=True)
class BatchTransform:
    name: str
    suffix: str
    content_type: str
    combine: Callable[[Iterable[tuple[str, bytes]], Sequence[Column]], tuple[bytes, int]]


def names() -> list[str]:
    """The transforms there are, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if _NAME.fullmatch(module.name))


def find(name: str) -> Transform:
    """The transform of stage A of this name. Raises InvalidInput."""
    module = _module(name, "A", "transform", "COLUMNS")
    return Transform(name, tuple(module.COLUMNS), module.transform)


def find_batch(name: str) -> BatchTransform:
    """The transform of stage B of this name. Raises InvalidInput."""
    module = _module(name, "B", "combine", "SUFFIX", "CONTENT_TYPE")
    return BatchTransform(name, module.SUFFIX, module.CONTENT_TYPE, module.combine)


def _module(name: str, stage: str, *members: str) -> Any:
    if name not in names():
        raise InvalidInput([problem("transform", name, f"one of {', '.join(names())} is allowed")], _FIX)
    module = importlib.import_module(f"{__name__}.{name}")
    missing = [member for member in members if not hasattr(module, member)]
    if missing:
        raise InvalidInput([problem("transform", name, f"one of stage {stage}, with {', '.join(missing)}, is needed")], _FIX)
    return module


_FIX = "Correct the name in the dataset's record, or add the transform as a file to the common layer."
