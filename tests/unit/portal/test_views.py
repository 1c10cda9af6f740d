"""What the pages say of a lab, drawn from its nouns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from netdojo.model import Lab, Topology, Verdict
from netdojo.portal import views, words
from netdojo.portal.desk import Desk
from netdojo.runtimes import forgetting
from netdojo.runtimes.serving import using

from .conftest import report, result


@pytest.mark.parametrize(
    ("verdict", "word"),
    [
        (Verdict.passed, "Passed"),
        (Verdict.failed, "Not yet"),
        (Verdict.errored, "Could not check"),
        (Verdict.skipped, "Waits for task 1"),
    ],
)
def test_a_verdict_reads_as_a_word_with_a_shape(lab: Lab, verdict: Verdict, word: str) -> None:
    """Each verdict has a word and a tone of its own; what waits names the task that it waits for."""
    path = views.task_views(lab, {"path": report(verdict, id="path", of=2)})[1]

    assert word == path.state.word
    assert words.TONES[verdict] == path.state.tone


def test_a_task_without_a_report_was_not_tried(lab: Lab) -> None:
    """Nothing checked is neither right nor wrong."""
    assert ["Not tried yet", "Not tried yet"] == [task.state.word for task in views.task_views(lab, {})]


def test_one_check_on_several_nodes_is_told_once(lab: Lab) -> None:
    """Nodes with the same outcome of a check stand together, each with its own finding and one help."""
    found = report(
        Verdict.failed,
        result(Verdict.failed, node="leaf1"),
        result(Verdict.passed, node="leaf2"),
        result(Verdict.failed, node="leaf3"),
    )
    task = views.task_views(lab, {"up": found})[0]

    assert ["leaf1 is down", "leaf3 is down"] == [one.rationale for one in task.open[0].findings]
    assert ("Ask.",) == task.open[0].helps
    assert ["leaf2"] == [one.nodes for one in task.held]


def test_a_submission_names_one_next_step(lab: Lab) -> None:
    """What to try is said once, of the first task that is open; what waits for it has nothing to add."""
    first = report(Verdict.failed, result(Verdict.failed))
    later = result(Verdict.failed, task="path").model_copy(update={"help": "Ask elsewhere."})
    tasks = views.task_views(lab, {"path": report(Verdict.failed, later, id="path", of=2), "up": first})
    now = datetime.now(timezone.utc)
    shown = views.SubmissionView(passed=False, points=0, of=6, when=now, state=words.NOT_TRIED, tasks=tasks, notes=())

    assert "Ask." == shown.help
    assert "Ask elsewhere." == replace(shown, tasks=tasks[1:]).help
    assert "" == replace(shown, tasks=()).help


def test_a_check_is_announced_as_a_summary(lab: Lab) -> None:
    """The live region hears the verdict and how many facts hold, not every tick."""
    found = report(Verdict.failed, result(Verdict.failed, node="leaf1"), result(Verdict.passed, node="leaf2"))

    assert "Task 1: not yet. 1 of 2 facts hold." == views.announcement(lab, [found])


def test_a_fault_outranks_not_yet(lab: Lab) -> None:
    """Where something could not be checked, the whole is not called the learner's."""
    assert "fault" == views.tone_of([report(Verdict.failed), report(Verdict.errored)])


def test_values_are_shown_as_data() -> None:
    """Text stays text, data becomes JSON, nothing stays empty."""
    assert ("", "eth1", '["eth1"]') == tuple(map(views.plain, (None, "eth1", ["eth1"])))


def test_a_network_that_ended_by_itself_says_why(home: Path, tmp_path: Path) -> None:
    """The panel of a network that is off has what ended the last one, when that was want of use."""
    topology = Topology(name="two", file=tmp_path / "t", images=tmp_path, nodes=(), links=())
    assert "" == Desk().ended("two")
    using.remember({"name": "two", "word": str(forgetting.word("two"))}, 43200)
    shown = views.network_view(topology, None, None, Desk().ended("two"))

    assert shown.facts.startswith("The network ended at ")
    assert shown.facts.endswith(" after 12 h without use.")
    assert "blank" == shown.state.tone


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (59.9, "59 s"), (125, "2 min 5 s"), (3780, "1 h 3 min")])
def test_durations_carry_their_unit(seconds: float, text: str) -> None:
    """Durations are whole, with units."""
    assert text == words.duration(seconds)


@pytest.mark.parametrize(
    ("zone", "text"), [("UTC0", "2026-03-01 23:30 UTC"), ("NST-5:45", "2026-03-02 05:15 NST")], ids=["UTC", "NST"]
)
def test_a_time_carries_its_zone(own_zone: Callable[[str], None], zone: str, text: str) -> None:
    """A time is this machine's, and says in which zone: without, it would be a guess."""
    own_zone(zone)

    assert text == words.moment(datetime(2026, 3, 1, 23, 30, tzinfo=timezone.utc))


@pytest.fixture
def own_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Give what moves this process to a zone, for one test."""

    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()
