"""The first process of a network, pid 1 of them all: makes nodes and links, starts them, serves them."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import Any, NoReturn

from netdojo.runtimes import kernel
from netdojo.runtimes.namespaces import limits, nodes, wiring
from netdojo.runtimes.serving import holding
from netdojo.runtimes.serving.telling import Teller


def run(plan: dict[str, Any], client: socket.socket, listeners: dict[str, socket.socket], alive: int) -> None:
    """Build the network of `plan`, tell `client` of each step, and serve it until `alive` says the keeper is gone."""
    kernel.name_process("netdojo-first")
    host_pid = int(os.readlink("/proc/self"))
    client.setblocking(True)
    told = Teller(client)
    with suppress(OSError, KeyError):  # a kernel that cannot do without it runs all else
        kernel.pretend_setgroups()
    try:
        state = _make_stage(plan["folder"])
    except OSError as error:
        told.say(error="host", detail=str(error))
        _leave(plan["folder"])
    try:
        found = nodes.begin(plan, state)
        inner = holding.open_inside(listeners)
        wiring.connect(plan["links"], found)
        told.say(phase="wiring", total=len(found))
        serve(plan, told, listeners, inner, found, alive, host_pid)
    except limits.LimitMet as error:
        kernel.let_go(client.fileno())
        told.say(error="host", detail=error.detail, limit=error.kind)
    except wiring.WiringFailed as error:
        told.say(error="failed", detail=str(error))
    except Exception as error:  # noqa: BLE001  # nobody is above this process; the client has to hear what happened
        kernel.let_go(client.fileno())
        told.complain(error)
    finally:
        _leave(plan["folder"])


def serve(
    plan: dict[str, Any],
    told: Teller,
    listeners: dict[str, socket.socket],
    inner: dict[str, socket.socket],
    found: dict[str, nodes.LiveNode],
    alive: int,
    host_pid: int,
) -> None:
    """Serve the network; what that needs is loaded only now, while the nodes are making their roots."""
    import asyncio

    from netdojo.runtimes.namespaces.starting import InNamespaces
    from netdojo.runtimes.serving import service

    asyncio.run(service.live(plan, told, (listeners, inner), InNamespaces(found), alive, host_pid))


def _make_stage(folder: str) -> str:
    """Give this mount namespace its own /proc, terminals, and a place in memory for what the nodes write."""
    kernel.mount("", "/", flags=kernel.REC | kernel.PRIVATE)
    kernel.mount("proc", "/proc", "proc", kernel.NOSUID | kernel.NODEV | kernel.NOEXEC)
    kernel.mount("devpts", "/dev/pts", "devpts", kernel.NOSUID | kernel.NOEXEC, "newinstance,ptmxmode=0666,mode=0620")
    state = f"{folder}/state"
    kernel.mount("tmpfs", state, "tmpfs", kernel.NOSUID | kernel.NODEV, "size=512m,mode=0700")
    return state


def _leave(folder: str) -> NoReturn:
    """Remove the network's folder and end; the kernel ends everything else of the network."""
    kernel.let_go()
    with suppress(OSError):
        kernel.detach(f"{folder}/state")
    kernel.remove(folder)
    os._exit(0)
