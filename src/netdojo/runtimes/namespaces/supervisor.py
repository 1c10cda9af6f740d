"""The process that holds a network: it opens the ports, starts the network's first process, and cleans up after it.

Two processes watch each other. The keeper stays outside the namespaces; `first` is pid 1 inside. When either ends,
however it ends, the other removes the network's folder and ends too, and with pid 1 the kernel ends every process of
the network. Until the client says that it has taken the network over, its end is the network's end as well.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import socket
from contextlib import suppress
from typing import Any

from netdojo.runtimes import kernel
from netdojo.runtimes.namespaces import limits
from netdojo.runtimes.serving import holding
from netdojo.runtimes.serving.telling import Teller


def main() -> None:
    """Read the client's plan from stdin and hold the network until it ends; the client's socket is the argument."""
    client, plan = holding.begin()
    try:
        listeners = holding.open_ports(plan)
        alive, held = os.pipe()
        first = _start_first(plan, client, listeners, (alive, held))
        os.close(alive)
        for listener in listeners.values():
            listener.close()
        _keep(plan["folder"], client, first)
    except OSError as error:
        holding.give_up(plan, client, error)


def _start_first(
    plan: dict[str, Any], client: socket.socket, listeners: dict[str, socket.socket], watch: tuple[int, int]
) -> int:
    """Start pid 1 of the network in new namespaces; return its pid as the host sees it, 0 when it could not be."""
    kernel.adopt_orphans()
    told, tell = os.pipe()
    between = os.fork()
    if between:
        os.close(tell)
        with os.fdopen(told) as answer:
            first = int(answer.read() or 0)
        os.waitpid(between, 0)
        return first
    try:
        _enter_own_space()
        child = os.fork()
        if child:
            os.write(tell, str(child).encode())
            os._exit(0)
        os.close(tell)
        os.close(watch[1])
        _become_first(plan, client, listeners, watch[0])
    except OSError as error:
        _complain(client, error)
    finally:
        os._exit(1)


def _enter_own_space() -> None:
    try:
        holding.enter_own_space(limits.OF_A_NODE)
    except OSError as error:
        limits.explain(error, limits.KINDS["user"] | limits.OF_A_NODE)


def _become_first(plan: dict[str, Any], client: socket.socket, listeners: dict[str, socket.socket], alive: int) -> None:
    from netdojo.runtimes.namespaces import first

    first.run(plan, client, listeners, alive)


def _complain(client: socket.socket, error: OSError) -> None:
    """Tell why there are no namespaces: there are too many of them, the kernel lets nobody, or lacks something."""
    told = Teller(client)
    if isinstance(error, limits.LimitMet):
        told.say(error="host", detail=error.detail, limit=error.kind)
    elif error.errno in {errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM}:
        told.complain(error)
    else:
        told.say(error="host", detail=str(error))


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, signal.SIGKILL)


def _keep(folder: str, client: socket.socket, first: int) -> None:
    """Wait for the network's end; then leave nothing of it."""
    if not first:
        kernel.remove(folder)
        os._exit(1)
    ended = os.pidfd_open(first)
    signal.signal(signal.SIGTERM, lambda *_: _kill(ended))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if not holding.wait_for_client(client, [ended]):
        _kill(ended)
    select.select([ended], [], [])
    kernel.remove(folder)
    os.waitpid(first, 0)
    os._exit(0)


if __name__ == "__main__":
    main()
