"""Errors that tell what was given, what is allowed and what to do next."""

from __future__ import annotations

import json
from collections.abc import Sequence


class InvalidInput(ValueError):
    """Something from outside (an event, a record, the environment) is not usable. All problems of it at once."""

    def __init__(self, problems: Sequence[str], fix: str) -> None:
        self.problems = tuple(problems)
        self.fix = fix
        super().__init__(f"{'; '.join(self.problems)}. {fix}")


def problem(name: str, given: object, allowed: str) -> str:
    """One problem: `name "given": allowed`. The value is shown as ASCII JSON, cut at 80 characters."""
    return f"{name} {quote(given)}: {allowed}"


def quote(value: object) -> str:
    """JSON with escapes for everything that is not printable ASCII, so that no input reaches a terminal raw."""
    text = json.dumps(value, default=repr)
    return text if len(text) <= 80 else f"{text[:77]}..."
