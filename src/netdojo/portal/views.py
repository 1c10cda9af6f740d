"""What each page shows, drawn from the nouns: plain values for the templates, no I/O."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from netdojo import drawing
from netdojo.model import (
    Course,
    Evidence,
    Lab,
    Lesson,
    Network,
    NetworkState,
    Report,
    Result,
    Task,
    TaskReport,
    Topology,
    Verdict,
)
from netdojo.portal import words
from netdojo.portal.words import State

if TYPE_CHECKING:
    from netdojo.checks import Check

DRAWN = 60
"""Nodes that are drawn; of a larger fabric the table tells more than a drawing."""


@dataclass(frozen=True)
class Finding:
    """What one check found, on one node where it asks nodes."""

    node: str
    rationale: str
    expected: str
    actual: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class ResultView:
    """One check's outcome on all nodes where it is the same, with what a learner can act on."""

    state: State
    title: str
    findings: tuple[Finding, ...]
    helps: tuple[str, ...]

    @property
    def nodes(self) -> str:
        return ", ".join(found.node for found in self.findings if found.node)


@dataclass(frozen=True)
class TaskView:
    """A task as the lab's page shows it. `in_notebook` tasks are checked by the notebook alone."""

    id: str
    number: int
    title: str
    points: int
    earned: int
    state: State
    checks: tuple[str, ...]
    hints: tuple[str, ...]
    in_notebook: bool
    partly_in_notebook: bool
    open: tuple[ResultView, ...] = ()
    held: tuple[ResultView, ...] = ()


@dataclass(frozen=True)
class NodeRow:
    """A node in the network's table."""

    name: str
    role: str
    state: State
    ssh: str


@dataclass(frozen=True)
class LinkRow:
    """A link in the network's table."""

    a: str
    b: str
    state: State


@dataclass(frozen=True)
class NetworkView:
    """A lab's network as its page shows it. `drawing` is empty where the table says more.

    It is `on` when it takes commands, and `coming_up` while somebody else than this page deploys it.
    """

    on: bool
    coming_up: bool
    state: State
    summary: str
    facts: str
    drawing: str
    nodes: tuple[NodeRow, ...]
    links: tuple[LinkRow, ...]


@dataclass(frozen=True)
class SubmissionView:
    """The last submission of a lab: what it got, and when."""

    passed: bool
    points: int
    of: int
    when: datetime
    state: State
    tasks: tuple[TaskView, ...]
    notes: tuple[str, ...]

    @property
    def help(self) -> str:
        """What to try next: of the first task that is open, since later ones often fail for the same reason."""
        return next((step for task in self.tasks for one in task.open for step in one.helps), "")


def lesson_of(course: Course, lab: Lab) -> Lesson | None:
    """Return the lesson that leads into `lab`: the one of its name in its module, else the module's first."""
    lessons = [lesson for one in course.modules if one.slug == lab.manifest.module for lesson in one.lessons]
    return next((lesson for lesson in lessons if lesson.slug == lab.slug), lessons[0] if lessons else None)


def submission_view(lab: Lab, report: Report) -> SubmissionView:
    """Return the last submission as the page shows it."""
    state = State("Could not be graded", "fault") if report.errored else State("Not yet", "open")
    return SubmissionView(
        passed=report.passed,
        points=report.points,
        of=report.of,
        when=report.finished,
        state=State("Passed", "good") if report.passed else state,
        tasks=task_views(lab, {task.id: task for task in report.tasks}),
        notes=report.notes,
    )


def task_views(lab: Lab, reports: Mapping[str, TaskReport], checks: Sequence[Check] = ()) -> tuple[TaskView, ...]:
    """Return the lab's tasks with how they stand."""
    return tuple(
        task_view(lab, task, number, reports.get(task.id), [one for one in checks if one.task == task.id])
        for number, task in enumerate(lab.tasks, 1)
    )


def task_view(lab: Lab, task: Task, number: int, report: TaskReport | None, checks: Sequence[Check]) -> TaskView:
    notebook = [one.asks_the_notebook for one in checks]
    results = report.results if report else ()
    return TaskView(
        id=task.id,
        number=number,
        title=task.title,
        points=task.points,
        earned=report.points if report else 0,
        state=words.verdict(report, waits_for(lab, task)),
        checks=tuple(one.title for one in checks),
        hints=task.hints,
        in_notebook=bool(notebook) and all(notebook),
        partly_in_notebook=any(notebook) and not all(notebook),
        open=result_views([one for one in results if one.verdict is not Verdict.passed]),
        held=result_views([one for one in results if one.verdict is Verdict.passed]),
    )


def waits_for(lab: Lab, task: Task) -> list[str]:
    """Return the tasks that `task` builds on, as the page numbers them."""
    numbers = {one.id: number for number, one in enumerate(lab.tasks, 1)}
    return [f"task {numbers[need]}" for need in task.needs]


def result_views(results: Sequence[Result]) -> tuple[ResultView, ...]:
    """Return the results with those of one check and verdict together, whatever the node."""
    together: dict[tuple[str, Verdict], list[Result]] = {}
    for result in results:
        together.setdefault((result.check, result.verdict), []).append(result)
    return tuple(
        ResultView(
            state=words.judged(verdict),
            title=same[0].title,
            findings=tuple(finding(one) for one in same),
            helps=tuple(dict.fromkeys(one.help for one in same if one.help)),
        )
        for (_, verdict), same in together.items()
    )


def finding(result: Result) -> Finding:
    expected, actual = plain(result.expected), plain(result.actual)
    return Finding(result.node, result.rationale, expected, actual, result.evidence)


def plain(value: Any) -> str:
    """Return a check's expected or actual value as a reader wants it: text as it is, data as JSON, nothing as ""."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def network_view(
    topology: Topology, network: Network | None, state: NetworkState | None, ended: str = "", *, coming_up: bool = False
) -> NetworkView:
    """Return the network's panel; `network` is None while it is not deployed, and `ended` how it came to that."""
    shown = topology if network is None else network.topology
    on = network is not None
    off = State("Coming up", "wait") if coming_up else State("Not started", "blank")
    return NetworkView(
        on=on,
        coming_up=coming_up and not on,
        state=State("Running", "good") if on else off,
        summary=drawing.summary(shown, state),
        facts=facts(network) if network else ended,
        drawing=drawing.draw(shown, state) if len(shown.nodes) <= DRAWN else "",
        nodes=tuple(node_row(name, shown, network, state) for name in (node.name for node in shown.nodes)),
        links=tuple(
            link_row(str(link.a), str(link.b), up)
            for link, up in zip(shown.links, drawing.links_up(shown.links, state), strict=True)
        ),
    )


def facts(network: Network) -> str:
    """Return what runs it and since when."""
    return f"{network.runtime} runtime, since {network.started.astimezone():%H:%M %Z}"


def node_row(name: str, topology: Topology, network: Network | None, state: NetworkState | None) -> NodeRow:
    found = drawing.node_state(topology.node(name), state)
    line = f"ssh -F {network.ssh_config} {name}" if network else ""
    node = topology.node(name)
    return NodeRow(name, node.labels.get("tier", node.kind), words.NODES[found] if found else words.NODE_OFF, line)


def link_row(a: str, b: str, up: bool | None) -> LinkRow:
    return LinkRow(a, b, words.NODE_OFF if up is None else words.LINK_UP if up else words.LINK_DOWN)


def announcement(lab: Lab, reports: Iterable[TaskReport]) -> str:
    """Return the results of a check, a summary for each task."""
    numbers = {task.id: number for number, task in enumerate(lab.tasks, 1)}
    return " ".join(words.checked(numbers[report.id], report) for report in reports)


def passed_of(lab: Lab, reports: Sequence[TaskReport]) -> str:
    """Return the headline of a check of several tasks; one task speaks for itself."""
    if len(reports) == 1:
        return announcement(lab, reports)
    done = sum(report.verdict is Verdict.passed for report in reports)
    return f"Checked: {done} of {words.count(len(reports), 'task')} passed"


def tone_of(reports: Iterable[TaskReport]) -> str:
    """Return the tone of several tasks together: a fault over not yet over waiting over passed."""
    found = {report.verdict for report in reports}
    order = (Verdict.errored, Verdict.failed, Verdict.skipped, Verdict.passed)
    return next((words.TONES[verdict] for verdict in order if verdict in found), "blank")
