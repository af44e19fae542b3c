#!/usr/bin/env python3
"""Compares Parquet files with the sample records that they were made from, field by field.

    verify.py SAMPLES PARQUET...

SAMPLES is a folder with one JSON record a file; the rows of all files together are compared. Prints a line a record. Exit status: 0 every field is equal and there is
no row too few or too many; 1 there is a difference; 2 the arguments or files are not usable. Needs pyarrow.

What is expected is worked out here from the JSON alone, with none of the application's own code: a fault in a transform
must not hide itself.
"""

from __future__ import annotations

import argparse
import collections
import json
import pathlib
import sys
from typing import Any

TYPES = {
    "id": "string",
    "name": "string",
    "nametype": "string",
    "recclass": "string",
    "mass_g": "double",
    "fall": "string",
    "year": "int32",
    "latitude": "double",
    "longitude": "double",
    "geolocation": "string",
}


def expected(record: dict[str, Any]) -> dict[str, Any]:
    """The row that a record must have become."""

    def number(member: str) -> float | None:
        return float(record[member]) if member in record else None

    place = record.get("geolocation")
    return {
        "id": record["id"],
        "name": record["name"],
        "nametype": record.get("nametype"),
        "recclass": record.get("recclass"),
        "mass_g": number("mass"),
        "fall": record.get("fall"),
        "year": int(record["year"][:4]) if "year" in record else None,
        "latitude": number("reclat"),
        "longitude": number("reclong"),
        "geolocation": f"({place['latitude']}, {place['longitude']})" if place else None,
    }


def compare(samples: dict[str, dict[str, Any]], types: dict[str, str], rows: list[dict[str, Any]]) -> list[tuple[bool, str]]:
    """One result a sample, and one for every other finding: whether it is right, and a line that says so."""
    results = []
    if types != TYPES:
        results.append((False, f"columns: {show(types)}, expected {show(TYPES)}"))
    by_id = collections.defaultdict(list)
    for row in rows:
        by_id[row.get("id")].append(row)
    for file, record in sorted(samples.items()):
        wanted = expected(record)
        found = by_id.pop(wanted["id"], [])
        if len(found) != 1:
            results.append((False, f"{file}: {len(found)} rows with id {wanted['id']}, expected 1"))
            continue
        wrong = [
            f"{name} is {show(found[0].get(name))}, expected {show(value)}"
            for name, value in wanted.items()
            if found[0].get(name) != value or type(found[0].get(name)) is not type(value)
        ]
        text = "; ".join(wrong) if wrong else f"{len(wanted)} fields equal ({show(wanted['name'])})"
        results.append((not wrong, f"{file}: {text}"))
    for identity, left in sorted(by_id.items(), key=repr):
        results.append((False, f"{len(left)} rows with id {show(identity)}, of which there is no sample"))
    return results


def show(value: object) -> str:
    return json.dumps(value)


def main() -> int:
    parser = argparse.ArgumentParser(description="Compares Parquet files with their sample records, field by field.")
    parser.add_argument("samples", type=pathlib.Path, help="folder with one JSON record a file")
    parser.add_argument("parquet", type=pathlib.Path, nargs="+", help="a Parquet file")
    arguments = parser.parse_args()
    try:
        import pyarrow.parquet

        samples = {file.name: json.loads(file.read_bytes()) for file in sorted(arguments.samples.glob("*.json"))}
        if not samples:
            raise ValueError(f"{arguments.samples} has no *.json; name the folder with the samples")
        # A process that ends right after a read with threads aborts now and then: Arrow's pool may still be starting one.
        tables = [pyarrow.parquet.read_table(file, use_threads=False) for file in arguments.parquet]
    except (ImportError, OSError, ValueError) as error:
        print(f"verify: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    kinds = [{field.name: str(field.type) for field in table.schema} for table in tables]
    types = next((found for found in kinds if found != TYPES), TYPES)
    rows = [row for table in tables for row in table.to_pylist()]
    results = compare(samples, types, rows)
    for right, line in results:
        print(f"{'ok ' if right else 'BAD'} {line}")
    bad = sum(not right for right, _ in results)
    print(f"{len(samples)} samples, {len(rows)} rows, {len(TYPES)} fields each, {bad} different")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
