from __future__ import annotations

import pytest
from datalake import config
from datalake.errors import InvalidInput


def test_values_come_as_attributes_and_cannot_be_changed():
    settings = config.read({"A": "x", "N": "12"}, a=config.Text("A"), n=config.Whole("N", 1, 1, 20))
    assert (settings.a, settings.n) == ("x", 12)
    with pytest.raises(AttributeError):
        settings.a = "y"


def test_an_absent_or_empty_variable_takes_its_default():
    settings = config.read({"A": "", "N": ""}, a=config.Text("A", default="d"), n=config.Whole("N", 7, 1, 20))
    assert (settings.a, settings.n) == ("d", 7)


def test_all_problems_are_reported_at_once_and_say_what_to_do():
    with pytest.raises(InvalidInput) as caught:
        config.read({"B": "", "N": "21"}, a=config.Text("A"), b=config.Text("B"), n=config.Whole("N", 1, 1, 20))
    assert len(caught.value.problems) == 3
    assert 'N "21": a whole number from 1 to 20 is allowed' in str(caught.value)
    assert str(caught.value).endswith("in the function's manifest and deploy again.")


def test_the_environment_of_the_process_is_the_default(monkeypatch):
    monkeypatch.setenv("STAGE_BUCKET", "b")
    assert config.read(stage=config.Text("STAGE_BUCKET")).stage == "b"
