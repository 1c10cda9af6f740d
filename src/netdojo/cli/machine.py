"""netdojo doctor, serve and demo: what the machine has, the course in a browser, and the whole path unattended."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netdojo import places
from netdojo.cli.options import Json
from netdojo.cli.speaking import complain, progress, say, say_json, table
from netdojo.errors import HostNotReady, WrongUse

if TYPE_CHECKING:
    from netdojo.runtimes.needs import Need

Port = Annotated[
    int, typer.Option(min=0, max=65535, help="The port to try first; the next free one is taken. 0: any free one.")
]


def doctor(*, as_json: Json = False) -> None:
    """Say for each need whether it is there, and the one command that mends it."""
    from netdojo import grading, runtimes
    from netdojo.cli.needs import own_needs

    found = [*own_needs(), *runtimes.doctor(course_images(), images_of_labs()), *grading.doctor()]
    if as_json:
        say_json([need.model_dump() for need in found])
    else:
        table("", ["", "need", "found"], [[state_of(need), need.name, need.detail] for need in found])
        for need in found:
            if not need.ok:
                say(f"\n{need.name}: {need.remedy}")
    raise typer.Exit(0 if all(need.ok or need.optional for need in found) else 3)


def course_images() -> Path | None:
    """Return the folder of the course's images; None where there is no course."""
    from netdojo.content import course_folder

    try:
        return course_folder() / "topologies" / "images"
    except WrongUse:
        return None


def images_of_labs() -> set[str]:
    """Return the images that nodes of the course's labs have; a lab whose files have faults names none."""
    from netdojo.content import find_course, read_topology

    found: set[str] = set()
    with suppress(WrongUse):
        for lab in find_course().labs:
            with suppress(WrongUse):
                found |= {node.image for node in read_topology(lab.topology_file).nodes if node.image}
    return found


def state_of(need: Need) -> str:
    """Return the word that a need's line begins with."""
    return "ok" if need.ok else "absent" if need.optional else "MISSING"


def serve(
    *,
    port: Port = 8888,
    browser: Annotated[bool, typer.Option("--browser", help="Open the page in this machine's browser.")] = False,
) -> None:
    """Serve JupyterLab with the course at http://127.0.0.1:8888/netdojo/."""
    from netdojo.cli.building import refresh_site, site_folder, site_is_current
    from netdojo.content import find_course
    from netdojo.portal import serve as serve_pages

    course = find_course()
    places.home().mkdir(parents=True, exist_ok=True, mode=0o700)
    if not site_is_current(course.folder):
        with progress("Building the lessons"):
            refresh_site(course.folder)
    foretell()
    os.environ["NETDOJO_COURSE"] = str(course.folder)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    os.environ.setdefault("NETDOJO_SITE", str(site_folder(course.folder)))
    sys.exit(serve_pages(course.folder, port=port, open_browser=browser))


def foretell() -> None:
    """Say on stderr, with the command that mends it, when no lab could be started here; lessons are served anyway."""
    from netdojo.runtimes import plugins
    from netdojo.runtimes.namespaces import host

    if plugins.chosen() != plugins.DEFAULT:
        return
    try:
        host.check(())
    except HostNotReady as lacking:
        complain(HostNotReady(f"no lab can be started here yet: {lacking.message}", help=lacking.help))


def demo(slug: Annotated[str, typer.Argument(help="The lab to walk through.")] = "") -> None:
    """Walk the whole path unattended, with times: deploy, lab, grade, ledger, badge, and a forged badge refused."""
    from netdojo.cli.demo import walk

    walk(slug)
