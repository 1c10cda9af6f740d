"""A demonstration that is told to end takes its network and its home with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from netdojo import runtimes

from ..conftest import processes_of

UP = 120.0
"""Seconds for the notebook to be built and the network to be up, on a machine that does other work as well."""
GONE = 30.0


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder in which a demonstration makes its home; a network that is still in one is ended.

    Its name is short: a kernel's sockets are below it, and the path of a socket has no more than 107 bytes.
    """
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
        for home in Path(folder).glob("netdojo-demo-*"):
            monkeypatch.setenv("NETDOJO_HOME", str(home))
            for network in runtimes.networks():
                runtimes.destroy(network)


@pytest.mark.parametrize(
    ("mark", "told"),
    [("network.json", signal.SIGTERM), ("log", signal.SIGHUP)],
    ids=["up", "coming-up"],
)
def test_demo_that_is_told_to_end_leaves_nothing(temporary: Path, mark: str, told: signal.Signals) -> None:
    """While its network is up, or comes up: the signal's exit code, and no network, process or folder is left."""
    with subprocess.Popen(
        [sys.executable, "-m", "netdojo.cli", "demo"],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        end = time.monotonic() + UP
        while not list(temporary.glob(f"netdojo-demo-*/networks/*/{mark}")):
            assert demo.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        assert [] != processes_of(temporary)
        demo.send_signal(told)
        said, _ = demo.communicate(timeout=GONE)

    assert 128 + told == demo.returncode, said
    assert "Traceback" not in said
    end = time.monotonic() + GONE
    while left := [*processes_of(temporary), *map(str, temporary.iterdir())]:
        assert time.monotonic() < end, left
        time.sleep(0.05)
