"""The process behind the bookkeeper: reads requests as JSON lines, lets nbgrader do them, and answers with its log.

Of nbgrader's extension points one is used: `Autograde.autograde_preprocessors`, Execute and SaveAutoGrades replaced.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import traceback
from typing import Any

from nbgrader.converters import Autograde, GenerateAssignment  # type: ignore[import-untyped]  # nbgrader has no types
from nbgrader.coursedir import CourseDirectory  # type: ignore[import-untyped]  # nbgrader has no types
from traitlets.config import Config

from netdojo import places
from netdojo.grading.gradebook import autograde_preprocessors, make_room_for

COURSE = "netdojo"
LINE_CAP = 1_000_000
"""Characters of a log that are answered."""


def main() -> None:
    """Answer one line a request until there are no more; what nbgrader prints goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        print(json.dumps(done(json.loads(line))), file=answers, flush=True)


def done(wanted: dict[str, Any]) -> dict[str, Any]:
    """Do one request and return whether it went well, with nbgrader's log."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("traitlets")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        {"generate": generate, "autograde": autograde}[wanted["do"]](wanted)
    except Exception:  # noqa: BLE001  # told to the process that asked, which raises it there
        return {"ok": False, "log": (said.getvalue() + traceback.format_exc(limit=-1))[-LINE_CAP:]}
    finally:
        log.removeHandler(handler)
    return {"ok": True, "log": said.getvalue()[-LINE_CAP:]}


def generate(wanted: dict[str, Any]) -> None:
    """Let nbgrader make the released notebook from the source."""
    config = course_config(wanted)
    make_room_for(config.CourseDirectory.root, wanted["assignment"])
    GenerateAssignment(coursedir=CourseDirectory(config=config), config=config, force=True).start()


def autograde(wanted: dict[str, Any]) -> None:
    """Let nbgrader take a submission into its gradebook, with the verdicts of the report."""
    config = course_config(wanted)
    config.CourseDirectory.student_id = wanted["student"]
    config.NetdojoExecute.report_file = wanted["report"]
    config.NetdojoSaveAutoGrades.report_file = wanted["report"]
    config.Autograde.autograde_preprocessors = autograde_preprocessors()
    Autograde(coursedir=CourseDirectory(config=config), config=config, force=True).start()


def course_config(wanted: dict[str, Any]) -> Config:
    """Return nbgrader's configuration for our course folder."""
    config = Config()
    config.CourseDirectory.root = str(places.nbgrader())
    config.CourseDirectory.course_id = COURSE
    config.CourseDirectory.assignment_id = wanted["assignment"]
    return config


if __name__ == "__main__":
    main()
