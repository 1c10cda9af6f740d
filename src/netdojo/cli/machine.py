"""netdojo doctor, serve and demo: what the machine has, the course in a browser, and the whole path unattended."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from netdojo.cli.options import Json
from netdojo.cli.speaking import progress, say, say_json, table


def doctor(*, as_json: Json = False) -> None:
    """Say for each need whether it is there, and the one command that mends it."""
    from netdojo import grading, runtimes
    from netdojo.cli.needs import own_needs

    found = [*own_needs(), *runtimes.doctor(), *grading.doctor()]
    if as_json:
        say_json([need.model_dump() for need in found])
    else:
        table("", ["", "need", "found"], [["ok" if n.ok else "MISSING", n.name, n.detail] for n in found])
        for need in found:
            if not need.ok:
                say(f"\n{need.name}: {need.remedy}")
    raise typer.Exit(0 if all(need.ok for need in found) else 3)


def serve(
    *,
    port: Annotated[int, typer.Option(help="The port to try first; the next free one is taken.")] = 8888,
    browser: Annotated[bool, typer.Option("--browser", help="Open the page in this machine's browser.")] = False,
) -> None:
    """Serve JupyterLab with the course at http://127.0.0.1:8888/netdojo/."""
    from netdojo.cli.building import build_site, site_folder, site_is_current
    from netdojo.content import find_course
    from netdojo.portal import serve as serve_pages

    course = find_course()
    if not site_is_current(course.folder):
        with progress("Building the lessons"):
            build_site(course.folder)
    os.environ["NETDOJO_COURSE"] = str(course.folder)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    os.environ.setdefault("NETDOJO_SITE", str(site_folder(course.folder)))
    sys.exit(serve_pages(course.folder, port=port, open_browser=browser))


def demo(slug: Annotated[str, typer.Argument(help="The lab to walk through.")] = "") -> None:
    """Walk the whole path unattended, with times: deploy, lab, grade, ledger, badge, and a forged badge refused."""
    from netdojo.cli.demo import walk

    walk(slug)
