"""Grades a submission: a fresh network, the notebook in its sandbox, and the judge outside of both."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from netdojo import runtimes
from netdojo.checks import Check, load_checks
from netdojo.content import read_topology
from netdojo.errors import DeployFailed
from netdojo.grading.applying import Applied, refused, starting_files, submitted_configs
from netdojo.grading.assignment import load_master
from netdojo.grading.confined import Confined
from netdojo.grading.digests import lab_digest, versions
from netdojo.grading.hiding import private
from netdojo.grading.judging import Judge
from netdojo.grading.kernel import NotebookKernel
from netdojo.grading.master import grader_of
from netdojo.grading.matching import Plan, match
from netdojo.grading.names import held_name, scratch_folder, sweep
from netdojo.grading.sandbox import Limits, bubblewrap, inside, lay_out, named, options
from netdojo.grading.stopping import Stop, stops_cleanly
from netdojo.grading.submissions import HandedIn, read_submission
from netdojo.model import Lab, Network, Progress, Report, Topology

Tell = Callable[[Progress], None]
FORGET_AFTER = 12 * 3600.0
"""Seconds without use after which the network of a grader that is no more ends, whatever is set for learners' own."""


def silent(_: Progress) -> None:
    """Tell nobody."""


@dataclass
class Clock:
    """What each phase took, in seconds, and who is told of it."""

    tell: Tell
    began: float = field(default_factory=time.monotonic)
    phases: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        self.say(name)
        began = time.monotonic()
        try:
            yield
        finally:
            self.phases[name] = round(self.phases.get(name, 0.0) + time.monotonic() - began, 3)

    def say(self, name: str, done: int = 0, total: int = 0) -> None:
        self.tell(Progress(phase=name, done=done, total=total, elapsed=time.monotonic() - self.began))


def grade(
    lab: Lab,
    folder: Path,
    *,
    tell: Tell = silent,
    limits: Limits | None = None,
) -> Report:
    """Return the report of the submission in `folder`, judged on a network of its own.

    Raises SubmissionUnusable when there is nothing to judge or a router does not take what was handed in for it,
    WrongUse without graders at hand, HostNotReady and DeployFailed when no network comes up, SandboxFailed when the
    kernel cannot be started. Whatever happens, neither network nor process is left. A report names nobody.
    """
    return grade_read(lab, read_submission(lab, folder), tell=tell, limits=limits or Limits())


def grade_read(lab: Lab, submission: HandedIn, *, tell: Tell, limits: Limits, stop: Stop | None = None) -> Report:
    """Grade a submission that has been read; raises Stopped soon after another thread has asked `stop`."""
    stop = stop or Stop()
    started = datetime.now(timezone.utc)
    clock = Clock(tell)
    with clock.phase("prepare"):
        bubblewrap()
        plan = match(load_master(lab), submission.cells)
        checks = checks_of(lab)
        topology = read_topology(lab.topology_file, runtimes.check).model_copy(update={"private": private(lab)})
        applied = submitted_configs(submission.contents, topology)
        sweep()
    with (
        stops_cleanly(),
        scratch_folder() as scratch,
        held_name() as name,
        deployed(topology, name, starting_files(lab, applied, scratch), applied, clock, stop) as network,
    ):
        judge = Judge(lab, network, checks, stop)
        lay_out(scratch, lab, network, submission.contents)
        run_notebook(lab, network, scratch, plan, judge, clock, limits, stop)
    notes = (*submission.notes, *applied.notes, *plan.notes, *judge.leftover())
    return Report(
        lab=lab.slug,
        lab_digest=lab_digest(lab),
        grader_version=versions()["netdojo"],
        submission_digest=submission.digest,
        notebook_digest=submission.notebook_digest,
        started=started,
        finished=datetime.now(timezone.utc),
        environment=environment(network, limits),
        phases={**clock.phases, "whole": round(time.monotonic() - clock.began, 3)},
        tasks=tuple(judge.reports[task.id] for task in lab.tasks),
        notes=notes,
    )


def checks_of(lab: Lab) -> tuple[tuple[Check, ...], tuple[Check, ...]]:
    """Return the lab's public and hidden checks; raises InvalidFiles when one of the files does not run."""
    public = load_checks(lab.folder / "checks.py")
    return public, load_checks(grader_of(lab) / "hidden.py", hidden=True)


@contextmanager
def deployed(
    topology: Topology, name: str, overlay: Path | None, applied: Applied, clock: Clock, stop: Stop
) -> Iterator[Network]:
    """Give a fresh network in the lab's start state with what was `applied`, and end it whatever happens.

    Raises SubmissionUnusable when a router does not take the configuration that was handed in for it.
    """
    with clock.phase("deploy"):
        tell = stop.hearing(clock.tell)
        try:
            network = runtimes.deploy(topology, name=name, overlay=overlay, tell=tell, forget_after=FORGET_AFTER)
        except DeployFailed as error:
            raise refused(error, applied) or error from error
    try:
        yield network
    finally:
        with clock.phase("destroy"):
            runtimes.destroy(network)


def run_notebook(
    lab: Lab, network: Network, scratch: Path, plan: Plan, judge: Judge, clock: Clock, limits: Limits, stop: Stop
) -> None:
    """Run the plan's cells in the sandbox, and judge each task at its place."""
    total = len(lab.tasks)
    join = runtimes.join_command(network)
    sandbox = Confined(join, options(scratch, lab, limits), inside(lab, limits), limits)
    with sandbox as confined, stop.ending(confined.kill):
        kernel = NotebookKernel(confined, limits, network)
        with clock.phase("kernel"):
            kernel.wait_until_ready()
        for step in plan.steps:
            stop.require_going()
            if step.kind == "code" and step.source.strip():
                with clock.phase("notebook"):
                    judge.note(step, kernel.run(step.source, judge.place(step)))
            if step.missing:
                judge.missing(step.task)
            if step.judge:
                clock.say(f"judging {step.judge}", len(judge.held), total)
                with clock.phase("judging"):
                    judge.judge(step.judge, kernel, missing=step.judge in plan.missing)
        with clock.phase("judging"):
            judge.finish(kernel)


def environment(network: Network, limits: Limits) -> dict[str, str]:
    """Return what the grading ran on, as far as it can matter to a verdict."""
    return {
        "python": platform.python_version(),
        "kernel": platform.release(),
        "runtime": network.runtime,
        **{name: number for name, number in versions().items() if name != "netdojo"},
        **named(limits),
    }
