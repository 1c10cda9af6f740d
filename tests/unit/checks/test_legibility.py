"""What a learner's code said is shown as it is, and obeyed by nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdojo.checks import Failed, check, legible, run_task
from netdojo.checks.legibility import legible_data
from netdojo.model import Result, TaskReport, Verdict
from netdojo.notebook.shown import task_html, task_text

from .test_running import RecordedFabric, RecordedKernel

HOSTILE = "\x1b[2J\x1b]0;title\x07 \x9b31m \u202egnp.exe \ud800 \u2066x\u2069 <script>alert(1)</script>\r\x00"


@check("read", answer="number")
def repeats(answer: str) -> None:
    """The answer is right."""
    raise Failed(f"number is {answer}", expected={answer: [answer]}, actual=answer, help=f"It said {answer}.")


@check("read", answer="number")
def breaks(answer: str) -> None:
    """The answer can be read."""
    raise KeyError(answer)


def hostile_results() -> list[Result]:
    found = [repeats.netdojo_check, breaks.netdojo_check]  # type: ignore[attr-defined]  # the decorator's mark
    return run_task("read", found, fabric=RecordedFabric({}), kernel=RecordedKernel(HOSTILE))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("half \ud800", r"half \ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("one\n\ttwo", "one\n\ttwo"),
        ("größer ✓ 漢字 🐍", "größer ✓ 漢字 🐍"),
    ],
)
def test_what_cannot_be_seen_is_written_as_an_escape(said: str, shown: str) -> None:
    """ESC, marks of direction and half characters become their escapes; letters of any script and lines stay."""
    assert shown == legible(said)


@given(st.recursive(st.text(st.characters()), lambda held: st.lists(held) | st.dictionaries(st.text(), held)))
def test_data_can_be_written_and_is_not_obeyed(held: object) -> None:
    """Whatever texts there are in data, at whatever depth: they can be encoded, and hold nothing to be obeyed."""
    written = json.dumps(legible_data(held), ensure_ascii=False)

    assert written.encode("utf-8")
    assert all(one.isprintable() for one in written)


def test_results_hold_nothing_to_be_obeyed() -> None:
    """A rationale, what was expected and found, the next step and a check that broke: all are legible, and are kept."""
    for result in hostile_results():
        texts = [result.rationale, str(result.expected), str(result.actual), result.help]
        assert all(one.isprintable() for text in texts for one in text), texts
        assert result.model_dump_json().encode("utf-8")
        assert r"\x1b[2J" in result.rationale or r"\\x1b[2J" in result.rationale


def test_a_notebook_shows_them_as_text() -> None:
    """The HTML of a result has no tag of the learner's, and neither form anything to be obeyed."""
    report = TaskReport(
        id="read", title="Read", verdict=Verdict.failed, points=0, of=1, results=tuple(hostile_results())
    )

    assert "<script" not in task_html(report)
    assert "&lt;script&gt;" in task_html(report)
    assert all(one.isprintable() or one == "\n" for one in task_html(report) + task_text(report))
