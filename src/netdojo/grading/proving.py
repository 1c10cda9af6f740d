"""Proves that a lab judges rightly: its start fails, its solution passes, and each wrong answer fails as it says."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed

from netdojo.errors import NetdojoError
from netdojo.grading.engine import Tell, grade_read, silent
from netdojo.grading.sandbox import Limits
from netdojo.grading.states import State, leaks_of, states_of
from netdojo.grading.stopping import Stop, stops_cleanly
from netdojo.grading.submissions import HandedIn, cells_of
from netdojo.model import Lab, Noun, Progress, Report, Slug, Verdict

JOBS = 2
"""Networks at a time: a state waits for convergence most of its time, and two cores take two."""


class StateProof(Noun):
    """One state: what was expected of each task, what came, and a sentence for each thing that is wrong."""

    name: str
    story: str
    expected: dict[str, str]
    got: dict[str, str]
    rationales: dict[str, str]
    faults: tuple[str, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        return not self.faults


class Proof(Noun):
    """A lab's proof. `leaks` are answers that reach a learner, and graders' files that could without being noticed."""

    lab: Slug
    states: tuple[StateProof, ...]
    leaks: tuple[str, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        return not self.leaks and all(state.ok for state in self.states)

    @property
    def exit_code(self) -> int:
        """0 proven, 1 not."""
        return 0 if self.ok else 1

    def text(self) -> str:
        """Return the proof as lines: each state, what is wrong with it, and a sentence at the end."""
        return "\n".join(proof_lines(self))


def prove(lab: Lab, *, tell: Tell = silent, limits: Limits | None = None, jobs: int = JOBS) -> Proof:
    """Grade each state of `lab` on a network of its own, `jobs` at a time, and compare with what it must come to.

    Raises InvalidFiles with every fault of the lab's grader. A state that cannot be graded is a fault of that state.
    """
    began = time.monotonic()
    states = states_of(lab)
    stop = Stop()

    def graded(state: State) -> Report:
        return grade_read(lab, handed_in(state, lab), tell=silent, limits=limits or Limits(), stop=stop)

    with stops_cleanly(), ThreadPoolExecutor(jobs) as pool:
        try:
            waiting = {pool.submit(proven, state, graded): state for state in states}
            for number, future in enumerate(as_completed(waiting), start=1):
                elapsed = time.monotonic() - began
                tell(Progress(phase=waiting[future].name, done=number, total=len(states), elapsed=elapsed))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            stop.ask()
            raise
    proofs = tuple(future.result() for future in waiting)
    return Proof(lab=lab.slug, states=proofs, leaks=leaks_of(lab), seconds=round(time.monotonic() - began, 1))


def handed_in(state: State, lab: Lab) -> HandedIn:
    """Return a state as a submission that has been read."""
    name = f"{lab.slug}.ipynb"
    return HandedIn(name, cells_of(state.contents[name], name, lab.slug), state.contents)


def proven(state: State, graded: Callable[[State], Report]) -> StateProof:
    """Grade one state and say what is not as it must be."""
    began = time.monotonic()
    expected = {task: " or ".join(sorted(one.value for one in may)) for task, may in state.expect.items()}
    try:
        report = graded(state)
    except NetdojoError as error:
        return state_proof(state, expected, {}, {}, (f"could not be graded: {error.message}",), began)
    got = {task.id: task.verdict.value for task in report.tasks}
    rationales = {task.id: task.rationale for task in report.tasks if task.rationale}
    return state_proof(state, expected, got, rationales, tuple(faults_of(state, report)), began)


def state_proof(
    state: State,
    expected: dict[str, str],
    got: dict[str, str],
    rationales: dict[str, str],
    faults: tuple[str, ...],
    began: float,
) -> StateProof:
    return StateProof(
        name=state.name,
        story=state.story,
        expected=expected,
        got=got,
        rationales=rationales,
        faults=faults,
        seconds=round(time.monotonic() - began, 1),
    )


def faults_of(state: State, report: Report) -> Iterator[str]:
    """Yield a sentence for each task that came to something else, and when no failure tells the named reason."""
    for task in report.tasks:
        may = state.expect[task.id]
        if task.verdict not in may:
            wanted = " or ".join(sorted(one.value for one in may))
            yield f"{task.id}: must be {wanted} (got {task.verdict.value}{because(task.rationale)})"
    failures = [one.rationale for task in report.tasks for one in task.results if one.verdict is Verdict.failed]
    if state.reason and not any(state.reason in told for told in failures):
        yield f"no failure tells the reason {state.reason!r} (got {'; '.join(failures) or 'no failure'})"


def because(rationale: str) -> str:
    return f": {rationale}" if rationale else ""


def proof_lines(proof: Proof) -> Iterator[str]:
    """Yield a line a state, its faults below it, the leaks, and a sentence that sums up."""
    for state in proof.states:
        verdicts = ", ".join(f"{task} {verdict}" for task, verdict in state.got.items())
        yield f"{'ok ' if state.ok else 'BAD'} {state.name}: {verdicts or 'not graded'} ({state.seconds:.1f} s)"
        yield from (f"      {fault}" for fault in state.faults)
    yield from (f"BAD {leak}" for leak in proof.leaks)
    held = sum(state.ok for state in proof.states)
    yield f"{held} of {len(proof.states)} states as they must be, {len(proof.leaks)} leaks, {proof.seconds:.1f} s"
