"""The command line: each command is a few lines over one call."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from netdojo import __version__, exhaustion, places
from netdojo.cli import captures, courses, ending, faults, images, inventory, labs, looking, records, saving, topologies
from netdojo.cli.executing import execute
from netdojo.cli.grading import grade
from netdojo.cli.machine import demo, doctor, serve
from netdojo.cli.records import progress
from netdojo.cli.speaking import complain, err
from netdojo.errors import NetdojoError

commands = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Lessons, labs on live networks, and grades that cannot be talked into.",
)
commands.add_typer(courses.app, name="course")
faults.add_to(labs.app)
commands.add_typer(labs.app, name="lab")
commands.add_typer(topologies.app, name="topology")
commands.add_typer(images.app, name="image")
commands.add_typer(records.badge_app, name="badge")
commands.add_typer(records.ledger_app, name="ledger")
labs.app.command("list")(looking.list_networks)
labs.app.command()(looking.inspect)
labs.app.command()(ending.destroy)
labs.app.command()(saving.save)
labs.app.command()(saving.restore)
labs.app.command()(saving.diff)
labs.app.command("exec")(execute)
labs.app.command()(captures.capture)
labs.app.command()(inventory.inventory)
for command in (doctor, serve, demo, grade, progress):
    commands.command()(command)


FAULT = 3
"""The exit code of a fault of our own: it must not read as "something failed"."""


def show_version(asked: bool) -> None:
    """Print the version and end."""
    if asked:
        typer.echo(f"netdojo {__version__}")
        raise typer.Exit


@commands.callback()
def everywhere(
    course: Annotated[
        Path | None,
        typer.Option(help="The course's folder; else NETDOJO_COURSE, else around here.", show_default=False),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Set what holds for every command."""
    if course is not None:
        os.environ["NETDOJO_COURSE"] = str(course.absolute())


def run() -> None:
    """Run the command; a path that the system refuses is told as the person's or the machine's, never as a fault."""
    try:
        commands()
    except OSError as error:
        told = places.refusal(error, [word.split("=", 1)[-1] for word in sys.argv[1:]])
        if told is None:
            raise
        raise told from error


def app() -> None:
    """Run the command line. Exit codes: 0 good, 1 something failed, 2 wrong use, 3 could not be done."""
    try:
        run()
    except NetdojoError as error:
        complain(error)
        sys.exit(error.code)
    except KeyboardInterrupt:
        err.print("netdojo: stopped")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:  # noqa: BLE001  # told with its traceback, and never taken for a verdict
        if (wanting := exhaustion.refusal(error)) is not None:
            complain(wanting)
            sys.exit(wanting.code)
        err.print_exception()
        err.print("netdojo: a fault of netdojo itself; nothing was scored. Please report the lines above.")
        sys.exit(FAULT)
