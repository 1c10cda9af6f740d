"""Finds the networks on this machine, by the processes that hold them: a list of them could be out of date.

A network's keeper holds the lock of its folder, so that /proc leads from the one to the other, whatever home it is in
and whatever mount namespace. Of another user's network nothing is believed or opened but what the kernel says of its
processes; its name is the last part of the folder's path.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from netdojo import places
from netdojo.errors import NetdojoError
from netdojo.model import ListedState, Network, NetworkListed, NetworkState
from netdojo.runtimes import folders, plugins
from netdojo.runtimes.kernel import KEEPER
from netdojo.runtimes.serving.kinship import ancestry, parent_of
from netdojo.runtimes.serving.observe import proportional_size
from netdojo.runtimes.serving.processes import all_pids

_SUPERVISOR = re.compile(r"netdojo\.runtimes\.(\w+)\.supervisor")


class Keeper(NamedTuple):
    """A process that holds a network: whose it is, the network's folder, and a way to it that is always right."""

    pid: int
    uid: int
    folder: Path
    door: Path
    runtime: str


def here() -> list[NetworkListed]:
    """Return the networks of this home, those that are being deployed as soon as a process holds them."""
    from netdojo import runtimes

    states = [(network, state_of(network)) for network in runtimes.networks()]
    mine = folders.user_name(os.getuid())
    up = [of_state(network, state, network.folder, mine) for network, state in states if state]
    return sorted([*up, *_coming_up()], key=lambda one: one.name)


def _coming_up() -> list[NetworkListed]:
    names = folders.coming_up()
    if not names:
        return []
    listed = [listing(one) for one in keepers() if one.folder.name in names and places.is_home(home_of(one.folder))]
    return [one for one in listed if one.state is ListedState.starting]


def everywhere() -> list[NetworkListed]:
    """Return every network of this user, or of all users to root, by home and name."""
    held = [listing(keeper) for keeper in keepers()]
    taken = {(one.home, one.name) for one in held}
    left = [one for runtime in plugins.all_runtimes().values() for one in runtime.abandoned()]
    found = [*held, *(one for one in left if (one.home, one.name) not in taken)]
    return sorted(found, key=lambda one: (one.home, one.name))


def keepers() -> Iterator[Keeper]:
    """Yield each process that holds a network; what it has forked and not yet named is not one."""
    found = {pid: keeper for pid in all_pids() if (keeper := keeper_of(pid))}
    for pid, keeper in found.items():
        if parent_of(pid) not in found:
            yield keeper


def keeper_of(pid: int) -> Keeper | None:
    """Return what a process holds, or None when it is no keeper, or one that is not to be looked at."""
    process = Path(f"/proc/{pid}")
    with suppress(OSError, ValueError, IndexError):
        uid = process.stat().st_uid
        if os.getuid() not in {0, uid} or (process / "comm").read_bytes() != KEEPER.encode() + b"\n":
            return None
        words = (process / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
        door = process / "fd" / str(int(words[-1]))
        runtime = _SUPERVISOR.search(words[-3])
        if runtime and door.stat().st_nlink:
            return Keeper(pid, uid, Path(os.readlink(door)), door, runtime[1])
    return None


def listing(keeper: Keeper) -> NetworkListed:
    """Return a held network: what it says of itself where it is this user's, and else what the kernel says of it."""
    network = folders.read(keeper.door) if keeper.uid == os.getuid() else None
    state = state_of(network.model_copy(update={"folder": keeper.door})) if network else None
    if network and state:
        return of_state(network, state, keeper.folder, folders.user_name(keeper.uid))
    parents = {pid: parent_of(pid) for pid in all_pids()}
    pids = [pid for pid in parents if keeper.pid in ancestry(pid, parents)]
    return NetworkListed(
        name=keeper.folder.name,
        runtime=keeper.runtime,
        home=home_of(keeper.folder),
        user=folders.user_name(keeper.uid),
        state=ListedState.starting if keeper.uid == os.getuid() else ListedState.running,
        uptime=age(keeper.pid),
        idle=None,
        memory=sum(map(proportional_size, pids)),
    )


def of_state(network: Network, state: NetworkState, folder: Path, user: str) -> NetworkListed:
    return NetworkListed(
        name=network.name,
        runtime=network.runtime,
        home=home_of(folder),
        user=user,
        state=ListedState.running,
        uptime=state.uptime,
        idle=state.idle,
        memory=state.memory,
    )


def state_of(network: Network) -> NetworkState | None:
    """Return what a network looks like now, or None when it does not answer."""
    with suppress(NetdojoError):
        return plugins.runtime(network.runtime).inspect(network)
    return None


def home_of(folder: Path) -> Path:
    """Return the home of a network's folder, as `places.networks` lays it."""
    return folder.parents[1] if len(folder.parents) > 1 else folder


def age(pid: int) -> float:
    """Return the seconds for which a process has run; 0 when it has ended."""
    with suppress(OSError, IndexError, ValueError):
        began = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[19]
        return time.clock_gettime(time.CLOCK_BOOTTIME) - int(began) / os.sysconf("SC_CLK_TCK")
    return 0.0
