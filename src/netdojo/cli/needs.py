"""What netdojo itself needs of the machine, beside what its runtimes and the grader need."""

from __future__ import annotations

import os
import shutil
import socket
import sys

from netdojo import places
from netdojo.runtimes.needs import Need

FREE_MEGABYTES = 500
"""Room for workspaces, submissions and the site's and notebooks' builds."""


def own_needs() -> list[Need]:
    """Return Python, room on the disk, a folder that can be written, and the page's port."""
    return [python(), room(), writable(), port(8888)]


def python() -> Need:
    found = ".".join(map(str, sys.version_info[:3]))
    return Need(
        name="Python 3.10 or newer", ok=sys.version_info >= (3, 10), detail=found, remedy="sudo apt-get install python3"
    )


def existing_home() -> str:
    """Return the nearest folder above netdojo's own that is there already."""
    folder = places.home()
    while not folder.exists():
        folder = folder.parent
    return str(folder)


def room() -> Need:
    free = shutil.disk_usage(existing_home()).free / 1e6
    return Need(
        name="room on the disk",
        ok=free > FREE_MEGABYTES,
        detail=f"{free:.0f} MB free at {existing_home()}",
        remedy=f"Free {FREE_MEGABYTES} MB, or name another folder: export NETDOJO_HOME=…",
    )


def writable() -> Need:
    ok = os.access(existing_home(), os.W_OK)
    detail = f"{places.home()} {'can' if ok else 'cannot'} be written"
    return Need(name="own folder", ok=ok, detail=detail, remedy="Name another folder: export NETDOJO_HOME=…")


def port(number: int) -> Need:
    """A taken port is no fault: the next free one is used."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return Need(name="port of the pages", ok=True, detail=f"{number} is taken; the next free one will be used")
    return Need(name="port of the pages", ok=True, detail=f"{number} is free")
