"""Ends a network by its name, one that is being deployed by the process that already holds it."""

from __future__ import annotations

import os
import select
import signal
import time
from contextlib import suppress
from pathlib import Path

from netdojo import places
from netdojo.errors import DeployTimeout, NetworkComingUp
from netdojo.runtimes import discovery, folders

PATIENCE = 240.0
"""Seconds within which what is being deployed has ended: those that the slowest runtime takes."""
_BEFORE = 5.0
"""Seconds until a deployment has a process that holds its network; it stages files before."""
_POLL = 0.02


def end(name: str) -> None:
    """End the network `name`; raises NotFound, and DeployTimeout for one that is being deployed and does not end."""
    from netdojo import runtimes

    try:
        runtimes.destroy(runtimes.find(name))
    except NetworkComingUp:
        cut_short(name)


def cut_short(name: str) -> None:
    """End the network `name` before it is up, and return once nothing is left; its deployment fails.

    Raises DeployTimeout when nothing that holds it is found, or it does not end.
    """
    folder = places.networks() / name
    began = time.monotonic()
    while not _ask(folder):
        if not folders.is_held(folder):
            return
        if time.monotonic() - began > _BEFORE:
            raise _still(name)
        time.sleep(_POLL)
    folders.outlast(folder, PATIENCE - (time.monotonic() - began))
    if folders.is_held(folder):
        raise _still(name)


def _ask(folder: Path) -> bool:
    """Have the process that holds the network of `folder` end it; return whether there was one."""
    for keeper in discovery.keepers():
        with suppress(OSError):
            process = os.pidfd_open(keeper.pid)
            try:
                if discovery.keeper_of(keeper.pid) == keeper and os.path.samefile(keeper.door, folder):
                    signal.pidfd_send_signal(process, signal.SIGTERM)
                    select.select([process], [], [], PATIENCE)
                    return True
            finally:
                os.close(process)
    return False


def _still(name: str) -> DeployTimeout:
    return DeployTimeout(
        f"the network {name!r} is still being deployed",
        help="End it where it was started: Ctrl-C there. What holds it is told by: netdojo lab list --all",
    )
