"""What every noun holds to, and what is drawn from some of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from netdojo.model import (
    EntryContent,
    Lab,
    Learner,
    Node,
    Policy,
    Progress,
    Report,
    Result,
    Slug,
    Task,
    TaskReport,
    Topology,
    Verdict,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
PASSED, FAILED, ERRORED, SKIPPED = Verdict.passed, Verdict.failed, Verdict.errored, Verdict.skipped


def report(*verdicts: Verdict) -> Report:
    """Return a report of one task a verdict; each is worth 2 points."""
    tasks = tuple(
        TaskReport(id=f"t{number}", title="T", verdict=verdict, points=2 if verdict is PASSED else 0, of=2)
        for number, verdict in enumerate(verdicts)
    )
    digest = "1" * 64
    return Report(
        lab="small",
        lab_digest=digest,
        grader_version="0.1.0",
        submission_digest=digest,
        notebook_digest=digest,
        started=NOW,
        finished=NOW,
        tasks=tasks,
    )


@pytest.mark.parametrize("text", ["a", "bgp-unnumbered", "evpn2-l3vni", "x" * 60])
def test_a_slug_is_a_folders_name(text: str) -> None:
    """Lower case, digits and single hyphens."""
    assert text == TypeAdapter(Slug).validate_python(text)


@pytest.mark.parametrize(
    "text", ["", "A", "2b", "-a", "a-", "a--b", "a_b", "a b", "../a", "a/b", "a\n", "ä", "x" * 61, 3, None]
)
def test_what_could_lead_elsewhere_is_no_slug(text: Any) -> None:
    """Neither a path, nor a name that a file system or an address would bend."""
    with pytest.raises(ValidationError):
        TypeAdapter(Slug).validate_python(text)


def test_a_noun_is_frozen_and_knows_its_keys() -> None:
    """Nothing is changed in place, and a key that is not there is refused, so that a typo never passes in silence."""
    task = Task(id="sessions", title="T", points=1)
    with pytest.raises(ValidationError, match="frozen"):
        task.points = 2
    with pytest.raises(ValidationError, match="point"):
        Task.model_validate({"id": "sessions", "title": "T", "points": 1, "point": 2})


@pytest.mark.parametrize("id", ["", "a b", "ada@example.org", "../ada", "a" * 65, "ada\n"])
def test_a_learner_is_a_pseudonym_that_can_be_a_folder(id: str) -> None:
    """The id names folders and rows: no path, no address, nothing that is long."""
    with pytest.raises(ValidationError):
        Learner(id=id)


def test_an_instant_has_a_zone(content: Callable[..., EntryContent]) -> None:
    """A time without a zone is refused: a record would mean another moment elsewhere."""
    held = content().model_dump()
    with pytest.raises(ValidationError, match="timezone"):
        EntryContent.model_validate(held | {"finished": datetime(2026, 3, 1)})


@pytest.mark.parametrize("change", [{"minutes_per_credit": 0}, {"step": 0}, {"step": -0.25}, {"valid_from": "soon"}])
def test_a_policy_rounds_by_something(change: dict[str, Any]) -> None:
    """Minutes a credit and the step are more than nothing, and the day from which it holds is a day."""
    sound = {
        "id": "self-declared",
        "version": "1",
        "valid_from": "2026-01-01",
        "source": "none",
        "minutes_per_credit": 60,
        "step": 0.25,
    }
    assert Policy.model_validate(sound).once_per_lab
    with pytest.raises(ValidationError):
        Policy.model_validate(sound | change)


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([PASSED, PASSED], 0),
        ([PASSED, FAILED], 1),
        ([FAILED, SKIPPED], 1),
        ([PASSED, SKIPPED], 1),
        ([PASSED, FAILED, ERRORED], 3),
        ([SKIPPED, SKIPPED], 3),
        ([], 3),
    ],
)
def test_a_report_ends_with_what_it_decided(verdicts: list[Verdict], code: int) -> None:
    """0 all passed, 1 something did not, 3 nothing could be said; only the first is a pass."""
    found = report(*verdicts)

    assert (code, code == 0, code == 3) == (found.exit_code, found.passed, found.errored)
    assert (2 * verdicts.count(PASSED), 2 * len(verdicts)) == (found.points, found.of)


def test_a_tasks_rationale_is_the_first_that_did_not_pass() -> None:
    """What passed, and what has nothing to say, is passed over."""
    said = [(PASSED, "fine"), (SKIPPED, ""), (FAILED, "eth2 is Idle"), (FAILED, "more")]
    results = tuple(Result(task="a", check="c", title="C", verdict=verdict, rationale=text) for verdict, text in said)
    task = TaskReport(id="a", title="A", verdict=FAILED, points=0, of=1, results=results)

    assert "eth2 is Idle" == task.rationale
    assert "" == task.model_copy(update={"results": ()}).rationale


def test_a_lab_knows_its_tasks(make_lab: Callable[..., Lab]) -> None:
    """Points are those of its tasks, a task is found by its id, and files begin in start/."""
    tasks = (Task(id="a", title="A", points=2), Task(id="b", title="B", points=3))
    lab = make_lab("small", *tasks, folder=Path("labs/small"))

    assert (5, tasks[1], Path("labs/small/start")) == (lab.points, lab.task("b"), lab.start)
    with pytest.raises(KeyError):
        lab.task("c")


def test_a_topology_resolves_against_its_file() -> None:
    """Binds are relative to where the file lies; a node that is not there is a KeyError."""
    node = Node(name="r1", kind="linux", image="frr")
    topology = Topology(name="t", file=Path("topologies/t/t.clab.yml"), images=Path("i"), nodes=(node,), links=())

    assert (Path("topologies/t"), node) == (topology.folder, topology.node("r1"))
    with pytest.raises(KeyError):
        topology.node("r2")


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_its_word(verdict: Verdict) -> None:
    """What a learner reads for a verdict is no word of the program's."""
    assert verdict.word not in {"", verdict.value}


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (Progress(phase="wiring"), "wiring"),
        (Progress(phase="starting", node="leaf1", done=3, total=6, elapsed=0.8), "starting leaf1 3 of 6"),
    ],
)
def test_step_of_long_work_is_a_line(step: Progress, line: str) -> None:
    """A step names its phase, its node and how far it is, where there are any."""
    assert line == step.line
