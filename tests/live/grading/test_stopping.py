"""Ctrl-C while a notebook sleeps: all of it is gone within seconds, whichever command it was."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from netdojo import places, runtimes
from netdojo.grading.confined import children, start_of

if TYPE_CHECKING:
    from tests.live.grading.conftest import Workbench

SLEEPS = "import subprocess\nsubprocess.run(['sleep', '50.5'])\nnumber = 42"
STARTS = 40.0
"""Seconds until the notebook sleeps."""
GONE = 6.0
"""Seconds from the signal to the end."""


@pytest.fixture
def sleepy(course: Path, tmp_path: Path) -> Path:
    """The tiny course, whose wrong answers sleep as well as its solution."""
    made = tmp_path / "sleepy"
    shutil.copytree(course, made)
    master = made / "graders" / "tiny" / "notebook.py"
    source = master.read_text(encoding="utf-8")
    assert "number = 42\n" in source
    master.write_text(source.replace("number = 42\n", SLEEPS + "\n"), encoding="utf-8")
    return made


@contextmanager
def running(course: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Run `netdojo` as a shell does: in a group of its own, which hears Ctrl-C as a whole."""
    process = subprocess.Popen(
        ["env", "--default-signal=INT", sys.executable, "-c", "from netdojo.cli import app; app()", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "NETDOJO_COURSE": str(course)},
        start_new_session=True,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def descendants(pid: int) -> set[int]:
    """Return a process's children, and theirs."""
    found = set(children(pid))
    return found.union(*(descendants(child) for child in found))


def sleepers(pids: set[int]) -> list[int]:
    return [pid for pid in pids if command_of(pid).startswith("sleep 50.5")]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def wait_until(holds: Callable[[], bool], deadline: float) -> None:
    """Poll until `holds`; raises AssertionError at the deadline (seconds)."""
    end = time.monotonic() + deadline
    while not holds():
        assert time.monotonic() < end, f"not so within {deadline} s"
        time.sleep(0.05)


def interrupted(
    process: subprocess.Popen[str], sleeping: int, way: signal.Signals = signal.SIGINT
) -> tuple[int, float]:
    """Interrupt the group once `sleeping` notebooks sleep; return its exit code and the seconds that it took."""
    wait_until(lambda: len(sleepers(descendants(process.pid))) == sleeping, STARTS)
    ours = {pid: start_of(pid) for pid in descendants(process.pid)}
    os.killpg(process.pid, way)
    began = time.monotonic()
    code = process.wait(GONE * 3)
    took = time.monotonic() - began
    assert [] == [command_of(pid) for pid, started in ours.items() if started and start_of(pid) == started]
    return code, took


def left(pid: int) -> list[str]:
    """Return the networks and scratch folders that are of the grader `pid` that are still there."""
    return [network.name for network in runtimes.networks()] + [
        folder.name for folder in Path(tempfile.gettempdir()).glob(f"netdojo-grade-{pid}-*")
    ]


@pytest.mark.parametrize("record", [[], ["--record"]])
def test_grade_ends_at_once(bench: Workbench, home: Path, course: Path, record: list[str]) -> None:
    """A grading that is interrupted in a cell ends within seconds with code 130, and records nothing."""
    folder = bench.hand_in(bench.notebook(number=SLEEPS))
    with running(course, "grade", "tiny", "--submission", str(folder), *record) as process:
        code, took = interrupted(process, 1)

    assert 130 == code
    assert took < GONE
    assert [] == left(process.pid)
    assert not (places.submissions() / "tiny").exists()


@pytest.mark.parametrize(("way", "ends"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_prove_ends_at_once(sleepy: Path, home: Path, way: signal.Signals, ends: int) -> None:
    """A proof that is interrupted while two notebooks sleep in threads ends as quickly, and leaves no network."""
    with running(sleepy, "lab", "prove", "tiny") as process:
        code, took = interrupted(process, 2, way)

    assert ends == code
    assert took < GONE
    assert [] == left(process.pid)
