"""Every lab of the course is whole: manifest, hints, start files, canaries."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdojo.content import find_course, read_topology
from netdojo.model import Course, Lab

COURSE = Path(__file__).parents[2]
CANARY = "netdojo-canary: graders-"
HINTS = 3
LABS = [folder.parent.name for folder in sorted((COURSE / "labs").glob("*/lab.yml"))]


@pytest.fixture(scope="module")
def course() -> Course:
    return find_course(COURSE)


@pytest.fixture(params=LABS)
def lab(request: pytest.FixtureRequest, course: Course) -> Lab:
    return next(lab for lab in course.labs if lab.slug == request.param)


def test_every_task_has_three_hints(lab: Lab) -> None:
    """A learner who is stuck has three levels of help in every task."""
    assert {task.id: HINTS for task in lab.tasks} == {task.id: len(task.hints) for task in lab.tasks}


def test_hints_go_from_a_nudge_to_nearly_the_answer(lab: Lab) -> None:
    """The last hint of a task says more than the first."""
    assert [] == [task.id for task in lab.tasks if len(task.hints[-1]) <= len(task.hints[0])]


def test_start_files_stand_in_for_files_of_the_topology(lab: Lab) -> None:
    """A file under start/configs has the path of a bind's source, else it would change nothing."""
    sources = {bind.source for node in read_topology(lab.topology_file).nodes for bind in node.binds}
    given = {str(file.relative_to(lab.start)) for file in lab.start.rglob("*") if file.is_file()}

    assert set() == given - sources - set(lab.manifest.files)


def test_topology_binds_are_there(lab: Lab) -> None:
    """Every file that the topology binds into a node exists."""
    topology = read_topology(lab.topology_file)

    assert [] == [
        bind.source for node in topology.nodes for bind in node.binds if not (topology.folder / bind.source).exists()
    ]


def test_every_file_of_the_grader_carries_the_canary(lab: Lab) -> None:
    """Whatever leaks from graders/ can be found in what is given out."""
    assert lab.grader is not None
    files = [file for file in lab.grader.rglob("*") if file.is_file() and "__pycache__" not in file.parts]

    assert [] == [file.name for file in files if CANARY not in file.read_text(encoding="utf-8")]


def test_every_answer_in_the_master_carries_the_canary(lab: Lab) -> None:
    """Each region that nbgrader has to cut out can be recognised if it was not."""
    assert lab.grader is not None
    regions = (lab.grader / "notebook.py").read_text(encoding="utf-8").split("### BEGIN SOLUTION")[1:]

    assert [] == [region for region in regions if CANARY not in region.split("### END SOLUTION")[0]]


def test_public_files_do_not_know_the_grader(lab: Lab) -> None:
    """Nothing that a learner gets holds the canary."""
    found = [file for part in ("labs", "modules", "topologies", "docs") for file in (COURSE / part).rglob("*")]
    files = {file.relative_to(COURSE).as_posix(): file.read_bytes() for file in found if file.is_file()}

    assert "topologies/images/frr/entrypoint" in files
    assert [] == [name for name, held in files.items() if CANARY.encode() in held]


def test_the_guide_counts_what_there_is() -> None:
    """The proof that the guide shows, and the mutants that it speaks of, are as many as the first lab has."""
    guide = (COURSE / "docs" / "contributing" / "how-a-lab-is-built.md").read_text(encoding="utf-8")
    mutants = len([*(COURSE / "graders" / "netmiko-first-contact" / "mutants").iterdir()])

    assert f"{mutants + 2} of {mutants + 2} states as they must be" in guide
    assert (24, True) == (mutants, "Ours has twenty-four." in guide)
