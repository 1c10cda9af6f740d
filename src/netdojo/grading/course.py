"""Makes graders/ an nbgrader course: what graders/nbgrader_config.py asks for, and grading for nbgrader's autograde."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from netdojo import places
from netdojo.content import find_course, find_lab
from netdojo.grading.assignment import digest_in, make_course_folder, master_digest, write_source
from netdojo.grading.engine import grade
from netdojo.model import Report

COURSE = "netdojo"


def configure(config: Any, graders: Path) -> None:
    """Set nbgrader's configuration for the course around `graders`, and put each lab's source where nbgrader looks.

    Everything that nbgrader writes goes below places.nbgrader(); nothing is written into `graders`.
    """
    os.environ["NETDOJO_COURSE"] = str(graders.parent)
    make_course_folder()
    config.CourseDirectory.root = str(places.nbgrader())
    config.CourseDirectory.course_id = COURSE
    config.Autograde.autograde_preprocessors = [f"netdojo.grading.gradebook.{name}" for name in own_preprocessors()]
    for lab in find_course(graders.parent).labs:
        source = places.nbgrader() / "source" / lab.slug / f"{lab.slug}.ipynb"
        if lab.grader is not None and digest_in(source) != master_digest(lab):
            write_source(lab)


def own_preprocessors() -> list[str]:
    """Return nbgrader's autograde pipeline by name, with ours for execution and for saving scores."""
    return [
        "NetdojoExecute",
        "IgnorePattern",
        "ClearMetadataPreprocessor",
        "LimitOutput",
        "NetdojoSaveAutoGrades",
        "AssignLatePenalties",
        "CheckCellMetadata",
    ]


def grade_submitted(assignment: str, student: str) -> Report:
    """Grade what nbgrader has collected of a student, with the engine of every other door."""
    lab = find_lab(find_course(), assignment)
    return grade(lab, places.nbgrader() / "submitted" / student / assignment)
