"""A record of NASA's "Meteorite Landings" (data.nasa.gov) as a row.

| column | from | |
| --- | --- | --- |
| `id`, `name` | the same | needed |
| `nametype`, `recclass`, `fall` | the same | text as it is |
| `mass_g` | `mass` | grams, 0 or more |
| `year` | `year` | `1880-01-01T00:00:00.000` or `1880`; only the year means anything |
| `latitude` | `reclat` | degrees, -90 to 90 |
| `longitude` | `reclong` | degrees, -180 to 360: finds on Mars are recorded from 0 to 360 |
| `geolocation` | `geolocation` | as `(latitude, longitude)` |

Numbers keep the digits they were given with. A member that is absent, null or empty is a missing value. Members that
are not listed, such as the computed regions that NASA's service adds, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..columns import Column
from ..errors import InvalidInput, problem

COLUMNS = (
    Column("id"),
    Column("name"),
    Column("nametype"),
    Column("recclass"),
    Column("mass_g", "double"),
    Column("fall"),
    Column("year", "int32"),
    Column("latitude", "double"),
    Column("longitude", "double"),
    Column("geolocation"),
)

_YEAR = re.compile(r"([0-9]{4})(-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?)?")


def transform(record: Mapping[str, Any]) -> dict[str, str | None]:
    """Raises InvalidInput with every problem of the record."""
    reader = _Reader(record)
    row = {
        "id": reader.text("id", needed=True),
        "name": reader.text("name", needed=True),
        "nametype": reader.text("nametype"),
        "recclass": reader.text("recclass"),
        "mass_g": reader.number("mass", 0, None),
        "fall": reader.text("fall"),
        "year": reader.year("year"),
        "latitude": reader.number("reclat", -90, 90),
        "longitude": reader.number("reclong", -180, 360),
        "geolocation": reader.place("geolocation"),
    }
    if reader.problems:
        raise InvalidInput(reader.problems, "Correct the record and put it again.")
    return row


class _Reader:
    def __init__(self, record: Mapping[str, Any]) -> None:
        self.record = record
        self.problems: list[str] = []

    def text(self, member: str, needed: bool = False) -> str | None:
        value = self.record.get(member)
        if value is None or value == "":
            if needed:
                self._refuse(member, value, "text that is not empty is needed")
            return None
        if not isinstance(value, str):
            return self._refuse(member, value, "text is allowed")
        return value

    def number(self, member: str, least: float, most: float | None) -> str | None:
        return self._number(member, self.record.get(member), least, most)

    def year(self, member: str) -> str | None:
        value = self.text(member)
        if value is None:
            return None
        match = _YEAR.fullmatch(value)
        if match is None:
            return self._refuse(member, value, "a year of four digits or a time like 1880-01-01T00:00:00.000 is allowed")
        return str(int(match.group(1)))

    def place(self, member: str) -> str | None:
        """Newer exports write GeoJSON points (longitude first, numbers), older ones latitude and longitude as text."""
        value = self.record.get(member)
        if value is None or value == "" or value == {}:
            return None
        coordinates = value.get("coordinates") if isinstance(value, dict) else None
        latitude = longitude = None
        if isinstance(coordinates, list) and len(coordinates) == 2:
            longitude, latitude = coordinates
        elif isinstance(value, dict):
            latitude, longitude = value.get("latitude"), value.get("longitude")
        if latitude in (None, "") or longitude in (None, ""):
            return self._refuse(member, value, "latitude and longitude, or a point with two coordinates, are allowed")
        north = self._number(f"{member}.latitude", latitude, -90, 90)
        east = self._number(f"{member}.longitude", longitude, -180, 360)
        return None if north is None or east is None else f"({north}, {east})"

    def _number(self, member: str, value: Any, least: float, most: float | None) -> str | None:
        if value is None or value == "":
            return None
        text = repr(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
        span = f"of at least {least}" if most is None else f"from {least} to {most}"
        try:
            number = Column(member, "double").parse(text)
        except (ValueError, TypeError):
            return self._refuse(member, value, f"a decimal number {span} is allowed")
        if not isinstance(number, float) or number < least or (most is not None and number > most):
            return self._refuse(member, value, f"a decimal number {span} is allowed")
        return text

    def _refuse(self, member: str, value: Any, allowed: str) -> None:
        self.problems.append(problem(member, value, allowed))
