"""A grading names what it makes after its process, and ends what gradings that are no more have left."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from netdojo import locks, runtimes
from netdojo.grading import names


@pytest.fixture
def ended() -> int:
    """The number of a process that has been and is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of this test alone."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_each_network_has_a_name_of_its_own() -> None:
    """Two gradings of one process do not take each other's network; both are known as this process's."""
    first, second = names.network_name(), names.network_name()

    assert first != second
    found = names.NETWORK.match(first)
    assert found is not None
    assert os.getpid() == int(found.group(1))


def test_scratch_is_for_this_user_alone(scratch: Path) -> None:
    """What the sandbox is shown, nobody else of this machine sees; its name is known as this process's."""
    with names.scratch_folder() as made:
        assert 0o700 == made.stat().st_mode & 0o777
        assert scratch == made.parent
        found = names.SCRATCH.match(made.name)
        assert found is not None
        assert os.getpid() == int(found.group(1))
    assert [] == list(scratch.iterdir())


def test_a_process_that_was_waited_for_is_not_alive(ended: int) -> None:
    """Only what runs is alive, also when it is another user's."""
    assert names.alive(os.getpid())
    assert names.alive(1)
    assert not names.alive(ended)


def test_sweeping_ends_only_networks_of_graders_that_are_no_more(ended: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A learner's network and those of gradings under way stay."""
    there = ["netmiko-first-contact", f"grade-{ended}", f"grade-{os.getpid()}-abc123", f"grade-{ended}-abc123"]
    destroyed: list[str] = []
    monkeypatch.setattr(runtimes, "networks", lambda: [SimpleNamespace(name=name) for name in there])
    monkeypatch.setattr(runtimes, "destroy", lambda network: destroyed.append(network.name))
    names.sweep()

    assert [f"grade-{ended}-abc123"] == destroyed


def test_sweeping_removes_only_scratch_of_graders_that_are_no_more(ended: int, scratch: Path) -> None:
    """What is under way, or looks only nearly like scratch, stays with all that it holds."""
    with names.scratch_folder() as mine:
        for name in (f"netdojo-grade-{ended}-ab12", "netdojo-grade-mine", f"netdojo-grade-{ended}"):
            (scratch / name / "within").mkdir(parents=True)
        names.sweep()

        assert {mine.name, "netdojo-grade-mine", f"netdojo-grade-{ended}"} == {left.name for left in scratch.iterdir()}


def test_a_grading_of_another_pid_namespace_is_left_alone(
    ended: int, scratch: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process is not to be seen from here, but it holds its locks; once it lets go, all of it is swept."""
    name, folder = f"grade-{ended}-abc123", scratch / f"netdojo-grade-{ended}-ab12"
    folder.mkdir()
    names.lock_of(name).parent.mkdir(parents=True)
    destroyed: list[str] = []
    monkeypatch.setattr(runtimes, "networks", lambda: [SimpleNamespace(name=name)])
    monkeypatch.setattr(runtimes, "destroy", lambda network: destroyed.append(network.name))
    with locks.held(names.lock_of(name), os.O_CREAT | os.O_RDWR), locks.held(folder):
        names.sweep()
        assert ([], True, True) == (destroyed, folder.exists(), names.lock_of(name).exists())
    names.sweep()

    assert ([name], False, False) == (destroyed, folder.exists(), names.lock_of(name).exists())


def test_a_name_is_held_as_long_as_it_is_in_use(home: Path) -> None:
    """Its lock goes with it."""
    with names.held_name() as name:
        assert names.is_locked(names.lock_of(name))
    assert [] == list(names.lock_of(name).parent.iterdir())
