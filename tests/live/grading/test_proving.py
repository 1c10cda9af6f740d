"""A lab proves itself, and a lab that cannot is told why."""

from __future__ import annotations

import shutil
from pathlib import Path

from netdojo.content import find_course, find_lab
from netdojo.grading import prove
from netdojo.model import Lab


def test_a_sound_lab_is_proven(lab: Lab) -> None:
    """The start fails, the solution passes, each wrong answer fails as it says, and nothing leaks."""
    proof = prove(lab)

    assert proof.ok, proof.text()
    assert ["start", "solution", "half", "static"] == [state.name for state in proof.states]
    assert {"number": "failed", "double": "failed", "address": "skipped"} == proof.states[0].got
    assert 0 == proof.exit_code


def test_a_mutant_that_fails_for_another_reason_is_a_fault(course: Path, tmp_path: Path) -> None:
    """A wrong reason, an expectation that does not come true and an answer that is handed out are all told."""
    other = tmp_path / "course"
    shutil.copytree(course, other)
    half = other / "graders" / "tiny" / "mutants" / "half" / "mutant.yml"
    half.write_text(half.read_text().replace("a number that is not 2", "something else"), encoding="utf-8")
    static = other / "graders" / "tiny" / "mutants" / "static" / "mutant.yml"
    static.write_text(static.read_text().replace("address: skipped", "address: passed"), encoding="utf-8")
    master = other / "graders" / "tiny" / "notebook.py"
    master.write_text(master.read_text().replace("# Space", "# netdojo-canary: graders-tiny\n# Space"))
    proof = prove(find_lab(find_course(other), "tiny"))

    faults = {state.name: state.faults for state in proof.states}
    assert faults["half"][0].startswith("no failure tells the reason 'something else'")
    assert ("address: must be passed (got skipped)",) == faults["static"]
    assert any("holds the canary of graders/tiny/notebook.py" in leak for leak in proof.leaks)
    assert 1 == proof.exit_code
