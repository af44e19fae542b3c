from __future__ import annotations

import pytest
from datalake import transforms
from datalake.errors import InvalidInput
from datalake.transforms.meteorite_record import COLUMNS, transform

WHOLE = {
    "name": "Alder Moor",
    "id": "900001",
    "nametype": "Valid",
    "recclass": "L6",
    "mass": "1520",
    "fall": "Fell",
    "year": "1931-01-01T00:00:00.000",
    "reclat": "54.318200",
    "reclong": "-2.106700",
    "geolocation": {"latitude": "54.3182", "longitude": "-2.1067"},
}


def line(**changes):
    record = {name: value for name, value in {**WHOLE, **changes}.items() if value != "absent"}
    return [transform(record)[column.name] for column in COLUMNS]


def test_a_whole_record_in_the_documented_order():
    assert line() == [
        "900001", "Alder Moor", "Valid", "L6", "1520", "Fell", "1931", "54.318200", "-2.106700", "(54.3182, -2.1067)",
    ]  # fmt: skip


@pytest.mark.parametrize("missing", ["absent", None, ""])
def test_every_member_but_id_and_name_may_be_missing_in_three_ways(missing):
    optional = [name for name in WHOLE if name not in ("id", "name")]
    assert line(**{name: missing for name in optional}) == ["900001", "Alder Moor", *[None] * 8]


@pytest.mark.parametrize(
    ("member", "value", "column", "text"),
    [
        ("year", "0861-01-01T00:00:00.000", "year", "861"),
        ("year", "1880", "year", "1880"),
        ("mass", "0", "mass_g", "0"),
        ("mass", 21, "mass_g", "21"),
        ("mass", 0.5, "mass_g", "0.5"),
        ("reclong", "354.473330", "longitude", "354.473330"),
        ("reclat", "-90", "latitude", "-90"),
        ("geolocation", {"type": "Point", "coordinates": [6.08333, 50.775]}, "geolocation", "(50.775, 6.08333)"),
        ("geolocation", {}, "geolocation", None),
        ("name", " two  blanks ", "name", " two  blanks "),
    ],
)
def test_forms_that_the_source_is_known_to_use(member, value, column, text):
    assert transform({**WHOLE, member: value})[column] == text


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", None),
        ("id", 7),
        ("name", ""),
        ("name", ["a"]),
        ("mass", "heavy"),
        ("mass", "-1"),
        ("mass", "1_000"),
        ("mass", True),
        ("mass", float("nan")),
        ("mass", "1e999"),
        ("mass", {}),
        ("year", "in 1880"),
        ("year", "1880-01-01"),
        ("year", 1880),
        ("reclat", "90.1"),
        ("reclong", "-180.5"),
        ("reclong", "361"),
        ("geolocation", "(1, 2)"),
        ("geolocation", {"latitude": "1"}),
        ("geolocation", {"type": "Point", "coordinates": [1]}),
        ("geolocation", {"type": "Point", "coordinates": ["a", "b"]}),
        ("geolocation", {"type": "Point", "coordinates": [0, 91]}),
        ("geolocation", {"type": "Point", "coordinates": [None, 1]}),
    ],
)
def test_what_cannot_be_a_value_is_refused_and_named(member, value):
    with pytest.raises(InvalidInput, match=f"^{member}"):
        transform({**WHOLE, member: value})


def test_all_problems_of_a_record_come_at_once():
    with pytest.raises(InvalidInput) as caught:
        transform({"mass": "x", "year": "y", "reclat": "z"})
    assert [text.split(" ")[0] for text in caught.value.problems] == ["id", "name", "mass", "year", "reclat"]


def test_members_that_are_not_listed_are_left_out():
    assert transform({**WHOLE, ":@computed_region_cbhk_fwbd": "11"}) == transform(WHOLE)


def test_every_sample_becomes_one_line_of_ten_values(samples):
    meteorite = transforms.find("meteorite_record")
    lines = {name: meteorite.line(document) for name, document in samples.items()}
    assert len(set(lines.values())) == len(samples)
    assert all(text.endswith(b"\n") and text.count(b"\n") == 1 for text in lines.values())
    assert lines["old-bell.json"] == (
        b'900004,"Saint-Aubin ""Old Bell""",Valid,Eucrite-mmict,88.25,Found,1852,48.470000,3.590000,"(48.47, 3.59)"\n'
    )
    assert lines["name-only.json"] == "900009,Zělená Hora,Relict,Unknown,,Found,,,,\n".encode()
