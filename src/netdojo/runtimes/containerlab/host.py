"""What the host must have for networks of containers, and the one command that mends what is missing."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence

from netdojo import exhaustion
from netdojo.errors import HostNotReady
from netdojo.runtimes.containerlab import engine
from netdojo.runtimes.needs import Need
from netdojo.runtimes.packages import FOR_CAPTURES, FOR_CONSOLES, Program, need_of

OLDEST = (0, 69)
"""The containerlab with which all this is tried; an older one knows fewer keys."""
_VERSION = re.compile(r"version:\s*v?(\d+)\.(\d+)\S*")
DOCKER = Program("Docker", "docker", "docker.io", recommended=True)
"""Its command line is a package of its own in Debian 13, which the daemon's recommends."""
INSTALL = 'bash -c "$(curl -sL https://get.containerlab.dev)"'
PROGRAMS = (
    Program("nsenter", "nsenter", "util-linux"),
    Program("unshare", "unshare", "util-linux"),
    *FOR_CAPTURES,
    *FOR_CONSOLES,
)


def check() -> None:
    """Raise HostNotReady with the first need that is not met."""
    for need in found():
        if not need.ok:
            raise HostNotReady(f"the containerlab runtime needs {need.name}: {need.detail}", help=need.remedy)


def needs() -> list[Need]:
    """Return what this runtime needs of the host, met or not; nobody needs it who does not choose it."""
    return [
        need.model_copy(update={"name": f"{need.name} (for containerlab)", "optional": True})
        for need in found(deploying())
    ]


def deploying() -> list[str]:
    """Return the words of the command that is to be run as root, where none has been given yet."""
    return [sys.argv[0], "lab", "deploy", "LAB", "--runtime", "containerlab"]


def found(command: Sequence[str] | None = None) -> list[Need]:
    """Return each need, those that others rest on first; `command` is what is to be run as root, as in `root`."""
    return [root(command), docker_program(), docker(), containerlab(), *map(need_of, PROGRAMS)]


def root(command: Sequence[str] | None = None) -> Need:
    """Return whether this is root; if not, `command` is to be run as root, or what runs now."""
    ok = os.geteuid() == 0
    again = f"sudo --preserve-env=NETDOJO_HOME,NETDOJO_COURSE,NETDOJO_RUNTIME {shlex.join(command or sys.argv)}"
    return Need(name="root", ok=ok, detail="it enters containers and makes links", remedy="" if ok else again)


def docker_program() -> Need:
    return need_of(DOCKER)


def docker() -> Need:
    """Ask the daemon: it must be there, and let this user in."""
    name = "Docker's daemon"
    asked = _asked(name, DOCKER.remedy, "docker", "version", "--format", "{{.Server.Version}}")
    if isinstance(asked, Need):
        return asked
    if asked.returncode == 0:
        return Need(name=name, ok=True, detail=asked.stdout.strip())
    said = asked.stderr.strip().splitlines()
    detail = said[-1] if said else "it does not answer"
    if "permission denied" in asked.stderr:
        return Need(name=name, ok=False, detail=detail, remedy="sudo usermod -aG docker $USER   (then log in again)")
    return Need(name=name, ok=False, detail=detail, remedy="sudo systemctl start docker")


def containerlab() -> Need:
    """Ask containerlab for its version, which must not be older than what is used of it."""
    name, least = "containerlab", ".".join(map(str, OLDEST))
    asked = _asked(name, INSTALL, "containerlab", "version")
    if isinstance(asked, Need):
        return asked
    told = _VERSION.search(asked.stdout)
    if told is None:
        return Need(name=name, ok=False, detail="does not tell its version", remedy=INSTALL)
    number = told.group(0).split()[-1]
    if (int(told.group(1)), int(told.group(2))) < OLDEST:
        remedy = "sudo containerlab version upgrade"
        return Need(name=name, ok=False, detail=f"{number} is older than {least}", remedy=remedy)
    return Need(name=name, ok=True, detail=number)


def version() -> tuple[int, int]:
    """Return the version of this machine's containerlab, as far as it is one of another; (0, 0) where there is none."""
    asked = _asked("containerlab", INSTALL, "containerlab", "version")
    told = None if isinstance(asked, Need) else _VERSION.search(asked.stdout)
    return (int(told.group(1)), int(told.group(2))) if told else (0, 0)


def _asked(name: str, install: str, *words: str) -> subprocess.CompletedProcess[str] | Need:
    """Return what a program said, or what it takes for it to say something."""
    try:
        asked = engine.call(*words)
    except FileNotFoundError:
        return Need(name=name, ok=False, detail=f"{words[0]} not found", remedy=install)
    except HostNotReady as error:
        return Need(name=name, ok=False, detail=error.message, remedy=error.help)
    wanting = exhaustion.refusal_of(asked.stderr)
    return Need(name=name, ok=False, detail=wanting.message, remedy=wanting.help) if wanting else asked


def require_docker() -> None:
    """Raise HostNotReady when docker cannot be asked to do something."""
    for need in (docker_program(), docker()):
        if not need.ok:
            raise HostNotReady(f"building images needs {need.name}: {need.detail}", help=need.remedy)
