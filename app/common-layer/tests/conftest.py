from __future__ import annotations

import datetime

import pytest


class Hands:
    """A clock that stands still until it is set on."""

    def __init__(self) -> None:
        self.moment = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.timezone.utc)

    def __call__(self) -> datetime.datetime:
        return self.moment

    def on(self, seconds: float) -> None:
        self.moment += datetime.timedelta(seconds=seconds)


@pytest.fixture
def now() -> Hands:
    return Hands()
