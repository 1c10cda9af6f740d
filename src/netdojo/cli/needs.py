"""What netdojo itself needs of the machine, beside what its runtimes and the grader need."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from netdojo import places
from netdojo.runtimes.needs import Need
from netdojo.runtimes.packages import install

FREE_MEGABYTES = 500
"""Room for workspaces, submissions and the site's and notebooks' builds."""


def own_needs() -> list[Need]:
    """Return Python, room on the disk, a folder that can be written, and the page's port."""
    return [python(), room(), writable(), port(8888)]


def python() -> Need:
    found = ".".join(map(str, sys.version_info[:3]))
    return Need(name="Python 3.10 or newer", ok=sys.version_info >= (3, 10), detail=found, remedy=install("python3"))


def nearest(is_there: Callable[[Path], bool]) -> Path:
    """Return netdojo's own folder, or the nearest above it that is there already and can be seen."""
    home = places.home()
    return next(folder for folder in (home, *home.parents) if is_there(folder))


def room() -> Need:
    """Return whether the disk has room; a folder that cannot be used is told by `writable`."""
    there = nearest(os.path.exists)
    free = shutil.disk_usage(there).free / 1e6
    return Need(
        name="room on the disk",
        ok=free > FREE_MEGABYTES,
        detail=f"{free:.0f} MB free at {there}",
        remedy=f"Free {FREE_MEGABYTES} MB, or name another folder: export NETDOJO_HOME=…",
    )


def writable() -> Need:
    """Try it: make netdojo's own folder, or a file in it, under a name that goes again."""
    there, home = nearest(os.path.lexists), places.home()
    detail = f"{home} can be written"
    try:
        with tempfile.TemporaryDirectory(dir=there, prefix=".netdojo-") as tried:
            (Path(tried) / home.relative_to(there)).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        detail = f"{home} cannot be used: {error.strerror}"
        return Need(name="own folder", ok=False, detail=detail, remedy=places.ANOTHER_HOME)
    return Need(name="own folder", ok=True, detail=detail)


def port(number: int) -> Need:
    """A taken port is no fault: the next free one is used."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return Need(name="port of the pages", ok=True, detail=f"{number} is taken; the next free one will be used")
    return Need(name="port of the pages", ok=True, detail=f"{number} is free")
