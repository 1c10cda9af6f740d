"""The graders are not to be read, also where their course lies among the programs that sandbox and nodes are shown."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.content import find_course, find_lab, read_topology
from netdojo.grading import grade
from netdojo.grading.assignment import load_master, master_digest
from netdojo.grading.hiding import private
from netdojo.grading.master import to_notebook, with_answers
from netdojo.model import Lab, Verdict


def placed(course: Path, top: Path) -> Iterator[Lab]:
    """Give the tiny lab in a course below `top`, with a history; it is taken away again."""
    folder = top / f"netdojo-test-{os.getpid()}"
    try:
        shutil.copytree(course, folder / "course")
        (folder / "course" / ".git").mkdir()
        (folder / "course" / ".git" / "packed").write_text("answers")
        yield find_lab(find_course(folder / "course"), "tiny")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def beside_python(course: Path) -> Iterator[Lab]:
    """A lab whose course lies in the environment of this Python, which the sandbox is shown."""
    yield from placed(course, Path(sys.prefix))


@pytest.fixture
def among_programs(course: Path) -> Iterator[Lab]:
    """A lab whose course lies below /opt, which every node is shown."""
    if not os.access("/opt", os.W_OK):
        pytest.skip("/opt cannot be written by this user, and nodes are shown nothing else that could")
    yield from placed(course, Path("/opt"))


def test_the_sandbox_shows_no_grader(beside_python: Lab, tmp_path: Path, home: Path) -> None:
    """The folder is empty there, and so are the history and what earlier gradings kept; the lab itself is whole."""
    course = beside_python.folder.parents[1]
    looks = (
        "import os\n"
        f"course = {str(course)!r}\n"
        "seen = os.listdir(course + '/graders') + os.listdir(course + '/.git')\n"
        "number = 42 if not seen and os.path.exists(course + '/labs/tiny/lab.yml') else str(seen)"
    )
    notebook = to_notebook(
        with_answers(load_master(beside_python), {"number": looks}), beside_python, master_digest(beside_python)
    )
    (tmp_path / "tiny.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    shutil.copyfile(beside_python.start / "plan.json", tmp_path / "plan.json")

    report = grade(beside_python, tmp_path)

    assert [(Verdict.passed, "")] * 3 == [(task.verdict, task.rationale) for task in report.tasks]


def test_a_node_shows_no_grader(among_programs: Lab, home: Path) -> None:
    """What a router's own commands could read of the host has no grader in it."""
    course = among_programs.folder.parents[1]
    topology = read_topology(among_programs.topology_file)
    network = runtimes.deploy(
        topology.model_copy(update={"private": private(among_programs)}), name="private", runtime="namespaces"
    )
    try:
        shown = runtimes.execute(network, "r1", ["ls", "-A", f"{course}/graders", f"{course}/.git"])
        assert (0, f"{course}/.git:\n\n{course}/graders:\n") == (shown.code, shown.stdout)
        assert runtimes.execute(network, "r1", ["test", "-f", f"{course}/labs/tiny/lab.yml"]).ok
    finally:
        runtimes.destroy(network)
