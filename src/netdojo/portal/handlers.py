"""The routes under /netdojo/: all behind Jupyter's sign-in (Page.prepare), every change behind its XSRF check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tornado.web import HTTPError, RequestHandler

from netdojo.model import Task
from netdojo.portal import consoles, pages, record, work
from netdojo.portal.answering import Page, away
from netdojo.portal.jobs import Busy, Job, Outcome, Say
from netdojo.portal.lessons import Lessons, Static

SLUG = r"([A-Za-z0-9._-]{1,80})"
ACTIONS = ("start", "stop", "reset", "check", "submit")

Route = tuple[str, type[RequestHandler], dict[str, Any]]


def routes(here: Path) -> list[Route]:
    """Return the routes below /netdojo; `here` holds the static files."""
    return [
        (r"/?", Catalogue, {}),
        (r"/static/(.*)", Static, {"path": str(here / "static")}),
        (r"/lessons/?(.*)", Lessons, {"path": "", "default_filename": "index.html"}),
        (rf"/labs/{SLUG}/?", LabPage, {}),
        (rf"/labs/{SLUG}/live", Live, {}),
        (rf"/labs/{SLUG}/notebook", Notebook, {}),
        (rf"/labs/{SLUG}/consoles/{SLUG}", Console, {}),
        (rf"/labs/{SLUG}/({'|'.join(ACTIONS)})", Action, {}),
        (r"/progress/?", Progress, {}),
        (rf"/badges/{SLUG}\.(json|png)", BadgeDownload, {}),
        (rf"/badges/{SLUG}/verify", BadgeVerify, {}),
        (r"/.*", Nowhere, {}),
    ]


class Catalogue(Page):
    """The course: modules, lessons and labs, and how far one has come."""

    async def get(self) -> None:
        self.show("catalogue.html", here="catalogue", **await away(pages.catalogue_page, self.room.desk))


class LabView(Page):
    """What the routes of one lab share."""

    async def page(self, slug: str) -> pages.LabPage:
        return await away(pages.lab_page, self.room.desk, self.room.jobs, slug)

    def parts(self, page: pages.LabPage) -> dict[str, str]:
        return pages.fragments(self.room.templates, page, self.given())

    def show_changes(self, page: pages.LabPage) -> None:
        """Send the parts that the page does not show yet; 204 when it shows all."""
        html = pages.changes(self.parts(page), pages.seen_from(self.get_argument("seen", "")))
        if html:
            self.write(html)
        else:
            self.set_status(204)


class LabPage(LabView):
    """A lab: what to do, the network, the results."""

    async def get(self, slug: str) -> None:
        page = await self.page(slug)
        work.build_ahead(self.room.desk, self.room.jobs, page.lab)
        shown = {name: pages.element(name, html) for name, html in self.parts(page).items() if name != "said"}
        self.show("lab.html", here="labs", page=page, parts=shown, said_mark=pages.mark(self.parts(page)["said"]))


class Live(LabView):
    """What has changed since a page last asked. It is no activity: an open tab must not keep a server alive."""

    async def get(self, slug: str) -> None:
        self.show_changes(await self.page(slug))


class Action(LabView):
    """Starts the long work of a lab; a page without scripts is sent back to the lab."""

    async def post(self, slug: str, action: str) -> None:
        self.count_as_activity()
        lab = await away(self.room.desk.lab, slug)
        desk = self.room.desk
        wanted = self.wanted(work.checkable(desk, lab), lab.tasks, self.get_argument("task", ""))

        def body(say: Say) -> Outcome:
            if action == "check":
                return work.check(desk, lab, wanted, say)
            verb = {"start": work.start, "stop": work.stop, "reset": work.reset, "submit": work.submit}[action]
            return verb(desk, lab, say)

        self.begin(slug, action, body)
        if self.by_script:
            self.show_changes(await self.page(slug))
        else:
            self.redirect(f"{self.room_url}/labs/{slug}", status=303)

    def begin(self, slug: str, action: str, body: Any) -> Job | None:
        """Start the work; while other work of the lab is under way, the page goes on showing that."""
        try:
            return self.room.jobs.start(slug, action, body, task=self.get_argument("task", ""))
        except Busy:
            return None

    def wanted(self, checkable: tuple[str, ...], tasks: tuple[Task, ...], named: str) -> tuple[str, ...]:
        """Return the tasks to check; raises 404 for one that the lab has not."""
        if named and named not in {task.id for task in tasks}:
            raise HTTPError(404, f"no task named {named!r}")
        return tuple(task for task in checkable if named in {"", task})


class Notebook(Page):
    """Opens the lab's notebook in JupyterLab; the first time, it is put into the workspace."""

    async def get(self, slug: str) -> None:
        from netdojo import grading

        lab = await away(self.room.desk.lab, slug)
        notebook = await away(grading.prepare_workspace, lab)
        self.count_as_activity()
        self.redirect(f"{self.base_url}lab/tree/{slug}/{notebook.name}")


class Console(Page):
    """Opens a node's console as a terminal of the server; a second call opens the same one."""

    async def post(self, slug: str, node: str) -> None:
        self.count_as_activity()
        network, _ = await away(self.room.desk.look, slug)
        name = consoles.open_console(self.terminal_manager, network, slug, node)
        self.redirect(f"{self.base_url}terminals/{name}", status=303)


class Progress(Page):
    """The learner's record: entries, credits and badges."""

    async def get(self) -> None:
        self.show("progress.html", here="progress", **await away(pages.progress_page, self.room.desk))


class BadgeDownload(Page):
    """A badge's file, to keep or to look at."""

    async def get(self, name: str, form: str) -> None:
        badge = await away(record.badge, name)
        file = badge.json_file if form == "json" else badge.png_file
        self.set_header("Content-Type", "application/ld+json" if form == "json" else "image/png")
        if self.get_argument("download", ""):
            self.set_header("Content-Disposition", f'attachment; filename="{file.name}"')
        self.finish(await away(file.read_bytes))


class BadgeVerify(Page):
    """Verifies a badge as anybody could, without a network, and shows each step."""

    async def get(self, name: str) -> None:
        from netdojo import credentials

        badge = await away(record.badge, name)
        found = [await away(credentials.verify_badge, file) for file in (badge.json_file, badge.png_file)]
        self.show("verify.html", here="progress", badge=badge, found=found)


class Nowhere(Page):
    """Every other address under /netdojo/."""

    async def get(self) -> None:
        raise HTTPError(404)
