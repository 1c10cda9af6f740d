"""A report as text and as JSON."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

from netdojo.grading import write_json, write_text
from netdojo.model import Report, Result, TaskReport, Verdict

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


def result(task: str, verdict: Verdict, rationale: str = "", **more: object) -> Result:
    return Result.model_validate(
        {"task": task, "check": "asks", "title": f"What {task} is", "verdict": verdict, "rationale": rationale, **more}
    )


def report() -> Report:
    """One task of each verdict."""
    hostile = "\x1b[31mred\x1b[0m\nnext line\r\u202e"
    tasks = (
        TaskReport(id="a", title="A", verdict=Verdict.passed, points=2, of=2, results=(result("a", Verdict.passed),)),
        TaskReport(
            id="b",
            title="B",
            verdict=Verdict.failed,
            points=0,
            of=3,
            results=(
                result("b", Verdict.passed),
                result("b", Verdict.failed, f"b is {hostile}", node="r1", expected=[1], actual="x" * 500, help="Try."),
            ),
        ),
        TaskReport(id="c", title="C", verdict=Verdict.skipped, points=0, of=1, results=()),
        TaskReport(
            id="d",
            title="D",
            verdict=Verdict.errored,
            points=0,
            of=1,
            results=(result("d", Verdict.errored, "r1 does not answer"),),
        ),
    )
    return Report(
        lab="small",
        lab_digest="1" * 64,
        grader_version="0.1.0",
        submission_digest="2" * 64,
        notebook_digest="3" * 64,
        started=NOW,
        finished=NOW,
        environment={"python": "3.11"},
        phases={"whole": 1.5},
        tasks=tasks,
        notes=("a cell was put back",),
    )


def test_text_is_as_it_was_agreed() -> None:
    """Each verdict, its reasons and the counts, without anything that a terminal would obey."""
    assert (GOLDEN / "report.txt").read_text(encoding="utf-8") == write_text(report()) + "\n"


def test_json_is_as_it_was_agreed() -> None:
    """The whole report, and what is drawn from it, with sorted keys."""
    assert (GOLDEN / "report.json").read_text(encoding="utf-8") == write_json(report()) + "\n"


def test_the_last_line_counts() -> None:
    """A line for scripts that look at no more; errored ones are counted when there are any."""
    passed = report().tasks[:1]

    assert "1 passed, 0 failed, 0 skipped" == write_text(passed).splitlines()[-1]
    assert "1 passed, 1 failed, 1 skipped, 1 errored" == write_text(report()).splitlines()[-1]


def test_what_errored_is_no_success() -> None:
    """The exit code of a report that could not be decided is 3."""
    assert (3, True) == (report().exit_code, json.loads(write_json(report()))["errored"])


def test_nothing_in_a_report_is_obeyed_or_breaks_it() -> None:
    """Escapes of terminals and marks of direction: neither text nor JSON carries them on, and JSON says all."""
    hostile = "\x1b]0;x\x07 \x9b2J \u202egnp.exe \U000e0041"
    failed = result("b", Verdict.failed, hostile, expected={hostile: 1}, actual=[hostile], help=hostile)
    spoilt = report().model_copy(
        update={"tasks": (report().tasks[1].model_copy(update={"results": (failed,)}),), "notes": (hostile,)}
    )

    for written in (write_text(spoilt), write_json(spoilt)):
        assert all(one.isprintable() or one == "\n" for one in written)
        assert written.encode("utf-8")
    assert hostile == json.loads(write_json(spoilt))["notes"][0]
