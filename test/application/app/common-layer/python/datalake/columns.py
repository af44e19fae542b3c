"""Typed columns, shared by the transform that writes CSV and by everything that reads it back."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Union

from .errors import problem

Value = Union[str, int, float, None]

KINDS = ("string", "int32", "double")
_INTEGER = re.compile(r"[+-]?[0-9]{1,10}")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True)
class Column:
    """A column of a table. An empty text is a missing value in every kind."""

    name: str
    kind: str = "string"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(problem(f"kind of column {self.name}", self.kind, f"one of {', '.join(KINDS)} is allowed"))

    def parse(self, text: str) -> Value:
        """The value that a text stands for. Raises ValueError with a complete sentence.

        Stricter than `int` and `float`: no underscores, no surrounding blanks, no infinity, no not-a-number.
        """
        if text == "":
            return None
        if self.kind == "string":
            return text
        if self.kind == "int32":
            if _INTEGER.fullmatch(text) and -(2**31) <= int(text) < 2**31:
                return int(text)
            raise ValueError(problem(self.name, text, "a whole number of 32 bits is allowed"))
        if _DECIMAL.fullmatch(text) and math.isfinite(float(text)):
            return float(text)
        raise ValueError(problem(self.name, text, "a finite decimal number is allowed"))
