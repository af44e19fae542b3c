"""Transforms by name. To add one, add one file `datalake/transforms/<name>.py` with

- `COLUMNS`: a tuple of `Column`, the columns of the result in order;
- `transform(record)`: takes one decoded JSON document and returns a mapping from column name to text or None.

A function uses it by `TRANSFORM: <name>` in its environment.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Mapping, Sequence
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


def names() -> list[str]:
    """The transforms there are, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if _NAME.fullmatch(module.name))


def find(name: str) -> Transform:
    """The transform of this name. Raises InvalidInput, naming those there are."""
    if name not in names():
        raise InvalidInput(
            [problem("transform", name, f"one of {', '.join(names())} is allowed")],
            "Correct the name, or add the transform as a file to the common layer.",
        )
    module = importlib.import_module(f"{__name__}.{name}")
    return Transform(name, tuple(module.COLUMNS), module.transform)
