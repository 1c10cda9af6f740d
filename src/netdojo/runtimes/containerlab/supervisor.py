"""The process that holds a network of containers: it opens the ports, has the network served, and cleans up after it.

Three processes. The keeper ends everything when one of the others ends; `server` runs containerlab and serves the
network, and ends everything itself when the keeper dies; `space` does nothing but hold the network namespace that
programs join to reach the nodes' SSH. A network of which all three were killed is ended by the next call that looks
for networks.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from netdojo.runtimes import kernel
from netdojo.runtimes.containerlab import engine
from netdojo.runtimes.serving import holding
from netdojo.runtimes.serving.kinship import parent_of
from netdojo.runtimes.serving.processes import all_pids
from netdojo.runtimes.serving.telling import Teller

Ports = dict[str, socket.socket]


def main() -> None:
    """Read the client's plan from stdin and hold the network until it ends; the client's socket is the argument."""
    client, plan = holding.begin()
    kernel.adopt_orphans()
    try:
        listeners = holding.open_ports(plan)
        alive, held = os.pipe()
        space, inner = start_space(listeners, (alive, held))
        server = os.fork()
    except OSError as error:
        holding.give_up(plan, client, error)
    if not server:
        os.close(held)
        serve(plan, client, (listeners, inner), alive, space)
    os.close(alive)
    for port in (*listeners.values(), *inner.values()):
        port.close()
    keep(plan, client, (server, space))


def start_space(listeners: Ports, watch: tuple[int, int]) -> tuple[int, Ports]:
    """Start the process that holds the network namespace; return its pid and the ports that listen there."""
    ours, theirs = socket.socketpair()
    space = os.fork()
    if not space:
        try:
            os.close(watch[1])
            holding.enter_own_space(kernel.NEW_NET)
            inner = holding.open_inside(listeners)
            socket.send_fds(theirs, [b"ports"], [port.fileno() for port in inner.values()])
            theirs.close()
            ours.close()
            for port in (*inner.values(), *listeners.values()):
                port.close()
            os.read(watch[0], 1)
        finally:
            os._exit(0)
    theirs.close()
    with ours:
        _, descriptors, _, _ = socket.recv_fds(ours, 16, len(listeners))
    return space, {name: socket.socket(fileno=one) for name, one in zip(listeners, descriptors, strict=True)}


def serve(plan: dict[str, Any], client: socket.socket, ports: tuple[Ports, Ports], alive: int, space: int) -> NoReturn:
    """Have the network made and serve it; when it is the keeper that has ended, leave nothing of the network."""
    from netdojo.runtimes.containerlab.containers import InContainers
    from netdojo.runtimes.serving import service

    kernel.name_process("netdojo-server")
    told = Teller(client)
    try:
        asyncio.run(service.live(plan, told, ports, InContainers(plan), alive, space))
    except Exception as error:  # noqa: BLE001  # nobody is above this process; the client has to hear what happened
        told.complain(error)
    if select.select([alive], [], [], 0)[0]:
        end_descendants()
        engine.end(Path(plan["folder"]), holding.lock())
    os._exit(0)


def keep(plan: dict[str, Any], client: socket.socket, processes: tuple[int, int]) -> NoReturn:
    """Wait for the network's end; then leave nothing of it."""
    asked, ask = os.pipe()
    signal.signal(signal.SIGTERM, lambda *_: os.write(ask, b"."))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ends = [asked, *map(os.pidfd_open, processes)]
    if holding.wait_for_client(client, ends):
        select.select(ends, [], [])
    end_descendants()
    try:
        engine.end(Path(plan["folder"]), holding.lock())
    finally:
        os._exit(0)


def end_descendants() -> None:
    """Kill and reap every process that this one, or one of those, has started; those of the containers are docker's.

    What entered a container is of its pid namespace: docker cannot end the container while one is left unreaped.
    """
    with suppress(ChildProcessError):
        while True:
            for pid in [pid for pid in all_pids() if parent_of(pid) == os.getpid()]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            os.waitpid(-1, 0)


if __name__ == "__main__":
    main()
