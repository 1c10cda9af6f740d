"""Puts a page together: reads through the desk, and renders the templates."""

from __future__ import annotations

import hashlib
import re
from copy import copy
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

from netdojo.errors import NetdojoError
from netdojo.model import Lab, Lesson, TaskReport
from netdojo.portal import catalogue, record, views, words
from netdojo.portal.desk import Desk
from netdojo.portal.jobs import Job, Jobs


@dataclass(frozen=True)
class LabPage:
    """Everything that a lab's page shows at one moment."""

    lab: Lab
    fidelity: str
    tasks: tuple[views.TaskView, ...]
    network: views.NetworkView
    job: Job | None
    submission: views.SubmissionView | None
    lesson: Lesson | None = None

    @property
    def earned(self) -> int:
        return sum(task.earned for task in self.tasks)

    @property
    def busy(self) -> bool:
        return self.job is not None and self.job.running

    @property
    def said(self) -> str:
        """What the live region announces: how the last work ended."""
        if self.job is None:
            return ""
        if self.job.outcome is None:
            return f"{words.VERBS[self.job.kind]}."
        return f"{self.job.outcome.headline}. {self.job.outcome.step}"


def lab_page(desk: Desk, jobs: Jobs, slug: str) -> LabPage:
    """Return the lab's page as it is now.

    The job is looked at first: one that is over has left the network as it says, and does not end meanwhile.
    """
    lab = desk.lab(slug)
    job = copy(jobs.of(slug))
    network, state = desk.look(slug)
    report = record.last_report(slug)
    idle = network is None and not (job and job.running)
    ended = "" if network else desk.ended(slug)
    return LabPage(
        lab=lab,
        fidelity=words.FIDELITY[lab.manifest.fidelity],
        tasks=views.task_views(lab, desk.reports(slug), desk.checks(lab)),
        network=views.network_view(
            desk.topology(lab), network, state, ended, coming_up=idle and desk.is_coming_up(slug)
        ),
        job=job,
        submission=views.submission_view(lab, report) if report else None,
        lesson=views.lesson_of(desk.course(), lab) if desk.site_built else None,
    )


def fragments(templates: Environment, page: LabPage, given: dict[str, Any]) -> dict[str, str]:
    """Return the parts of a lab's page that change while it is open, by the id of their element."""
    parts = {
        name: templates.get_template(f"parts/{name}.html").render(page=page, **given)
        for name in ("standing", "actions", "job", "network", "submission")
    }
    each = templates.get_template("parts/task.html")
    parts |= {f"task-{task.id}": each.render(page=page, task=task, **given) for task in page.tasks}
    return parts | {"said": str(escape(page.said))}


def mark(html: str) -> str:
    """Return a short digest, by which page and server agree on what is shown already."""
    return hashlib.sha256(html.encode()).hexdigest()[:10]


def element(name: str, html: str, *, replaces: bool = False) -> Markup:
    """Return a part in its element; `replaces` tells htmx to put it over the one that is shown."""
    swap = ' hx-swap-oob="true"' if replaces else ""
    frame = Markup('<div id="{}" class="live" data-live="{}"{}>{}</div>')
    inner = Markup(html)  # noqa: S704  # rendered by a template that escapes
    return frame.format(name, mark(html), Markup(swap), inner)  # noqa: S704  # one of two constants


def changes(parts: dict[str, str], seen: dict[str, str]) -> str:
    """Return the elements of those parts that the page does not show yet."""
    fresh = [element(name, html, replaces=True) for name, html in parts.items() if seen.get(name) != mark(html)]
    return "\n".join(fresh)


def seen_from(text: str) -> dict[str, str]:
    """Return part → digest from what a page sends: "network:1a2b3c4d5e,said:…"."""
    pairs = (pair.partition(":") for pair in text.split(",") if pair)
    return {name: digest for name, _, digest in pairs}


def code(text: str) -> Markup:
    """Return text with what stands between back-quotes as code; all of it is escaped."""
    parts = re.split(r"`([^`]+)`", text)
    shown = (Markup("<code>{}</code>").format(part) if odd % 2 else escape(part) for odd, part in enumerate(parts))
    return Markup("").join(shown)


def catalogue_page(desk: Desk) -> dict[str, Any]:
    """Return what the catalogue shows. A ledger that cannot be read takes nothing from it but the passes."""
    course = desk.course()
    reports: dict[str, dict[str, TaskReport]] = {lab.slug: desk.reports(lab.slug) for lab in course.labs}
    try:
        passed, trouble = record.passed_labs(), ""
    except NetdojoError as error:
        passed, trouble = frozenset(), error.message
    return {
        "course": course,
        "modules": catalogue.modules(course, reports, passed),
        "going_on": going_on(desk, course.labs, passed),
        "trouble": trouble,
        "site_built": desk.site_built,
    }


def going_on(desk: Desk, labs: tuple[Lab, ...], passed: frozenset[str]) -> Lab | None:
    """Return the lab whose notebook was last touched and that is not passed yet."""
    begun = []
    for lab in labs:
        notebook = desk.workspace(lab.slug) / f"{lab.slug}.ipynb"
        if lab.slug not in passed and notebook.exists():
            begun.append((notebook.stat().st_mtime, lab))
    return max(begun, key=lambda one: one[0])[1] if begun else None


def progress_page(desk: Desk) -> dict[str, Any]:
    """Return what the progress page shows."""
    return {"record": record.record(), "titles": {lab.slug: lab.title for lab in desk.course().labs}}


def drawing_of(html: str) -> Markup:
    """Return a drawing, which escapes what it shows, as markup."""
    return Markup(html)  # noqa: S704  # netdojo.drawing escapes names
