"""The bodies of the long work: each is given what it works on, tells its progress, and returns how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from netdojo.errors import NetworkComingUp, NetworkExists, NotFound, WrongUse
from netdojo.model import Lab, Network, Receipt, Result, TaskReport, Verdict
from netdojo.portal import views, words
from netdojo.portal.desk import Desk
from netdojo.portal.jobs import Busy, Jobs, Outcome, Say

if TYPE_CHECKING:
    from netdojo.checks import Check

COMING_UP = "The network is coming up"
WAIT = "Wait until it runs, then open the notebook."


def start(desk: Desk, lab: Lab, say: Say) -> Outcome:
    """Deploy the lab's network."""
    from netdojo import runtimes

    try:
        network = runtimes.deploy(
            desk.topology(lab),
            name=lab.slug,
            overlay=lab.start,
            tell=lambda progress: say(words.phase(progress)),
        )
    except NetworkComingUp:
        return Outcome("open", COMING_UP, "It was started elsewhere, and takes no commands yet.", WAIT)
    except NetworkExists:
        return Outcome("good", "The network is running already", step="Open the notebook, or check what you have.")
    finally:
        desk.forget_look(lab.slug)
    ready = words.count(len(network.access), "node")
    return Outcome("good", f"The network is ready: {ready}", words.CONVERGING, "Open the notebook next.")


def stop(desk: Desk, lab: Lab, say: Say) -> Outcome:
    """End the lab's network."""
    from netdojo import runtimes

    say("Ending each node")
    with suppress(NotFound):
        runtimes.destroy(lab.slug)
    desk.forget_look(lab.slug)
    return Outcome("good", "The network is stopped", words.UNHARMED["stop"], "Start it again when you go on.")


def reset(desk: Desk, lab: Lab, say: Say) -> Outcome:
    """End the network and deploy it anew; the notebook is not touched."""
    from netdojo import checks, runtimes

    running = [network for network in runtimes.networks() if network.name == lab.slug]
    if not running and (begun := start(desk, lab, say)).headline == COMING_UP:
        return begun
    for network in running:
        try:
            runtimes.redeploy(network, desk.topology(lab), overlay=lab.start, tell=lambda step: say(words.phase(step)))
        finally:
            desk.forget_look(lab.slug)
    checks.forget(desk.workspace(lab.slug))
    return Outcome("good", "The network is as it was at the start", "Your notebook is as it was.", words.CONVERGING)


def check(desk: Desk, lab: Lab, wanted: tuple[str, ...], say: Say) -> Outcome:
    """Run the public checks of `wanted`, in the lab's order, and remember their reports.

    Raises WrongUse when there is none that can be run without the notebook, or no network.
    """
    from netdojo import checks

    reports = []
    if not wanted:
        raise WrongUse("This is checked in the notebook", help="Run lab.check(…) there; the result stands here.")
    for report in checking(desk, lab, running(lab), wanted, say):
        checks.remember(desk.workspace(lab.slug), [report])
        reports.append(report)
    each = f"{views.announcement(lab, reports)} {elsewhere(desk, lab)}".rstrip() if len(reports) > 1 else ""
    step = "" if views.tone_of(reports) == "good" else "Each task says what was found and what to try next."
    return Outcome(views.tone_of(reports), views.passed_of(lab, reports), each, step)


def checkable(desk: Desk, lab: Lab) -> tuple[str, ...]:
    """Return the tasks that the network alone can say something about; the others are checked in the notebook."""
    found = {one.task for one in desk.checks(lab) if not one.asks_the_notebook}
    return tuple(task.id for task in lab.tasks if task.id in found)


def elsewhere(desk: Desk, lab: Lab) -> str:
    """Return which tasks the page cannot check, in a sentence; "" when it can check all."""
    here = checkable(desk, lab)
    numbers = [str(number) for number, task in enumerate(lab.tasks, 1) if task.id not in here]
    if not numbers:
        return ""
    named = f"Task {numbers[0]} is" if len(numbers) == 1 else f"Tasks {' and '.join(numbers)} are"
    return f"{named} checked in the notebook."


def running(lab: Lab) -> Network:
    """Return the lab's network; raises WrongUse when there is none."""
    from netdojo import runtimes

    try:
        return runtimes.find(lab.slug)
    except NetworkComingUp:
        raise WrongUse(COMING_UP, help=WAIT) from None
    except NotFound:
        raise WrongUse("The network is not running", help="Start the network, then check again.") from None


def checking(desk: Desk, lab: Lab, network: Network, wanted: tuple[str, ...], say: Say) -> Iterator[TaskReport]:
    """Yield a report for each task of `wanted`; what was found before counts for the tasks that build on it."""
    from netdojo import checks
    from netdojo.runtimes.fabric import LiveFabric

    found = desk.checks(lab)
    before = desk.reports(lab.slug)
    verdicts = {task: report.verdict for task, report in before.items()}
    holding = {one.name for one in found if verdicts.get(one.task) is Verdict.passed}
    for number, task in enumerate(lab.tasks, 1):
        if task.id not in wanted:
            continue
        say(f"Checking task {number}, which may wait up to {longest(found, task.id):.0f} s")
        results = checks.run_task(
            task.id,
            found,
            fabric=LiveFabric(network),
            passed=holding,
            tell=lambda one: say(f"{one.verdict.word}: {one.title} {one.node}".rstrip()),
        )
        results = with_notebook(found, results, before.get(task.id))
        report = checks.fold(task, results, verdicts)
        verdicts[task.id] = report.verdict
        failing = {one.check for one in results if one.verdict is not Verdict.passed}
        holding |= {one.check for one in results} - failing
        yield report


def with_notebook(found: tuple[Check, ...], results: list[Result], before: TaskReport | None) -> list[Result]:
    """Return `results` with what the notebook last found in place of the checks that only it can run."""
    asked = {one.name for one in found if one.asks_the_notebook}
    kept = [one for one in before.results if one.check in asked] if before else []
    known = {one.check for one in kept}
    return [one for one in results if one.check not in known] + kept


def build_ahead(desk: Desk, jobs: Jobs, lab: Lab) -> None:
    """Build the lab's notebook in the background while its page is read, so that opening it does not wait."""
    name = f"notebook of {lab.slug}"
    if (desk.workspace(lab.slug) / f"{lab.slug}.ipynb").exists() or jobs.of(name):
        return
    with suppress(Busy):
        jobs.start(name, "build", lambda say: build(lab, say))


def build(lab: Lab, say: Say) -> Outcome:
    from netdojo import grading

    say("Building the notebook")
    grading.build_notebook(lab)
    return Outcome("good", "The notebook is built")


def longest(found: tuple[Check, ...], task: str) -> float:
    """Return the seconds that the checks of `task` may wait together."""
    return sum(one.within for one in found if one.task == task) or 1.0


def submit(desk: Desk, lab: Lab, say: Say) -> Outcome:
    """Hand the workspace in: graded on a fresh network, in a process of its own, and recorded."""
    from netdojo import grading

    receipt: Receipt = grading.submit_elsewhere(
        lab.slug, desk.workspace(lab.slug), tell=lambda progress: say(words.phase(progress))
    )
    return submitted(receipt)


def submitted(receipt: Receipt) -> Outcome:
    """Return what a submission came to, in words."""
    report = receipt.report
    points = f"{report.points} of {words.count(report.of, 'point')}"
    if report.errored:
        why = next((task.rationale for task in report.tasks if task.verdict is Verdict.errored), "")
        return Outcome("fault", "This submission could not be graded", words.UNGRADED, why)
    if report.passed:
        badge = f"The badge {receipt.badge.name} is yours. " if receipt.badge else ""
        return Outcome("good", f"Passed: {points}", f"{badge}It is recorded.", "See your progress.", to_progress=True)
    return Outcome(
        "open", f"Not yet: {points}", "It is recorded, and you can submit again.", "See below what was found."
    )
