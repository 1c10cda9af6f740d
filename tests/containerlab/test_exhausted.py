"""Where file handles, processes or room run out, a network of containers is told of and leaves nothing."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from netdojo import places, runtimes
from netdojo.model import Topology

from .conftest import Trial

ENOUGH = {"handles": "file handles", "processes": "processes", "room": "room"}
GROUPS = (Path("/sys/fs/cgroup/pids"), Path("/sys/fs/cgroup"))
"""Where the kernel counts a group's processes: version 1 and version 2."""


def attempt(topology: Topology, limit: Callable[[], None] = lambda: None) -> tuple[int, str]:
    """Deploy within a limit; return the exit code and what was said."""
    words = [sys.executable, "-m", "netdojo.cli", "topology", "deploy", str(topology.file), "--runtime", "containerlab"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=150, check=False, preexec_fn=limit)
    return done.returncode, done.stdout + done.stderr


@contextmanager
def room(kilobytes: int) -> Iterator[None]:
    """Give netdojo's home so much."""
    home = places.home()
    home.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=0700", "tmpfs", str(home)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(home)], check=True)


@contextmanager
def group(most: int) -> Iterator[Callable[[], None]]:
    """Yield what puts a process into a group of so many processes."""
    folder = next(one for one in GROUPS if (one / "cgroup.procs").exists()) / "netdojo-test"
    folder.mkdir()
    try:
        (folder / "pids.max").write_text(str(most))
        yield partial(join, folder)
    finally:
        folder.rmdir()


def join(folder: Path) -> None:
    """Put this process into a group."""
    (folder / "cgroup.procs").write_text(str(os.getpid()))


def told(of: str, code: int, said: str) -> bool:
    """Whether it worked, or was refused in words and with the code of what a machine lacks."""
    return "Traceback" not in said and (code == 0 or (code == 3 and ENOUGH[of] in said))


def homes() -> list[str]:
    """Return the folders that networks have."""
    return [path.name for path in places.networks().glob("*")]


def withdraw(topology: Topology, code: int) -> None:
    """End what was deployed, if it was."""
    if code == 0:
        runtimes.destroy(runtimes.find(topology.name))


@pytest.mark.parametrize("amount", [8, 20])
def test_want_of_handles_is_told(topology: Topology, trial: Trial, amount: int) -> None:
    """Of each amount, a deployment says what is wanting, or works; nothing is left, and the next one works."""
    code, said = attempt(topology, lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (amount, amount)))
    assert told("handles", code, said), said
    withdraw(topology, code)
    assert ([], []) == (trial.left(), homes())
    code, said = attempt(topology)
    assert 0 == code, said
    withdraw(topology, code)


@pytest.mark.parametrize("kilobytes", [8, 40])
def test_want_of_room_is_told(topology: Topology, trial: Trial, kilobytes: int) -> None:
    """So with room for netdojo's files, of which containerlab writes some."""
    with room(kilobytes):
        code, said = attempt(topology)
        assert told("room", code, said), said
        withdraw(topology, code)
        assert [] == homes()
    assert [] == trial.left()


@pytest.mark.parametrize("most", [2, 8, 11])
def test_want_of_processes_is_told(topology: Topology, trial: Trial, most: int) -> None:
    """So with processes and threads, of which docker's and containerlab's programs take several.

    What could not be ended for want of them is ended by the next call that looks for networks.
    """
    with group(most) as limit:
        code, said = attempt(topology, limit)
        assert told("processes", code, said), said
        withdraw(topology, code)
    assert [] == runtimes.networks()
    assert ([], []) == (trial.left(), homes())
