"""Results are text outside a notebook and HTML in one, and what devices and learners wrote is shown as it stands."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import IPython.display
import pytest

from netdojo.errors import NotFound
from netdojo.model import Evidence, Receipt, Report, Result, TaskReport, Verdict
from netdojo.notebook import shown
from netdojo.notebook.shown import Checked, Ticker, say, show_receipt, told

EVIL = "<script>alert('r1')</script>"


def result(verdict: Verdict, **found: Any) -> Result:
    return Result(task="first", check="up", title="`eth1` is up", verdict=verdict, **found)


def report(*results: Result, verdict: Verdict = Verdict.failed) -> TaskReport:
    return TaskReport(id="first", title="Repair `eth1`", verdict=verdict, points=0, of=2, results=results)


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Be in a notebook; what its cells display is kept."""
    kept: list[Any] = []

    class Handle:
        def update(self, content: Any, raw: bool) -> None:
            kept.append(("over", content))

    def display(content: Any, **_: Any) -> Handle:
        kept.append(content)
        return Handle()

    monkeypatch.setattr(shown, "shell", object)
    monkeypatch.setattr(IPython.display, "display", display)
    return kept


def test_a_failure_says_what_was_expected_and_what_comes_next(capsys: pytest.CaptureFixture[str]) -> None:
    """Outside a notebook each check is a line, and below it what a learner can act on."""
    asked = (Evidence(node="r1", command="ip link", answer="eth1 DOWN"),)
    failed = result(
        Verdict.failed,
        node="r1",
        rationale="it is down",
        expected="up",
        actual="down",
        help="Set it up.",
        evidence=asked,
    )
    found = Checked([report(failed, result(Verdict.passed))])

    assert not found.passed
    assert [
        "✗ Repair `eth1`: Not yet",
        "  ✗ `eth1` is up (r1) — it is down",
        "      expected: up",
        "      actual: down",
        "      asked: r1: ip link",
        "      next: Set it up.",
        "  ✓ `eth1` is up",
    ] == capsys.readouterr().out.splitlines()


def test_a_pass_has_no_details() -> None:
    """What was asked and found helps nobody who has passed."""
    assert [] == shown.details(result(Verdict.passed, expected="up", help="Go on."))
    assert Checked([report(result(Verdict.passed), verdict=Verdict.passed)]).passed


def test_nothing_that_was_written_elsewhere_is_html(displayed: list[Any]) -> None:
    """A rationale, a value and an answer are shown with their brackets; what stands in backticks is code."""
    evil = result(
        Verdict.failed,
        node=EVIL,
        rationale=EVIL,
        expected=EVIL,
        actual=EVIL,
        help=EVIL,
        evidence=(Evidence(node=EVIL, command=EVIL, answer=EVIL),),
    )
    Checked([report(evil)])
    say(EVIL)
    Ticker().tell(EVIL)

    assert 3 == len(displayed)
    for content in displayed:
        assert "<script" not in content["text/html"]
        assert "&lt;script&gt;" in content["text/html"]
        assert EVIL in content["text/plain"]
    assert "<code>eth1</code> is up" in displayed[0]["text/html"]


def test_in_a_notebook_it_is_shown_once(displayed: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    """The last expression of a cell is not shown again, and nothing is printed beside it."""
    found = say("Ready.")
    found._ipython_display_()

    assert [{"text/plain": "Ready.", "text/html": "<p>Ready.</p>"}] == displayed
    assert "" == capsys.readouterr().out
    assert "Ready." == repr(found)


def test_progress_is_one_line_in_a_notebook_and_none_elsewhere(
    displayed: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What comes later is written over what came first."""
    ticker = Ticker()
    ticker.tell("one")
    ticker.tell("two")
    assert [{"text/plain": "one", "text/html": "<p>one</p>"}, "over"] == [
        displayed[0],
        displayed[1][0],
    ]
    monkeypatch.setattr(shown, "shell", lambda: None)
    Ticker().tell("three")
    assert 2 == len(displayed)
    assert "" == capsys.readouterr().out


def test_a_receipt_tells_where_everything_is(tmp_path: Path) -> None:
    """Verdicts, points, where the submission is kept, and each note; what is not there is not told."""
    now = datetime(2026, 1, 1, tzinfo=timezone.utc)
    graded = Report(
        lab="small",
        lab_digest="0" * 64,
        grader_version="0",
        submission_digest="1" * 64,
        notebook_digest="2" * 64,
        started=now,
        finished=now,
        environment={},
        phases={},
        tasks=(report(result(Verdict.failed)),),
        notes=("A cell was missing.",),
    )
    said = show_receipt(Receipt(report=graded, folder=tmp_path / EVIL, entry=None, badge=None))

    assert f"0 of 2 points. Your submission is kept in {tmp_path / EVIL}" in said.text
    assert said.text.endswith("A cell was missing.")
    assert "Badge" not in said.text
    assert "Recorded" not in said.text
    assert "<script" not in said.html


def test_an_error_is_its_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """IPython is given what to show in the place of a traceback."""
    error = NotFound("lab", "netmko", ["netmiko"])

    assert [str(error)] == told(None, NotFound, error)
    assert f"{error}\n" == capsys.readouterr().err
