"""Runs checks against a network and a notebook, and folds their results into a task's verdict."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from netdojo.checks.legibility import legible, legible_data
from netdojo.checks.vocabulary import Breakable, Check, Device, Fabric, Failed, Kernel, Visited
from netdojo.errors import NetdojoError, WrongUse
from netdojo.model import Answer, Evidence, Fault, Result, Task, TaskReport, Topology, Verdict

POLL = 0.25
"""Seconds between two rounds of asking; a round asks only what has not passed."""
EVIDENCE_KEPT = 12
ANSWER_CAP = 2000
"""Characters of an answer that are kept as evidence."""
RATIONALE_CAP = 1000
VALUE_CAP = 4000
"""Characters of a rationale, and of an expected or actual value, that a result keeps."""

Tell = Callable[[Result], None]


def silent(_: Result) -> None:
    """Tell nobody."""


@dataclass
class Recorder:
    """A device that remembers what it was asked, so that a result can show its evidence."""

    device: Device
    heard: list[Evidence] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.device.name

    @property
    def labels(self) -> dict[str, str]:
        return self.device.labels

    def ask(self, *argv: str, timeout: float = 10) -> Answer:
        answer = self.device.ask(*argv, timeout=timeout)
        said = legible((answer.stdout or answer.stderr)[:ANSWER_CAP])
        self.heard.append(Evidence(node=self.name, command=legible(" ".join(argv)), answer=said))
        return answer


@dataclass
class RecordingFabric:
    """A fabric whose devices write what they were asked into one list."""

    fabric: Fabric
    heard: list[Evidence] = field(default_factory=list)

    @property
    def topology(self) -> Topology:
        return self.fabric.topology

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(node.name for node in self.topology.nodes)

    def device(self, name: str) -> Recorder:
        return Recorder(self.fabric.device(name), self.heard)

    def devices(self, glob: str = "*") -> list[Recorder]:
        return [self.device(name) for name in self.names if fnmatchcase(name, glob)]

    def sessions(self, name: str) -> int:
        """Return how many SSH sessions the node `name` has had since its start; raises WrongUse where nobody knows."""
        if not isinstance(self.fabric, Visited):
            raise WrongUse(f"{self.topology.name} does not run, so nobody has logged in")
        return self.fabric.sessions(name)

    def fault(self, kind: str, target: str, **options: Any) -> AbstractContextManager[Fault]:
        """Break the network for as long as the block lasts, as `netdojo lab fault` does.

        Raises NetdojoError where it cannot be broken so: that makes the check errored, and never counts against the
        learner.
        """
        if not isinstance(self.fabric, Breakable):
            raise WrongUse(f"{self.topology.name} does not run, so it cannot be broken")
        return self.fabric.fault(kind, target, **options)


def run_task(
    task: str,
    checks: Iterable[Check],
    *,
    fabric: Fabric,
    kernel: Kernel | None = None,
    passed: Collection[str] = frozenset(),
    known: Iterable[Check] = (),
    tell: Tell = silent,
) -> list[Result]:
    """Run the checks of `task` in order and return a Result for each, one a node where a check names nodes.

    `passed` are the names of checks that passed before, for `needs` across tasks; `known` are checks beside these whose
    titles a result may name. Without a kernel, checks that ask the
    notebook are skipped.
    """
    given = tuple(checks)
    titles = {check.name: check.title for check in (*known, *given)}
    holding = set(passed)
    results: list[Result] = []
    for check in (one for one in given if one.task == task):
        if not holding.issuperset(check.given):
            continue
        waiting_for = [titles.get(name, name) for name in check.needs if name not in holding]
        found = [waits(check, waiting_for)] if waiting_for else run_check(check, fabric, kernel)
        if found and all(result.verdict is Verdict.passed for result in found):
            holding.add(check.name)
        for result in found:
            tell(result)
        results += found
    return results


def waits(check: Check, titles: Iterable[str]) -> Result:
    """Return the result of a check whose guards did not pass; they are named as the learner knows them."""
    named = "; ".join(title.rstrip(".") for title in titles)
    return outcome(check, Verdict.skipped, f"waits for: {named}")


def run_check(check: Check, fabric: Fabric, kernel: Kernel | None) -> list[Result]:
    """Run one check, on each of its nodes, polling until its deadline."""
    if check.asks_the_notebook and kernel is None:
        return [outcome(check, Verdict.skipped, f'run lab.check("{check.task}") in the notebook')]
    names = (
        [node.name for node in fabric.topology.nodes if fnmatchcase(node.name, check.nodes)] if check.nodes else [""]
    )
    if not names:
        return [outcome(check, Verdict.errored, f"no node of {fabric.topology.name} matches {check.nodes!r}")]
    return poll(check, names, fabric, kernel)


def poll(check: Check, names: list[str], fabric: Fabric, kernel: Kernel | None) -> list[Result]:
    """Ask until each node has passed or the deadline is over; return the last result of each, in order."""
    deadline = time.monotonic() + check.within
    results: dict[str, Result] = {}
    while True:
        for name in names:
            if name not in results or results[name].verdict is not Verdict.passed:
                results[name] = attempt(check, name, fabric, kernel)
        if all(result.verdict is Verdict.passed for result in results.values()) or time.monotonic() >= deadline:
            return list(results.values())
        time.sleep(min(POLL, max(0.0, deadline - time.monotonic())))


def attempt(check: Check, node: str, fabric: Fabric, kernel: Kernel | None) -> Result:
    """Run a check once; an exception other than Failed is a fault of the check or the network, so it is errored."""
    recording = RecordingFabric(fabric)
    began = time.monotonic()
    try:
        check.run(**arguments(check, node, recording, kernel))
    except Failed as failure:
        found = failed(check, node, failure, recording.heard)
    except NetdojoError as error:
        found = outcome(check, Verdict.errored, error.message, node=node)
    except Exception as error:  # noqa: BLE001  # shown as errored, never scored
        found = outcome(check, Verdict.errored, f"the check itself raised {type(error).__name__}: {error}", node=node)
    else:
        found = outcome(check, Verdict.passed, node=node)
    return found.model_copy(update={"seconds": round(time.monotonic() - began, 3)})


def arguments(check: Check, node: str, fabric: RecordingFabric, kernel: Kernel | None) -> dict[str, Any]:
    """Return what the check's function takes, by name."""
    given: dict[str, Any] = {}
    for name in check.arguments:
        if name == "node":
            given[name] = fabric.device(node)
        elif name == "network":
            given[name] = fabric
        elif kernel is not None:
            given[name] = kernel.answer(check.answer) if name == "answer" else kernel.call(check.call)
    return given


def outcome(check: Check, verdict: Verdict, rationale: str = "", *, node: str = "") -> Result:
    """Return a result that holds no more than its verdict and why."""
    return Result(
        task=check.task,
        check=check.name,
        title=check.title,
        verdict=verdict,
        node=node,
        rationale=legible(cut(rationale, RATIONALE_CAP)),
        hidden=check.hidden,
    )


def failed(check: Check, node: str, failure: Failed, heard: list[Evidence]) -> Result:
    """Return a failed result; a hidden check tells its rationale alone, so that it cannot be asked for answers."""
    bare = outcome(check, Verdict.failed, failure.rationale, node=node)
    if check.hidden:
        return bare
    return bare.model_copy(
        update={
            "expected": within_cap(failure.expected),
            "actual": within_cap(failure.actual),
            "help": legible(failure.help),
            "evidence": tuple(heard[-EVIDENCE_KEPT:]),
        }
    )


def cut(text: str, cap: int) -> str:
    """Return `text`, shortened to `cap` characters."""
    return text if len(text) <= cap else f"{text[:cap]}… ({len(text)} characters)"


def within_cap(value: Any) -> Any:
    """Return a value, legible, or the beginning of it as text where it is too long to be read."""
    shown = value if isinstance(value, str) else repr(value)
    return legible_data(value if len(shown) <= VALUE_CAP else cut(shown, VALUE_CAP))


def fold(task: Task, results: Iterable[Result], verdicts: Mapping[str, Verdict]) -> TaskReport:
    """Fold a task's results into one verdict: errored over failed over skipped over passed; points only for a pass.

    `verdicts` are those of the tasks before: a task whose `needs` did not pass is skipped. A task that nothing judged
    is errored, since nothing can be said of it.
    """
    kept = tuple(results)
    missing = [need for need in task.needs if verdicts.get(need) is not Verdict.passed]
    verdict = Verdict.skipped if missing else worst(kept)
    return TaskReport(
        id=task.id,
        title=task.title,
        verdict=verdict,
        points=task.points if verdict is Verdict.passed else 0,
        of=task.points,
        results=kept,
    )


def worst(results: tuple[Result, ...]) -> Verdict:
    """Return the gravest verdict of `results`; nothing judged is errored."""
    found = {result.verdict for result in results}
    order = (Verdict.errored, Verdict.failed, Verdict.skipped, Verdict.passed)
    return next((verdict for verdict in order if verdict in found), Verdict.errored)
