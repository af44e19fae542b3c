"""Moments: always UTC, written as ISO 8601 with milliseconds, so that their texts sort as they do."""

from __future__ import annotations

import datetime
from typing import Callable

Clock = Callable[[], datetime.datetime]
"""Tells the present moment. Given to everything that writes one, so that tests can say when it is."""


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def text(moment: datetime.datetime) -> str:
    """`2026-01-31T12:00:00.000Z`."""
    return moment.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(written: str) -> datetime.datetime:
    """The moment that a text stands for; one without a zone is in UTC. Raises ValueError."""
    found = datetime.datetime.fromisoformat(written.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=datetime.timezone.utc)


def seconds_between(start: str, end: datetime.datetime) -> float:
    """Seconds with three decimals."""
    return round((end - moment(start)).total_seconds(), 3)


def before(moment_: datetime.datetime, seconds: float) -> str:
    """The text of the moment that was so many seconds earlier."""
    return text(moment_ - datetime.timedelta(seconds=seconds))
