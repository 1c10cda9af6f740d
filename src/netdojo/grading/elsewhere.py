"""Submits in a process of its own, so that a notebook's kernel or a server stays free of what grading does to one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from netdojo import errors
from netdojo.errors import NetdojoError
from netdojo.model import Progress, Receipt

ENDS = 15.0
"""Seconds that a grading may take to end its network once it is told to stop."""


def submit_elsewhere(
    slug: str, folder: Path, *, tell: Callable[[Progress], None] = lambda _: None, course: Path | None = None
) -> Receipt:
    """Submit `folder` for the lab `slug` in a process of its own and return the receipt.

    Raises the NetdojoError that the process ended on. When this is interrupted, so is the process, which ends its
    network first.
    """
    with tempfile.TemporaryFile("w+") as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", "netdojo.grading", slug, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={**os.environ, **({"NETDOJO_COURSE": str(course)} if course else {})},
            start_new_session=True,
            text=True,
        )
        try:
            return followed(process, tell, complaints)
        finally:
            end(process)


def followed(process: subprocess.Popen[str], tell: Callable[[Progress], None], complaints: IO[str]) -> Receipt:
    """Pass the process's progress on until it gives its receipt; `complaints` is what it says on stderr."""
    for line in cast(IO[str], process.stdout):
        said = json.loads(line)
        if "progress" in said:
            tell(Progress.model_validate(said["progress"]))
        elif "receipt" in said:
            return Receipt.model_validate(said["receipt"])
        else:
            raise rebuilt(said["error"])
    complaints.seek(0)
    last = complaints.read().strip().splitlines()[-3:]
    raise NetdojoError("the grading ended without a result", help="\n  ".join(last))


def rebuilt(said: dict[str, Any]) -> NetdojoError:
    """Return the error that the process ended on, of the same kind where its kind is made from a message alone."""
    kind = getattr(errors, said["kind"], NetdojoError)
    error = NetdojoError(said["message"], help=said["help"])
    if isinstance(kind, type) and issubclass(kind, NetdojoError) and kind.__init__ is NetdojoError.__init__:
        error = kind(said["message"], help=said["help"])
    error.code = said["code"]
    return error


def end(process: subprocess.Popen[str]) -> None:
    """Make sure that the process has ended: asked first, so that it can end its network."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(ENDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    cast(IO[str], process.stdout).close()
