from __future__ import annotations

import json
import pathlib

import pytest
from datalake import datasets, transforms
from datalake.columns import Column
from datalake.errors import InvalidInput

APP = pathlib.Path(__file__).parent.parent.parent


STAGE_A = ["meteorite_record"]
STAGE_B = ["csv_to_parquet"]


def test_every_transform_is_one_of_the_two_kinds_and_can_be_found_as_that():
    assert transforms.names() == sorted([*STAGE_A, *STAGE_B])
    for name in STAGE_A:
        transform = transforms.find(name)
        assert transform.name == name
        assert all(isinstance(column, Column) for column in transform.columns)
        assert len({column.name for column in transform.columns}) == len(transform.columns) > 0
    for name in STAGE_B:
        transform = transforms.find_batch(name)
        assert (transform.name, transform.suffix[0]) == (name, ".")


def test_one_new_file_is_one_new_transform_of_either_stage(tmp_path, monkeypatch):
    line = 'from datalake.columns import Column\nCOLUMNS = (Column("a"),)\ndef transform(record):\n    return {"a": record["a"]}\n'
    file = 'SUFFIX = ".txt"\nCONTENT_TYPE = "text/plain"\ndef combine(objects, columns):\n    return b"".join(b for _, b in objects), 1\n'
    (tmp_path / "added.py").write_text(line)
    (tmp_path / "joined.py").write_text(file)
    monkeypatch.setattr(transforms, "__path__", [*transforms.__path__, str(tmp_path)])
    assert transforms.find("added").line(b'{"a": "x,y"}') == b'"x,y"\n'
    assert transforms.find_batch("joined").combine([("a", b"1"), ("b", b"2")], ()) == (b"12", 1)


def test_a_transform_of_the_other_stage_is_refused():
    with pytest.raises(InvalidInput, match="one of stage A, with transform, COLUMNS, is needed"):
        transforms.find("csv_to_parquet")
    with pytest.raises(InvalidInput, match="one of stage B, with combine"):
        transforms.find_batch("meteorite_record")


def test_the_declared_columns_of_every_dataset_are_those_that_its_transform_writes():
    declared = json.loads((APP / "datasets.json").read_text())["datasets"]
    assert declared
    for dataset in declared:
        written = transforms.find(dataset["transforms"]["stage_a_transform"]).columns
        assert datasets.columns(dataset["columns"]) == tuple(written)
        transforms.find_batch(dataset["transforms"]["stage_b_transform"])


@pytest.mark.parametrize("name", ["", "meteorite", "../errors", "os", "datalake.errors", "Meteorite_Record"])
def test_an_unknown_name_is_refused_with_those_there_are(name):
    with pytest.raises(InvalidInput, match=r"one of .*meteorite_record.* is allowed"):
        transforms.find(name)


@pytest.mark.parametrize("document", [b"", b"{", b"\xff\xff", b"[]", b'"a"', b"null", b"[{}]"])
def test_a_document_that_is_not_one_json_object_is_refused(document):
    with pytest.raises(InvalidInput):
        transforms.find("meteorite_record").line(document)


def test_a_byte_order_mark_is_not_part_of_the_record():
    assert transforms.find("meteorite_record").line('\ufeff{"id": "1", "name": "a"}'.encode()) == b"1,a,,,,,,,,\n"


def test_the_folder_holds_nothing_but_transforms():
    folder = pathlib.Path(transforms.__file__).parent
    assert sorted(path.stem for path in folder.glob("*.py")) == ["__init__", *transforms.names()]
