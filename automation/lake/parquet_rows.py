#!/usr/bin/env python3
"""Prints rows of Parquet files as one line of JSON: {"columns": [...], "rows": [[...], ...]}, in the order of the files.

    parquet_rows.py [--column NAME] PARQUET...

With --column only that one. Exit status: 0; 2 a file cannot be read. Needs pyarrow.
"""

from __future__ import annotations

import argparse
import json
import sys


def main() -> int:
    parser = argparse.ArgumentParser(description="Prints rows of Parquet files as JSON.")
    parser.add_argument("--column", action="append", help="print only this column; may be given several times")
    parser.add_argument("parquet", nargs="+")
    arguments = parser.parse_args()
    columns: list[str] = arguments.column or []
    rows: list[list[object]] = []
    try:
        import pyarrow.parquet

        for file in arguments.parquet:
            # A process that ends right after a read with threads aborts now and then: Arrow's pool may still be starting one.
            table = pyarrow.parquet.read_table(file, columns=arguments.column, use_threads=False)
            columns = columns or table.column_names
            rows += [[row[name] for name in columns] for row in table.to_pylist()]
    except (ImportError, KeyError, OSError, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    print(json.dumps({"columns": columns, "rows": rows}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
