"""Puts verdicts that were decided elsewhere into nbgrader: our own classes in two places of its autograde pipeline.

Imported where nbgrader runs, never by `import netdojo.grading`: nbgrader takes seconds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader import utils  # type: ignore[import-untyped]  # nbgrader has no types
from nbgrader.api import Gradebook, MissingEntry  # type: ignore[import-untyped]  # nbgrader has no types
from nbgrader.preprocessors import (  # type: ignore[import-untyped]  # nbgrader has no types
    AssignLatePenalties,
    CheckCellMetadata,
    IgnorePattern,
    LimitOutput,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from traitlets import Unicode

from netdojo.grading.writers import task_lines
from netdojo.model import Report, TaskReport, Verdict


def autograde_preprocessors() -> list[type]:
    """Return nbgrader's own list with the execution and the saving of scores replaced by ours."""
    return [
        NetdojoExecute,
        IgnorePattern,
        ClearMetadataPreprocessor,
        LimitOutput,
        NetdojoSaveAutoGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]


class NetdojoExecute(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Takes the place of nbgrader's Execute: no kernel, the outputs of graded cells say the verdict."""

    report_file = Unicode("", help="The report to take verdicts from; without one, the submission is graded now").tag(
        config=True
    )

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        report = self.report_of(resources["nbgrader"])
        resources["netdojo"] = {task.id: task.model_dump(mode="json") for task in report.tasks}
        tasks = {task.id: task for task in report.tasks}
        for cell in nb.cells:
            if cell.cell_type == "code":
                task = tasks.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
                cell.execution_count = None
                cell.outputs = outputs_of(task) if task and utils.is_grade(cell) else []
        return nb, resources

    def report_of(self, names: dict[str, str]) -> Report:
        """Return the report of a submission: the one that was handed over, else one made now by the same engine."""
        if self.report_file:
            return Report.model_validate_json(Path(self.report_file).read_bytes())
        from netdojo.grading.course import grade_submitted

        return grade_submitted(names["assignment"], names["student"])


def outputs_of(task: TaskReport) -> list[Any]:
    """Return a graded cell's outputs: what the report says, and the points as a number of their own."""
    from nbformat.v4 import new_output

    make: Callable[..., Any] = new_output
    said = make("stream", name="stdout", text="\n".join(task_lines(task)) + "\n")
    if task.verdict is Verdict.errored:
        return [said]
    points = make("execute_result", data={"text/plain": repr(float(task.points))}, execution_count=None)
    return [said, points]


class NetdojoSaveAutoGrades(SaveAutoGrades):  # type: ignore[misc]  # nbgrader has no types
    """Saves the report's points; nbgrader's own rule cannot score a cell that is answer and graded cell in one.

    What errored is never a zero: it has no score, and is marked to be graded by hand.
    """

    def _add_score(self, cell: Any, resources: Any) -> None:
        name = cell.metadata["nbgrader"]["grade_id"]
        task = resources["netdojo"].get(name)
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        decided = task is not None and task["verdict"] != Verdict.errored.value
        grade.auto_score = float(task["points"]) if decided else None
        grade.needs_manual_grade = grade.manual_score is not None or not decided
        self.gradebook.db.commit()


def make_room_for(root: str, assignment: str) -> None:
    """Put aside an assignment whose cells have changed since it was submitted to: nbgrader refuses to change it.

    Its grades stay in the gradebook, under the assignment's name and the first digits of its id there.
    """
    source = json.loads((Path(root) / "source" / assignment / f"{assignment}.ipynb").read_text(encoding="utf-8"))
    wanted = {cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in source["cells"]} - {None}
    with Gradebook(f"sqlite:///{root}/gradebook.db", "netdojo") as gradebook:
        try:
            held = gradebook.find_notebook(assignment, assignment)
        except MissingEntry:
            return
        if held.submissions and {cell.name for cell in held.source_cells} != wanted:
            held.assignment.name = f"{assignment}.{held.assignment.id[:8]}"
            gradebook.db.commit()
