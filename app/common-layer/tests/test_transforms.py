from __future__ import annotations

import pathlib

import pytest
from datalake import transforms
from datalake.columns import Column
from datalake.errors import InvalidInput


def test_every_transform_has_columns_of_different_names_and_can_be_found():
    assert "meteorite_record" in transforms.names()
    for name in transforms.names():
        transform = transforms.find(name)
        assert transform.name == name
        assert transform.columns
        assert all(isinstance(column, Column) for column in transform.columns)
        assert len({column.name for column in transform.columns}) == len(transform.columns)


def test_one_new_file_is_one_new_transform(tmp_path, monkeypatch):
    text = (
        'from datalake.columns import Column\nCOLUMNS = (Column("a"),)\ndef transform(record):\n    return {"a": record["a"]}\n'
    )
    (tmp_path / "added.py").write_text(text)
    monkeypatch.setattr(transforms, "__path__", [*transforms.__path__, str(tmp_path)])
    assert transforms.names() == ["added", "meteorite_record"]
    assert transforms.find("added").line(b'{"a": "x,y"}') == b'"x,y"\n'


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
