"""A report as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from netdojo.grading import write_json, write_text

from .reports import report, saying

GOLDEN = Path(__file__).parents[1] / "golden"


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
    spoilt = saying(hostile)

    for written in (write_text(spoilt), write_json(spoilt)):
        assert all(one.isprintable() or one == "\n" for one in written)
        assert written.encode("utf-8")
    assert hostile == json.loads(write_json(spoilt))["notes"][0]
