"""A small lab and its reports, as nouns."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdojo.model import Fidelity, Lab, LabManifest, Result, Task, TaskReport, Verdict


@pytest.fixture
def lab() -> Lab:
    """Two tasks; the second waits for the first."""
    manifest = LabManifest(
        title="Sessions",
        summary="Bring them up.",
        module="bgp",
        topology="two",
        fidelity=Fidelity.real,
        minutes=30,
        objectives=("bgp",),
        tasks=(
            Task(id="up", title="Bring up `eth1`", points=4, hints=("Look.",)),
            Task(id="path", title="Find the path", points=2, needs=("up",)),
        ),
    )
    return Lab(slug="sessions", manifest=manifest, folder=Path("labs/sessions"), grader=None, topology_file=Path("t"))


def result(verdict: Verdict, *, check: str = "is_up", node: str = "", task: str = "up") -> Result:
    """Return what one check found."""
    why = "" if verdict is Verdict.passed else f"{node or 'it'} is down"
    return Result(
        task=task, check=check, title="It is up.", verdict=verdict, node=node, rationale=why, help="Ask." if why else ""
    )


def report(verdict: Verdict, *results: Result, id: str = "up", of: int = 4) -> TaskReport:
    """Return a task's report."""
    points = of if verdict is Verdict.passed else 0
    return TaskReport(id=id, title=id, verdict=verdict, points=points, of=of, results=results)
