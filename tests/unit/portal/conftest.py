"""A small lab and its reports, as nouns."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from netdojo.model import Lab, Result, Task, TaskReport, Verdict


@pytest.fixture
def lab(make_lab: Callable[..., Lab]) -> Lab:
    """Two tasks; the second waits for the first."""
    return make_lab(
        "sessions",
        Task(id="up", title="Bring up `eth1`", points=4, hints=("Look.",)),
        Task(id="path", title="Find the path", points=2, needs=("up",)),
    )


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
