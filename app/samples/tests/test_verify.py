from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pyarrow
import pyarrow.parquet
import pytest

FOLDER = pathlib.Path(__file__).parent.parent
KINDS = {"mass_g": pyarrow.float64(), "year": pyarrow.int32(), "latitude": pyarrow.float64(), "longitude": pyarrow.float64()}
NAMES = ("id", "name", "nametype", "recclass", "mass_g", "fall", "year", "latitude", "longitude", "geolocation")


def rows(samples):
    """Right rows, written out by a third way: neither the transform's nor the script's."""
    for body in samples.values():
        record = json.loads(body)
        place = record.get("geolocation")
        yield {
            **{name: record.get(name) for name in ("id", "name", "nametype", "recclass", "fall")},
            "mass_g": float(record["mass"]) if "mass" in record else None,
            "year": int(record["year"].split("-")[0]) if "year" in record else None,
            "latitude": float(record["reclat"]) if "reclat" in record else None,
            "longitude": float(record["reclong"]) if "reclong" in record else None,
            "geolocation": "({latitude}, {longitude})".format(**place) if place else None,
        }


def written(file, found, kinds):
    schema = pyarrow.schema([(name, kinds.get(name, pyarrow.string())) for name in NAMES])
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(found, schema=schema), file)
    return str(file)


def verify(tmp_path, found, kinds=KINDS, folder=FOLDER, more=()):
    """`found` in a file of the given types; `more` in a second one of the right types."""
    files = [written(tmp_path / "x.parquet", found, kinds), *([written(tmp_path / "y.parquet", more, KINDS)] if more else [])]
    command = [sys.executable, str(FOLDER / "verify.py"), str(folder), *files]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_right_rows_in_any_order_pass_with_a_line_a_record(tmp_path, samples):
    result = verify(tmp_path, list(rows(samples))[::-1])
    lines = result.stdout.splitlines()
    assert (result.returncode, result.stderr) == (0, "")
    assert [line.split(":")[0] for line in lines[:-1]] == [f"ok  {name}" for name in samples]
    assert lines[-1] == f"{len(samples)} samples, {len(samples)} rows, 10 fields each, 0 different"


def test_the_rows_of_several_files_count_together(tmp_path, samples):
    found = list(rows(samples))
    assert verify(tmp_path, found[:4], more=found[4:]).returncode == 0
    assert verify(tmp_path, found[:4], more=found[3:]).returncode == 1
    assert verify(tmp_path, found[:4], {**KINDS, "year": pyarrow.int64()}, more=found[4:]).returncode == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_difference_in_any_field_of_one_record_is_found(tmp_path, samples, name):
    found = list(rows(samples))
    other = found[0][name]
    found[0][name] = other + 1 if isinstance(other, (int, float)) else other + "x"
    result = verify(tmp_path, found)
    assert result.returncode == 1
    assert sum(line.startswith("BAD") for line in result.stdout.splitlines()) == (2 if name == "id" else 1)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "id"])
def test_a_value_that_was_lost_or_made_up_is_found(tmp_path, samples, name):
    found = list(rows(samples))
    row = next((row for row in found if row[name] is None), found[0])
    row[name] = None if row[name] is not None else 0 if name in KINDS else ""
    assert verify(tmp_path, found).returncode == 1


def test_a_row_too_many_too_few_or_twice_is_found(tmp_path, samples):
    found = list(rows(samples))
    assert verify(tmp_path, found[1:]).returncode == 1
    assert verify(tmp_path, [*found, found[0]]).returncode == 1
    assert verify(tmp_path, [*found, {**found[0], "id": "1"}]).returncode == 1
    assert verify(tmp_path, []).returncode == 1


def test_a_column_of_another_type_is_found(tmp_path, samples):
    assert verify(tmp_path, list(rows(samples)), {**KINDS, "year": pyarrow.int64()}).returncode == 1


def test_a_folder_without_samples_is_not_a_pass(tmp_path, samples):
    empty = tmp_path / "empty"
    empty.mkdir()
    result = verify(tmp_path, [], folder=empty)
    assert (result.returncode, result.stdout) == (2, "")
    assert "name the folder with the samples" in result.stderr
