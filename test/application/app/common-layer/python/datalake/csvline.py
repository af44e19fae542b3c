"""CSV as this data lake writes it: UTF-8, no header, columns in the order of the transform, `\\n` after each line.

A value is quoted if it contains a comma, a quote, CR or LF, or begins or ends with a blank; quotes inside are doubled
(RFC 4180). A missing value is empty. The rule is spelled out here because `csv.writer` quotes a lone CR in some Python
versions and not in others, which would give the same record different bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from .columns import Column, Value
from .errors import InvalidInput, problem

LONGEST_FIELD = 131_072
"""Characters in one value: the default limit of Python's CSV reader, refused when writing so that reading never fails."""


def write(values: Sequence[str | None]) -> bytes:
    """One line. Raises InvalidInput for a value that is too long, has a NUL, or is not Unicode text (a lone surrogate)."""
    problems = []
    for index, value in enumerate(values, start=1):
        if value is not None and len(value) > LONGEST_FIELD:
            problems.append(problem(f"value {index}", value, f"at most {LONGEST_FIELD} characters are allowed"))
        if value is not None and ("\0" in value or any(0xD800 <= ord(character) <= 0xDFFF for character in value)):
            problems.append(problem(f"value {index}", value, "Unicode text without NUL and lone surrogates is allowed"))
    if problems:
        raise InvalidInput(problems, "Correct the record and put it again.")
    return (",".join(_field(value or "") for value in values) + "\n").encode("utf-8")


def read(body: bytes, columns: Sequence[Column], source: str) -> Iterator[tuple[Value, ...]]:
    """The rows of a CSV object, typed. Raises InvalidInput with all problems, each with `source` and row."""
    problems = []
    try:
        lines = list(csv.reader(io.StringIO(body.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput([f"{source}: CSV in UTF-8 is needed ({error})"], _FIX) from error
    rows = []
    for number, fields in enumerate(lines, start=1):
        if len(fields) != len(columns):
            problems.append(problem(f"{source} row {number}", len(fields), f"{len(columns)} values are needed"))
            continue
        row = []
        for column, text in zip(columns, fields):
            try:
                row.append(column.parse(text))
            except ValueError as error:
                problems.append(f"{source} row {number}: {error}")
        rows.append(tuple(row))
    if problems:
        raise InvalidInput(problems, _FIX)
    return iter(rows)


def _field(value: str) -> str:
    if value.startswith(" ") or value.endswith(" ") or any(character in value for character in ',"\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value


_FIX = "Put the record that it was made from again, or delete the object."
