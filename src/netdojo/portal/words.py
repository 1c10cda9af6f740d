"""Every word that the pages say about a state, in one place so that it can be translated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from netdojo.durations import spoken
from netdojo.model import Fidelity, Lab, NodeState, Progress, TaskReport, Verdict

if TYPE_CHECKING:
    from netdojo.credentials import BadgeCheck, Step


@dataclass(frozen=True)
class State:
    """A state as it is shown: a word, and a tone that gives it shape and colour."""

    word: str
    tone: str


NOT_TRIED = State("Not tried yet", "blank")
TONES = {Verdict.passed: "good", Verdict.failed: "open", Verdict.errored: "fault", Verdict.skipped: "wait"}
NODES = {
    NodeState.running: State("running", "good"),
    NodeState.starting: State("starting", "wait"),
    NodeState.degraded: State("degraded", "fault"),
    NodeState.stopped: State("stopped", "fault"),
}
NODE_OFF = State("not started", "blank")
LINK_UP = State("up", "good")
LINK_DOWN = State("down", "open")

FIDELITY = {
    Fidelity.real: "the actual protocol implementation on real packets",
    Fidelity.emulated: "real tools on an emulated device",
    Fidelity.modelled: "a simulator's model of the fabric",
}
VERBS = {
    "start": "Starting the network",
    "stop": "Stopping the network",
    "reset": "Resetting the network",
    "check": "Checking",
    "submit": "Grading your submission",
    "build": "Building the notebook",
}
PHASES = {
    "ending": "Ending each node",
    "wiring": "Wiring the links",
    "starting": "Starting the nodes",
    "ready": "Waiting until each node takes commands",
    "grading": "Grading",
    "network": "Deploying a fresh network",
    "notebook": "Running the notebook in its sandbox",
    "judging": "Judging from outside",
    "recording": "Recording the result",
}
UNHARMED = {
    "start": "Your notebook and your results are as they were.",
    "stop": "Your notebook and your results are as they were.",
    "reset": "Your notebook and your results are as they were.",
    "check": "Nothing was scored, and your notebook is as it was.",
    "build": "Your notebook is as it was.",
    "submit": "Your notebook is as it was, and you can submit again.",
}
UNGRADED = f"It does not count, and is kept in the gradebook for a person to look at. {UNHARMED['submit']}"
NOTHING_LOST = "Nothing of yours was lost."
CONVERGING = "Routing protocols take a few seconds more to converge."


def verdict(report: TaskReport | None, waits_for: Iterable[str] = ()) -> State:
    """Return how a task stands; a skipped one names what it waits for."""
    if report is None:
        return NOT_TRIED
    titles = ", ".join(waits_for)
    if report.verdict is Verdict.skipped and titles:
        return State(f"Waits for {titles}", "wait")
    return judged(report.verdict)


def judged(verdict: Verdict) -> State:
    return State(verdict.word, TONES[verdict])


def standing(lab: Lab, reports: dict[str, TaskReport], passed: bool) -> State:
    """Return how a lab stands for the catalogue; `passed` says that a submission passed it."""
    if passed:
        return State("Passed", "good")
    if not reports:
        return NOT_TRIED
    done = sum(report.verdict is Verdict.passed for report in reports.values())
    return State(f"In progress: {count(done, 'task')} of {len(lab.tasks)} passed", "open")


def phase(progress: Progress) -> str:
    """Return a step of a deployment as a sentence of a few words, with its count where there is one."""
    named = PHASES.get(progress.phase, progress.phase.capitalize())
    which = f": {progress.node}" if progress.node else ""
    much = f" ({progress.count})" if progress.count else ""
    return f"{named}{which}{much}"


def checked(number: int, report: TaskReport) -> str:
    """Return the summary that is announced: "Task 2: not yet. 3 of 4 facts hold." """
    hold = sum(result.verdict is Verdict.passed for result in report.results)
    facts = f" {hold} of {count(len(report.results), 'fact')} hold." if report.results else ""
    return f"Task {number}: {verdict(report).word.lower()}.{facts}"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def duration(seconds: float) -> str:
    """Return seconds as a reader says them: "4 s", "2 min 5 s", "1 h 3 min"."""
    return spoken(seconds)


def moment(when: datetime) -> str:
    """Return a time in this machine's zone, with the zone."""
    return when.astimezone().strftime("%Y-%m-%d %H:%M %Z")


def recorded(passed: bool) -> State:
    return judged(Verdict.passed if passed else Verdict.failed)


def badge_state(check: BadgeCheck) -> State:
    """Return what verifying a badge came to."""
    if check.valid:
        return State("Valid", "good")
    return State("Not valid", "fault") if check.broken else State("Cannot tell", "wait")


def step_state(step: Step) -> State:
    """Return how one step of a verification ended."""
    shown = {"holds": ("Holds", "good"), "broken": ("Does not hold", "fault"), "skipped": ("Not looked at", "blank")}
    return State(*shown.get(step.outcome.value, ("Cannot tell", "wait")))
