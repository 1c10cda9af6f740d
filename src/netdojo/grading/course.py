"""Makes graders/ an nbgrader course: what its two configuration files ask for, and grading for nbgrader's autograde."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from netdojo import places
from netdojo.content import find_course, find_lab
from netdojo.grading.assignment import digest_in, make_course_folder, master_digest, write_source
from netdojo.grading.bookkeeper import with_programs
from netdojo.grading.engine import grade
from netdojo.model import Report

COURSE = "netdojo"


def configure(config: Any, graders: Path) -> None:
    """Set nbgrader's configuration for the course around `graders`, and put each lab's source where nbgrader looks.

    What nbgrader keeps goes below places.nbgrader(). Only `nbgrader export` writes where it is called: grades.csv in
    `graders`, which git leaves out.
    """
    from netdojo.grading.gradebook import autograde_preprocessors

    os.environ.update(with_programs(), NETDOJO_COURSE=str(graders.parent))
    make_course_folder()
    config.CourseDirectory.root = str(places.nbgrader())
    config.CourseDirectory.course_id = COURSE
    config.Autograde.autograde_preprocessors = autograde_preprocessors()
    for lab in find_course(graders.parent).labs:
        source = places.nbgrader() / "source" / lab.slug / f"{lab.slug}.ipynb"
        if lab.grader is not None and digest_in(source) != master_digest(lab):
            write_source(lab)


def configure_server(config: Any) -> None:
    """Set a Jupyter server's root to places.nbgrader(): formgrader works only where the course is below that root."""
    make_course_folder()
    config.ServerApp.root_dir = str(places.nbgrader())


def grade_submitted(assignment: str, student: str) -> Report:
    """Grade what nbgrader has collected of a student, with the engine of every other door."""
    lab = find_lab(find_course(), assignment)
    return grade(lab, places.nbgrader() / "submitted" / student / assignment)
