from __future__ import annotations

import pytest
from datalake.columns import Column


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("string", "", None),
        ("string", " a ", " a "),
        ("int32", "", None),
        ("int32", "-2147483648", -2147483648),
        ("int32", "0861", 861),
        ("double", "", None),
        ("double", "50.775000", 50.775),
        ("double", "-0.5e3", -500.0),
    ],
)
def test_a_text_becomes_the_value_of_its_kind(kind, text, value):
    parsed = Column("c", kind).parse(text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("int32", "2147483648"),
        ("int32", "1.0"),
        ("int32", "1_000"),
        ("int32", " 1"),
        ("int32", "\u0661"),
        ("double", "nan"),
        ("double", "inf"),
        ("double", "1e999"),
        ("double", "1_0.0"),
        ("double", "1,5"),
        ("double", "1\n"),
    ],
)
def test_what_python_would_accept_but_no_other_reader_is_refused_with_column_and_value(kind, text):
    with pytest.raises(ValueError, match=r"^mass_g "):
        Column("mass_g", kind).parse(text)


def test_an_unknown_kind_is_refused_when_the_column_is_declared():
    with pytest.raises(ValueError, match='"float": one of string, int32, double is allowed'):
        Column("a", "float")
