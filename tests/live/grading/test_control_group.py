"""The cap on a sandbox's processes, in a control group of the kernel."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from netdojo.grading import control_group
from netdojo.grading.control_group import SPARE, capped

MULTIPLIES = """
import os, time
born = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(600)
            os._exit(0)
        born += 1
except BlockingIOError:
    os.write(1, str(born).encode())
"""


@pytest.fixture(autouse=True)
def group_can_be_made() -> None:
    with capped(1) as enter:
        if not enter:
            pytest.skip("this user may make no control group with a pids controller: RLIMIT_NPROC holds instead")


def test_no_more_processes_than_the_cap_whoever_asks(tmp_path: Path) -> None:
    """Even root gets no process beyond the cap, and what was started ends with the group."""
    with capped(40) as enter:
        folder = Path(enter[3])
        with (tmp_path / "born").open("wb") as born:
            subprocess.run([*enter, sys.executable, "-c", MULTIPLIES], stdout=born, timeout=30, check=True)
        assert str(40 + SPARE - 1) == (tmp_path / "born").read_text()
        left = (folder / "cgroup.procs").read_text().split()
        assert 40 + SPARE - 1 == len(left)

    assert not folder.exists()
    assert [] == [pid for pid in left if Path("/proc", pid, "exe").exists()]


def test_groups_of_graders_that_were_killed_go() -> None:
    """A group whose grader is gone is removed when the next is made; one in use stays."""
    with capped(10) as enter:
        mine = Path(enter[3])
        stale = mine.with_name(f"{control_group.PREFIX}4194305-0")
        stale.mkdir()
        with capped(10):
            assert not stale.exists()
            assert mine.exists()
