"""Removes what writing Parquet does not need from an installed pyarrow (176 MB to about 110 MB), then proves that it works.

What `ldd` shows as needed by `pyarrow.lib` and `pyarrow.parquet` stays.
"""

import pathlib
import shutil
import subprocess
import sys

UNUSED = (
    "include",
    "includes",
    "src",
    "tests",
    "libarrow_flight.so.*",
    "libarrow_python_flight.so*",
    "_flight.*.so",
    "_pyarrow_cpp_tests.*.so",
    "libarrow_s3.so.*",
    "_s3fs.*.so",
    "*.pyx",
    "*.pxi",
    "*.pxd",
)

# Without threads: a process that ends right after a read aborts now and then (5 of 60 here), because Arrow's pool is
# still starting a thread while the interpreter tears it down ("terminate called without an active exception").
PROOF = """
import io
import pyarrow
import pyarrow.parquet
file = io.BytesIO()
pyarrow.parquet.write_table(pyarrow.table({"a": [1, None]}), file, compression="zstd")
assert pyarrow.parquet.read_table(file, use_threads=False).to_pydict() == {"a": [1, None]}
"""


def main(folder: pathlib.Path) -> None:
    for pattern in UNUSED:
        for path in (folder / "pyarrow").glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    subprocess.run([sys.executable, "-B", "-c", PROOF], check=True, cwd=folder)


main(pathlib.Path(sys.argv[1]))
