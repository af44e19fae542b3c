"""Configuration from environment variables: every variable that is missing or wrong is reported at once."""

from __future__ import annotations

import collections
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import InvalidInput, problem


@dataclass(frozen=True)
class Text:
    """A variable that must be set and not empty, unless it has a default."""

    variable: str
    default: str | None = None

    def read(self, environment: Mapping[str, str]) -> str:
        value = environment.get(self.variable) or self.default
        if value is None:
            raise ValueError(problem(self.variable, environment.get(self.variable), "a value that is not empty is needed"))
        return value


@dataclass(frozen=True)
class Whole:
    """A variable that holds a whole number from `least` to `most`."""

    variable: str
    default: int
    least: int
    most: int

    def read(self, environment: Mapping[str, str]) -> int:
        given = environment.get(self.variable)
        if not given:
            return self.default
        if given.isascii() and given.isdigit() and self.least <= int(given) <= self.most:
            return int(given)
        raise ValueError(problem(self.variable, given, f"a whole number from {self.least} to {self.most} is allowed"))


def read(environment: Mapping[str, str] | None = None, **variables: Text | Whole) -> Any:
    """The values as attributes of one immutable value, named as the keyword arguments are.

    Raises InvalidInput with the problems of all variables. Pass `environment` in tests; default is the process's own.
    """
    source = os.environ if environment is None else environment
    values: dict[str, object] = {}
    problems = []
    for name, variable in variables.items():
        try:
            values[name] = variable.read(source)
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise InvalidInput(problems, "Set it under `environment` in the function's manifest and deploy again.")
    return collections.namedtuple("Settings", list(values))(**values)
