"""Proves that a lab judges rightly: its start fails, its solution passes, and each wrong answer fails as it says."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from textwrap import indent

from netdojo.errors import HostNotReady, NetdojoError
from netdojo.grading.engine import Tell, grade_read, silent
from netdojo.grading.sandbox import Limits, bubblewrap
from netdojo.grading.states import State, leaks_of, states_of
from netdojo.grading.stopping import Stop, stops_cleanly
from netdojo.grading.submissions import HandedIn, cells_of
from netdojo.model import Lab, Noun, Progress, Report, Slug, Verdict

JOBS = 2 * (os.cpu_count() or 1)
"""Networks at a time: a state waits half of its time, and keeps one processor busy in the other half."""


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

    @property
    def undecided(self) -> bool:
        """Whether it could not be graded, or all that is not as it must be errored, so that nothing was found wrong."""
        unexpected = {task: got for task, got in self.got.items() if got not in self.expected[task].split(" or ")}
        errored = bool(unexpected) and set(unexpected.values()) == {Verdict.errored.value}
        return not self.ok and (not self.got or errored)


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
        """0 proven, 1 something is wrong, 3 nothing is but that a state could not be graded."""
        if self.ok:
            return 0
        return 1 if self.leaks or any(not (state.ok or state.undecided) for state in self.states) else 3

    def text(self) -> str:
        """Return the proof as lines: each state, what is wrong with it, and a sentence at the end."""
        return "\n".join(proof_lines(self))


def prove(lab: Lab, *, tell: Tell = silent, limits: Limits | None = None, jobs: int = JOBS) -> Proof:
    """Grade each state of `lab` on a network of its own, `jobs` at a time, and compare with what it must come to.

    Raises InvalidFiles with every fault of the lab's grader, HostNotReady when this machine lacks something. A state
    that cannot be graded where another one could is a fault of that state.
    """
    began = time.monotonic()
    bubblewrap()
    states = states_of(lab)
    stop = Stop()

    def graded(state: State) -> Report:
        return grade_read(lab, handed_in(state, lab), tell=silent, limits=limits or Limits(), stop=stop)

    with stops_cleanly(), ThreadPoolExecutor(jobs) as pool:
        try:
            waiting = {pool.submit(proven, state, graded): state for state in states}
            for number, future in enumerate(as_completed(waiting), start=1):
                require_some(future, waiting)
                elapsed = time.monotonic() - began
                tell(Progress(phase=waiting[future].name, done=number, total=len(states), elapsed=elapsed))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            stop.ask()
            raise
    proofs = tuple(proof_of(state, future, began) for future, state in waiting.items())
    return Proof(lab=lab.slug, states=proofs, leaks=leaks_of(lab), seconds=round(time.monotonic() - began, 1))


def require_some(ended: Future[StateProof], all_of_them: Iterable[Future[StateProof]]) -> None:
    """Raise the HostNotReady on which a state has ended before any could be graded."""
    error = ended.exception()
    if isinstance(error, HostNotReady) and not any(one.done() and not one.exception() for one in all_of_them):
        raise error


def proof_of(state: State, ended: Future[StateProof], began: float) -> StateProof:
    """Return what a state came to, on a machine that lacked something for it and not for others as well."""
    error = ended.exception()
    return ungraded(state, error, began) if isinstance(error, HostNotReady) else ended.result()


def handed_in(state: State, lab: Lab) -> HandedIn:
    """Return a state as a submission that has been read."""
    name = f"{lab.slug}.ipynb"
    return HandedIn(name, cells_of(state.contents[name], name, lab.slug), state.contents)


def proven(state: State, graded: Callable[[State], Report]) -> StateProof:
    """Grade one state and say what is not as it must be; raises HostNotReady."""
    began = time.monotonic()
    try:
        report = graded(state)
    except HostNotReady:
        raise
    except NetdojoError as error:
        return ungraded(state, error, began)
    got = {task.id: task.verdict.value for task in report.tasks}
    rationales = {task.id: task.rationale for task in report.tasks if task.rationale}
    return state_proof(state, got, rationales, tuple(faults_of(state, report)), began)


def ungraded(state: State, error: NetdojoError, began: float) -> StateProof:
    said = f"could not be graded: {error.message}" + (f"\n{error.help}" if error.help else "")
    return state_proof(state, {}, {}, (said,), began)


def state_proof(
    state: State,
    got: dict[str, str],
    rationales: dict[str, str],
    faults: tuple[str, ...],
    began: float,
) -> StateProof:
    return StateProof(
        name=state.name,
        story=state.story,
        expected={task: " or ".join(sorted(one.value for one in may)) for task, may in state.expect.items()},
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
        yield from (indent(fault, "      ") for fault in state.faults)
    yield from (f"BAD {leak}" for leak in proof.leaks)
    held = sum(state.ok for state in proof.states)
    yield f"{held} of {len(proof.states)} states as they must be, {len(proof.leaks)} leaks, {proof.seconds:.1f} s"
