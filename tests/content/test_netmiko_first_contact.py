"""The pure half of the first lab's judge: its hidden inputs tell right functions from wrong ones, without a network."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from netdojo.checks import load_checks, run_task
from netdojo.content import find_course, find_lab, read_topology
from netdojo.grading.master import read_answers
from netdojo.model import Topology, Verdict

COURSE = Path(__file__).parents[2]
LAB = find_lab(find_course(COURSE), "netmiko-first-contact")
GRADER = COURSE / "graders" / "netmiko-first-contact"
HIDDEN = load_checks(GRADER / "hidden.py", hidden=True)
STATES = {"Established", "Idle", "Idle (Admin)", "Idle (PfxCt)", "Active", "Connect", "OpenSent"}


class NoFabric:
    """A network that is not there: these checks must not need one."""

    topology: Topology = read_topology(LAB.topology_file)

    def device(self, name: str) -> NoReturn:
        raise AssertionError(f"{name} was asked")


class Function:
    """A notebook that holds one function."""

    def __init__(self, source: str) -> None:
        self.names: dict[str, Any] = {}
        exec(compile(source, "<cell>", "exec"), self.names)

    def answer(self, name: str) -> Any:
        return self.names[name]

    def call(self, function: str) -> Callable[..., Any]:
        return lambda *given: json.loads(json.dumps(self.names[function](*json.loads(json.dumps(given)))))


def cell(file: Path, task: str) -> str:
    """Return the source of a task's cell in a py:percent file."""
    return read_answers(file, LAB, file.name)[task]


def verdicts(source: str) -> set[Verdict]:
    guards = {"finds_the_one_of_two"}
    return {
        found.verdict for found in run_task("find", HIDDEN, fabric=NoFabric(), kernel=Function(source), passed=guards)
    }


def test_the_masters_function_passes_the_hidden_inputs() -> None:
    """The answer that we give is right for every recorded network."""
    assert {Verdict.passed} == verdicts(cell(GRADER / "notebook.py", "find"))


@pytest.mark.parametrize("mutant", ["fabric-names", "idle-only", "one-family"])
def test_a_wrong_function_is_found_out(mutant: str) -> None:
    """Each wrong function fails on recorded answers alone."""
    assert Verdict.failed in verdicts(cell(GRADER / "mutants" / mutant / "notebook.py", "find"))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("found.add((node, neighbor))", "found.add((node, neighbor.replace(':', '')))"),
        ("return sorted(list(pair) for pair in found)", "return sorted((list(pair) for pair in found), reverse=True)"),
        ('!= "Established"', "in ('Idle', 'Active', 'Connect', 'OpenSent')"),
        ("found = set()", "found = set([('leaf1', 'eth1')])"),
        ("summary.values()", "list(summary.values())[:1]"),
    ],
)
def test_a_small_slip_is_found_out(right: str, wrong: str) -> None:
    """A slip in one expression of the right function fails."""
    master = cell(GRADER / "notebook.py", "find")
    assert right in master

    assert Verdict.failed in verdicts(master.replace(right, wrong))


def test_recorded_answers_hold_every_state() -> None:
    """The recorded inputs show each state in which a session can be met for longer than a moment."""
    answers = json.loads((GRADER / "recorded.json").read_text(encoding="utf-8"))["answers"]
    peers = [peer for answer in answers.values() for family in answer.values() for peer in family["peers"].values()]

    assert STATES == {peer["state"] for peer in peers}
