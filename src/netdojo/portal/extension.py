"""Puts the pages into a Jupyter Server: settings, templates and routes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jupyter_server.utils import url_path_join
from traitlets import Unicode
from traitlets.config import Configurable

from netdojo.portal import pages, words
from netdojo.portal.desk import Desk
from netdojo.portal.jobs import Jobs

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

HERE = Path(__file__).parent
SETTING = "netdojo_portal"


class Portal(Configurable):
    """The portal's settings, as `c.Portal.…` of Jupyter Server's configuration."""

    course = Unicode("", help="The course's folder; empty finds it as the command line does.").tag(config=True)
    site = Unicode("", help="The folder of the built lessons; empty is build/site of the course.").tag(config=True)


def templates() -> Environment:
    """Return the pages' templates; a name that a page was not given is an error, never an empty place."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["words"] = words
    made.filters.update(code=pages.code, drawing=pages.drawing_of, moment=words.moment)
    return made


@dataclass(frozen=True)
class Room:
    """What every page shares: the services behind it, the work under way, and the templates."""

    desk: Desk
    jobs: Jobs = field(default_factory=Jobs)
    templates: Environment = field(default_factory=templates)


def _load_jupyter_server_extension(serverapp: ServerApp) -> None:
    """Add the pages to a server that is starting."""
    from netdojo.portal.handlers import routes

    portal = Portal(parent=serverapp)
    desk = Desk(
        folder=Path(portal.course) if portal.course else None,
        site_folder=Path(portal.site) if portal.site else None,
    )
    serverapp.web_app.settings[SETTING] = Room(desk)
    base = serverapp.base_url
    found = [(url_path_join(base, "netdojo", path), handler, given) for path, handler, given in routes(HERE)]
    serverapp.web_app.add_handlers(".*$", found)  # type: ignore[no-untyped-call]  # tornado has no types here
