"""The process that holds a network: it opens the ports, starts the network's first process, and cleans up after it.

Two processes watch each other. The keeper stays outside the namespaces; `first` is pid 1 inside. When either ends,
however it ends, the other removes the network's folder and ends too, and with pid 1 the kernel ends every process of
the network. Until the client says that it has taken the network over, its end is the network's end as well.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
from typing import Any

from netdojo.runtimes.namespaces import kernel

LOOPBACK = "127.0.0.1"
BACKLOG = 64
TAKEN = b"taken\n"


def main() -> None:
    """Read the client's plan from stdin and hold the network until it ends; the client's socket is the argument."""
    client = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(client.fileno(), False)
    os.set_inheritable(int(sys.argv[2]), False)
    plan = json.load(sys.stdin)
    if os.fork():
        os._exit(0)
    _quiet_stdin()
    kernel.name_process(kernel.KEEPER)
    listeners = {node["name"]: _listen() for node in plan["nodes"]}
    alive, held = os.pipe()
    first = _start_first(plan, client, listeners, (alive, held))
    os.close(alive)
    for listener in listeners.values():
        listener.close()
    _keep(plan["folder"], client, first)


def _quiet_stdin() -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def _listen() -> socket.socket:
    listener = socket.create_server((LOOPBACK, 0), backlog=BACKLOG)
    listener.setblocking(False)
    return listener


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
        _enter_namespaces()
        child = os.fork()
        if child:
            os.write(tell, str(child).encode())
            os._exit(0)
        os.close(tell)
        os.close(watch[1])
        _become_first(plan, client, listeners, watch[0])
    except OSError as error:
        _say(client, {"error": "host", "detail": str(error), "number": error.errno})
    finally:
        os._exit(1)


def _enter_namespaces() -> None:
    user, group = os.getuid(), os.getgid()
    kernel.unshare(
        kernel.NEW_USER | kernel.NEW_NET | kernel.NEW_MOUNT | kernel.NEW_UTS | kernel.NEW_IPC | kernel.NEW_PID
    )
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _become_first(plan: dict[str, Any], client: socket.socket, listeners: dict[str, socket.socket], alive: int) -> None:
    from netdojo.runtimes.namespaces import first

    first.run(plan, client, listeners, alive)


def _say(client: socket.socket, message: dict[str, Any]) -> None:
    client.sendall(json.dumps(message).encode() + b"\n")


def _keep(folder: str, client: socket.socket, first: int) -> None:
    """Wait for the network's end; then leave nothing of it."""
    if not first:
        kernel.remove(folder)
        os._exit(1)
    ended = os.pidfd_open(first)
    signal.signal(signal.SIGTERM, lambda *_: signal.pidfd_send_signal(ended, signal.SIGKILL))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    _wait_for_client(client, ended)
    select.select([ended], [], [])
    kernel.remove(folder)
    os.waitpid(first, 0)
    os._exit(0)


def _wait_for_client(client: socket.socket, ended: int) -> None:
    """Wait until the client has taken the network over; when it goes without, end the network.

    The client's socket stays open in the second case, so that the client sees by its end that nothing is left.
    """
    ready, _, _ = select.select([client.fileno(), ended], [], [])
    if client.fileno() not in ready:
        return
    if client.recv(len(TAKEN)) == TAKEN:
        client.close()
    else:
        signal.pidfd_send_signal(ended, signal.SIGKILL)


if __name__ == "__main__":
    main()
