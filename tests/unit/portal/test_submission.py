"""What a lab's page tells of the last submission: what was found, where it begins, and what to try."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from types import SimpleNamespace

from netdojo.model import Lab, TaskReport, Verdict
from netdojo.portal import views, words
from netdojo.portal.extension import templates

from .conftest import report, result

FOUND = re.compile(r"<details( open)?><summary>What was found</summary>(.*?)</details>", re.DOTALL)


def shown(lab: Lab, *reports: TaskReport) -> str:
    """Return the part of the page for a submission with these reports."""
    submission = views.SubmissionView(
        passed=False,
        points=0,
        of=6,
        when=datetime.now(timezone.utc),
        state=words.NOT_TRIED,
        tasks=views.task_views(lab, {one.id: one for one in reports}),
        notes=(),
    )
    return templates().get_template("parts/submission.html").render(page=SimpleNamespace(submission=submission), url="")


def test_what_was_found_is_open_at_the_first_task_that_is_not_passed(lab: Lab) -> None:
    """A learner sees at once where to begin; what may only follow from it is a click away."""
    later = report(Verdict.failed, result(Verdict.failed, task="path", node="leaf9"), id="path", of=2)
    first, second = FOUND.findall(shown(lab, report(Verdict.failed, result(Verdict.failed, node="leaf1")), later))
    (only,) = FOUND.findall(shown(lab, report(Verdict.passed, result(Verdict.passed)), later))

    assert (" open", "") == (first[0], second[0])
    assert "leaf1 is down" in first[1]
    assert "leaf9 is down" in second[1]
    assert " open" == only[0]


def test_what_to_try_names_its_task(lab: Lab) -> None:
    """The one step that is told says of which task it is: the first that has one to tell."""
    mute = report(Verdict.failed, result(Verdict.failed).model_copy(update={"help": ""}))
    later = report(Verdict.failed, result(Verdict.failed, task="path"), id="path", of=2)

    assert ["task 1:</b> Ask."] == re.findall(
        r"Try next, for (.*?)</p>", shown(lab, report(Verdict.failed, result(Verdict.failed)), later)
    )
    assert ["task 2:</b> Ask."] == re.findall(r"Try next, for (.*?)</p>", shown(lab, mute, later))
    assert "Try next" not in shown(lab, mute)
