from __future__ import annotations

import pytest
from datalake.tables import ConditionFailed, decode, encode


@pytest.fixture
def table(lake):
    return lake.table("executions")


@pytest.mark.parametrize(
    "value",
    ["", "é😀", 0, -7, 12.004, 0.1, 1e-7, True, None, [], ["a", 1, 0.5], {}, {"a": {"b": [1.25, "x"]}}, 2**60],
)
def test_what_is_put_comes_back_as_it_was(table, value):
    table.put({"id": "a", "value": value})
    found = table.get(id="a")
    assert found == {"id": "a", "value": value}
    assert type(found["value"]) is type(value)
    assert decode(encode({"v": value})) == {"v": value}


def test_an_item_that_is_not_there_is_none(table):
    assert table.get(id="gone") is None
    assert table.get_all([{"id": "gone"}]) == []
    assert table.get_all([]) == []


def test_an_update_makes_changes_and_removes_and_answers_the_whole_item(table):
    assert table.update({"id": "a"}, {"status": "X"}, once={"size": 1}) == {"id": "a", "status": "X", "size": 1}
    changed = table.update({"id": "a"}, {"status": "Y"}, once={"size": 2}, remove=("gone",))
    assert changed == {"id": "a", "status": "Y", "size": 1}
    assert table.update({"id": "a"}, {"status": "Y"}, remove=("size",)) == {"id": "a", "status": "Y"}


def test_a_condition_that_does_not_hold_tells_what_the_item_is_and_changes_nothing(table):
    table.put({"id": "a", "status": "X", "job": {"id": "j"}})
    with pytest.raises(ConditionFailed) as caught:
        table.update({"id": "a"}, {"status": "Y"}, "#job.#id = :job", job="other")
    assert caught.value.item == {"id": "a", "status": "X", "job": {"id": "j"}}
    with pytest.raises(ConditionFailed) as caught:
        table.update({"id": "b"}, {"status": "Y"}, "attribute_exists(#id)")
    assert caught.value.item is None
    assert table.get(id="a")["status"] == "X"
    assert table.get(id="b") is None


def test_conditions_hold_for_putting_and_deleting_too(table):
    table.put({"id": "a", "status": "X"}, "attribute_not_exists(#id)")
    with pytest.raises(ConditionFailed):
        table.put({"id": "a", "status": "Z"}, "attribute_not_exists(#id)")
    with pytest.raises(ConditionFailed):
        table.delete({"id": "a"}, "#status = :wanted", wanted="Y")
    table.delete({"id": "a"}, "#status = :wanted", wanted="X")
    assert table.get(id="a") is None


def test_an_error_that_is_no_condition_passes_through(lake):
    from datalake.tables import Table

    with pytest.raises(lake.dynamodb.exceptions.ResourceNotFoundException):
        Table("no-such-table", lake.dynamodb).get(id="a")


def test_a_query_filters_orders_and_stops_at_what_was_asked_for(table):
    for number in range(9):
        record = {
            "id": str(number),
            "stage": "B",
            "started_at": f"2026-01-0{9 - number}",
            "status": "X" if number % 2 else "Y",
        }
        table.put({**record, "filler": "x" * 200_000})
    everything = table.query("by_stage", "#stage = :stage", stage="B")
    assert [record["id"] for record in everything] == list("876543210")
    assert [record["id"] for record in table.query("by_stage", "#stage = :stage", 2, stage="B")] == ["8", "7"]
    filtered = table.query("by_stage", "#stage = :stage", filtered="#status = :status", stage="B", status="X")
    assert [record["id"] for record in filtered] == list("7531")
    assert len(table.scan()) == 9
