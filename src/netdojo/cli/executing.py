"""netdojo lab exec: one program in one node, with what this command is given on stdin."""

from __future__ import annotations

import os
import select
import sys
import time
from typing import Annotated

import typer

from netdojo.cli.labs import the_network
from netdojo.cli.options import LabSlug
from netdojo.cli.speaking import complain
from netdojo.errors import NetdojoError, WrongUse

LIMIT = 30
"""Seconds that a program may take when nobody says how long."""
LONGEST = 86400
STDIN_CAP = 32 * 2**20
"""Bytes of stdin; it goes to the node in one piece."""
TIMED_OUT = 124


def execute(
    slug: LabSlug,
    node: Annotated[str, typer.Argument(help="The node's name.")],
    command: Annotated[list[str], typer.Argument(help="A Linux program and its arguments, after --.")],
    *,
    timeout: Annotated[
        int, typer.Option(min=1, max=LONGEST, metavar="SECONDS", help="How long the program may take.")
    ] = LIMIT,
) -> None:
    """Run a Linux program in a node: netdojo lab exec LAB leaf1 -- ip route.

    It gets what this command is given on stdin, all at once, unless that is a terminal. What it says is printed when
    it has ended, as text (plain ssh gives bytes as they are), and its exit code is this command's: 124 when it was
    ended at its limit. A shell is `lab console`.
    """
    from netdojo import runtimes

    network = the_network(slug)
    stdin = given(timeout)
    began = time.monotonic()
    answer = runtimes.execute(network, node, command, stdin=stdin, timeout=timeout)
    sys.stdout.write(answer.stdout)
    sys.stderr.write(answer.stderr)
    if answer.code == TIMED_OUT and time.monotonic() - began >= timeout:
        complain(cut(command[0], timeout))
    raise typer.Exit(answer.code)


def cut(program: str, timeout: int) -> NetdojoError:
    """Return what to say of a program that had to be ended."""
    return NetdojoError(f"{program} was ended at its limit of {timeout} s", help="Give it more: --timeout SECONDS")


def given(timeout: float) -> bytes:
    """Return all that stdin gives, nothing of a terminal.

    Raises WrongUse when it does not end within `timeout` seconds, or is more than STDIN_CAP.
    """
    if sys.stdin is None or sys.stdin.isatty():
        return b""
    ends = time.monotonic() + timeout
    held = bytearray()
    while select.select([sys.stdin], [], [], max(0.0, ends - time.monotonic()))[0]:
        read = os.read(sys.stdin.fileno(), 2**16)
        if not read:
            return bytes(held)
        held += read
        if len(held) > STDIN_CAP:
            raise WrongUse(f"stdin gave more than {STDIN_CAP // 2**20} MiB", help="Give the program less at once.")
    raise WrongUse(
        f"stdin did not end within {timeout:g} s, so nothing was run",
        help="Give the program nothing: < /dev/null; or wait longer: --timeout SECONDS",
    )
