"""MiniStack for the tests: conditions on items, and what queues hide, are checked by an implementation that is not ours."""

from __future__ import annotations

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

START_WITHIN = 60
"""Seconds."""


@contextlib.contextmanager
def running(folder: pathlib.Path) -> Iterator[str]:
    """The address of a MiniStack of its own, which ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "ministack.log"
    own = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "STATE_DIR": str(folder / "state"), "TMPDIR": str(folder)}
    # Settings for the local AWS of a shell must not reach this one.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MINISTACK_")) and name not in ("AUTH", "PERSIST_STATE")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"], env={**inherited, **own}, cwd=folder, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(process, address, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], address: str, log: pathlib.Path) -> None:
    end = time.monotonic() + START_WITHIN
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError):
            urllib.request.urlopen(f"{address}/_ministack/health", timeout=1).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"MiniStack did not start:\n{log.read_text(errors='replace')[-2_000:]}")
