"""Writes a report as the results.json that Gradescope takes from an autograder.

The form: https://gradescope-autograders.readthedocs.io/en/latest/specs/.
"""

from __future__ import annotations

import json
from typing import Any

from netdojo.grading.writers.text import counts, plain, task_lines
from netdojo.model import Report, TaskReport, Verdict


def write_gradescope(report: Report) -> str:
    """Return `report` as JSON with a test a task and a score for each; one that errored has no score at all.

    Gradescope has no word for what could not be judged. Without a score it shows the submission as not graded, and asks
    the instructor to run the autograder again, which is what has to be done; with one it would be the learner's zero.
    """
    held: dict[str, Any] = {
        "execution_time": round((report.finished - report.started).total_seconds(), 3),
        "output": "\n".join([f"{report.lab}: {counts(report.tasks)}", *(plain(note) for note in report.notes)]),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [as_test(number, task, scored=not report.errored) for number, task in enumerate(report.tasks, 1)],
    }
    if not report.errored:
        held["score"] = report.points
    return json.dumps(held, indent=2, ensure_ascii=True)


def as_test(number: int, task: TaskReport, *, scored: bool) -> dict[str, Any]:
    """Return a task as one of Gradescope's tests."""
    held = {
        "number": str(number),
        "name": f"{task.id}: {plain(task.title)}",
        "output": "\n".join(task_lines(task)),
        "output_format": "text",
        "visibility": "visible",
    }
    if not scored:
        return held
    status = "passed" if task.verdict is Verdict.passed else "failed"
    return {**held, "score": task.points, "max_score": task.of, "status": status}
