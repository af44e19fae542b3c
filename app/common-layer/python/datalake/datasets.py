"""The records that declare datasets and pipelines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .columns import Column
from .errors import InvalidInput, problem
from .tables import Item, Table

MOST_ITEMS = 1_000
"""Objects in one batch: the list of their ids must fit into one item of 400 KB."""

# Glue's name of a type to that of `Column`.
_KINDS = {"string": "string", "int": "int32", "int32": "int32", "double": "double"}


@dataclass(frozen=True)
class Dataset:
    name: str
    team: str
    dataset: str
    pipeline: str
    min_items: int
    max_items: int
    stage_a_transform: str
    stage_b_transform: str
    columns: tuple[Mapping[str, str], ...]


def find(table: Table, team: str, dataset: str) -> Dataset:
    """Raises InvalidInput for one that is not declared, or not rightly."""
    name = f"{team}-{dataset}"
    record = table.get(name=name)
    if record is None:
        raise InvalidInput([problem("dataset", name, "one of the declared datasets is allowed")], "Declare it in app/datasets.json.")
    return read(record)


def read(record: Item) -> Dataset:
    """Raises InvalidInput with all problems of a record."""
    problems = [
        problem(f"dataset {record.get('name')}", sorted(record), f"{member} is needed")
        for member in ("name", "team", "dataset", "pipeline", "transforms")
        if not record.get(member)
    ]
    least, most = record.get("min_items_process", 1), record.get("max_items_process", 100)
    if not (isinstance(least, int) and isinstance(most, int) and 1 <= least <= most <= MOST_ITEMS):
        allowed = f"whole numbers from 1 to {MOST_ITEMS}, the first not above the second, are allowed"
        problems.append(problem("min_items_process, max_items_process", [least, most], allowed))
    if problems:
        raise InvalidInput(problems, "Correct it in app/datasets.json and deploy again.")
    transforms = record["transforms"]
    return Dataset(
        record["name"],
        record["team"],
        record["dataset"],
        record["pipeline"],
        least,
        most,
        transforms.get("stage_a_transform", ""),
        transforms.get("stage_b_transform", ""),
        tuple(record.get("columns", ())),
    )


def is_active(pipelines: Table, dataset: Dataset, stage: str) -> bool:
    """Whether the dataset's pipeline for `pre-stage` or `post-stage` may run."""
    record = pipelines.get(name=f"{dataset.team}-{dataset.pipeline}-{stage}")
    return record is not None and record.get("status") == "ACTIVE"


def columns(declared: Any) -> tuple[Column, ...]:
    """The columns of a dataset from its declaration. Raises InvalidInput."""
    try:
        found = tuple(Column(column["name"], _KINDS[column["type"]]) for column in declared)
    except (KeyError, TypeError, ValueError) as error:
        allowed = f"a list of `name` and `type` ({', '.join(_KINDS)}) is allowed"
        raise InvalidInput([problem("columns", declared, allowed)], "Correct it in app/datasets.json.") from error
    if not found:
        raise InvalidInput([problem("columns", declared, "at least one is needed")], "Declare them in app/datasets.json.")
    return found
