"""The same submission gets the same grade in both runtimes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from netdojo.content import find_course, find_lab
from netdojo.grading import grade
from netdojo.grading.recording import report_digest
from netdojo.grading.states import State, states_of
from netdojo.model import Lab, Report, Verdict
from netdojo.runtimes import plugins

COURSE = Path(__file__).parents[2]
RUNTIMES = ("namespaces", "containerlab")
SLUG = "netmiko-first-contact"
MUTANTS = sorted(folder.name for folder in (COURSE / "graders" / SLUG / "mutants").iterdir())
TURN = 3
"""Mutants a run; they come round by the commit, and NETDOJO_STATES=all grades every one."""


def chosen_states() -> list[str]:
    """Return the states that this run grades on both runtimes."""
    if os.environ.get("NETDOJO_STATES") == "all":
        return ["start", "solution", *MUTANTS]
    command = ["git", "-C", str(COURSE), "rev-parse", "HEAD"]
    head = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    first = int(head[:8] or "0", 16)
    return ["start", "solution", *sorted({MUTANTS[(first + step) % len(MUTANTS)] for step in range(TURN)})]


@pytest.fixture(autouse=True)
def nothing_is_left_running(home: Path) -> Iterator[None]:
    yield
    assert [] == [*(home / "networks").iterdir()]


@pytest.fixture
def lab() -> Lab:
    return find_lab(find_course(COURSE), SLUG)


def graded(lab: Lab, state: State, folder: Path, runtime: str, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Hand in a state and grade it on a network in `runtime`."""
    for name, held in state.contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(held)
    monkeypatch.setenv(plugins.CHOICE, runtime)
    return grade(lab, folder)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", chosen_states())
def test_reports_are_the_same(lab: Lab, name: str, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What decides the grade has one digest, and each check one verdict, in namespaces and in containers."""
    state = next(one for one in states_of(lab) if one.name == name)
    reports = [graded(lab, state, tmp_path / runtime, runtime, monkeypatch) for runtime in RUNTIMES]

    assert list(RUNTIMES) == [report.environment["runtime"] for report in reports]
    assert (name == "solution") == reports[0].passed
    verdicts: list[list[tuple[str, str, str, Verdict]]] = [
        [(task.id, one.check, one.node, one.verdict) for task in report.tasks for one in task.results]
        for report in reports
    ]
    assert verdicts[0] == verdicts[1]
    assert report_digest(reports[0]) == report_digest(reports[1])
