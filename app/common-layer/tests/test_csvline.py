from __future__ import annotations

import itertools

import pytest
from datalake import csvline
from datalake.columns import Column
from datalake.errors import InvalidInput

TEXT = (Column("a"), Column("b"))


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (["a", "b"], "a,b\n"),
        (["a", None], "a,\n"),
        (["a", ""], "a,\n"),
        (["a,b", 'say "x"'], '"a,b","say ""x"""\n'),
        (["a\rb", "a\nb"], '"a\rb","a\nb"\n'),
        ([" a", "b "], '" a","b "\n'),
        (["高峰", "Ñ;\t'"], "高峰,Ñ;\t'\n"),
    ],
)
def test_the_quoting_rule_to_the_byte(values, line):
    assert csvline.write(values) == line.encode("utf-8")


def test_whatever_is_written_reads_back_as_it_was():
    pieces = ["", "a", " ", ",", '"', "\r", "\n", "é", "\u2028", "\x85", "=1+1", "😀"]
    for first, second in itertools.product(pieces, repeat=2):
        text = first + second
        rows = list(csvline.read(csvline.write([text, "x"]) + csvline.write(["y", text]), TEXT, "k"))
        assert rows == [(text or None, "x"), ("y", text or None)]


def test_the_longest_value_reads_back_and_a_longer_one_is_refused_when_writing():
    longest = "x" * csvline.LONGEST_FIELD
    assert list(csvline.read(csvline.write([longest, "b"]), TEXT, "k")) == [(longest, "b")]
    with pytest.raises(InvalidInput, match="at most 131072 characters"):
        csvline.write([longest + "x", "b"])


@pytest.mark.parametrize("text", ["a\0", "\ud800"])
def test_text_that_no_csv_can_carry_is_refused_when_writing(text):
    with pytest.raises(InvalidInput, match="Unicode text"):
        csvline.write([text])


def test_reading_reports_every_bad_row_with_its_object_and_number():
    columns = (Column("id"), Column("n", "int32"))
    with pytest.raises(InvalidInput) as caught:
        csvline.read(b"a,1\nb\n\nc,x\nd,4,5\n", columns, "csv/k.csv")
    assert [text.split(":")[0] for text in caught.value.problems] == [
        "csv/k.csv row 2 1",
        "csv/k.csv row 3 0",
        "csv/k.csv row 4",
        "csv/k.csv row 5 3",
    ]


@pytest.mark.parametrize("body", [b"\xff,a\n", b'"a,b\n', b'"a"b,c\n'])
def test_bytes_that_are_not_csv_in_utf8_name_the_object(body):
    with pytest.raises(InvalidInput, match=r"csv/k\.csv: CSV in UTF-8 is needed"):
        csvline.read(body, TEXT, "csv/k.csv")


def test_an_empty_object_has_no_rows():
    assert list(csvline.read(b"", TEXT, "k")) == []
