from __future__ import annotations

import pytest
from datalake import datasets
from datalake.columns import Column
from datalake.errors import InvalidInput


def test_a_declared_dataset_is_found_with_what_it_says(lake):
    found = datasets.find(lake.table("datasets"), "engineering", "meteorites")
    assert (found.pipeline, found.min_items, found.max_items) == ("main", 10, 100)
    assert (found.stage_a_transform, found.stage_b_transform) == ("meteorite_record", "csv_to_parquet")
    assert datasets.columns(found.columns)[4] == Column("mass_g", "double")


def test_one_that_is_not_declared_is_refused_by_name(lake):
    with pytest.raises(InvalidInput, match='dataset "engineering-comets"'):
        datasets.find(lake.table("datasets"), "engineering", "comets")


@pytest.mark.parametrize(
    "change",
    [
        {"pipeline": ""},
        {"transforms": None},
        {"min_items_process": 0},
        {"min_items_process": 101},
        {"max_items_process": 1_001},
        {"max_items_process": "100"},
    ],
)
def test_a_record_that_is_not_right_is_refused(lake, change):
    with pytest.raises(InvalidInput, match="Correct it in app/datasets.json"):
        datasets.read({**lake.declared["datasets"][0], **change})


@pytest.mark.parametrize("declared", [[], None, [{"name": "a"}], [{"name": "a", "type": "float"}], ["a"]])
def test_columns_of_another_form_are_refused(declared):
    with pytest.raises(InvalidInput, match="columns"):
        datasets.columns(declared)


@pytest.mark.parametrize(("status", "active"), [("ACTIVE", True), ("PAUSED", False), (None, False)])
def test_a_pipeline_is_active_only_if_its_record_says_so(lake, status, active):
    name = "engineering-main-post-stage"
    if status is None:
        lake.table("pipelines").delete({"name": name})
    else:
        lake.table("pipelines").put({"name": name, "status": status})
    dataset = datasets.find(lake.table("datasets"), "engineering", "meteorites")
    assert datasets.is_active(lake.table("pipelines"), dataset, "post-stage") is active
    assert datasets.is_active(lake.table("pipelines"), dataset, "pre-stage") is True
