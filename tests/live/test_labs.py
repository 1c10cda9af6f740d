"""Every lab of the course proves itself on real networks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.cli import app
from netdojo.content import find_course
from netdojo.grading import prove
from netdojo.model import Lab

COURSE = Path(__file__).parents[2]
PROOF_DEADLINE = 900
"""Seconds for a lab's start, solution and mutants: two dozen networks, one by one where the machine is slow."""


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Find a network that a proof or demonstration left behind."""
    before = {network.name for network in runtimes.networks()}
    yield
    assert before == {network.name for network in runtimes.networks()}


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Run `netdojo` with `words` and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["netdojo", *words])
    with pytest.raises(SystemExit) as ended:
        app()
    return int(ended.value.code or 0)


@pytest.mark.timeout(PROOF_DEADLINE)
@pytest.mark.parametrize("lab", find_course(COURSE).labs, ids=lambda lab: lab.slug)
def test_lab_proves_itself(lab: Lab) -> None:
    """The start fails every task, the solution passes all, each wrong answer fails as it says, and nothing leaks."""
    proof = prove(lab)

    assert proof.ok, proof.text()


def test_demonstration_walks_the_whole_path(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`netdojo demo` ends well, refuses the forged badge, and leaves the learner's own record alone."""
    assert 0 == run(monkeypatch, "demo")

    said = capsys.readouterr().out
    assert ["prepare", "deploy", "lab", "grade", "ledger", "badge", "forgery"] == [
        line.split()[0] for line in said.splitlines() if " s  " in line
    ]
    assert "one byte altered, refused: the badge was altered" in said
    assert 0 == run(monkeypatch, "progress", "--json")
    assert [] == json.loads(capsys.readouterr().out)["entries"]
