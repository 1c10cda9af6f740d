"""What every process that holds a network begins with: its plan, its ports, a network namespace for who joins."""

from __future__ import annotations

import json
import os
import resource
import select
import socket
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from netdojo.runtimes import kernel
from netdojo.runtimes.serving.telling import Teller

FILES = 256
FILES_A_NODE = 8
"""Descriptors that a process with a network holds, and those that come with each node."""
LOOPBACK = "127.0.0.1"
BACKLOG = 64
TAKEN = b"taken\n"


def begin() -> tuple[socket.socket, dict[str, Any]]:
    """Leave the client's session as the network's keeper; return the client's socket and the plan from stdin.

    The arguments are the client's socket and the descriptor that keeps the network's folder locked.
    """
    client = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(client.fileno(), False)
    os.set_inheritable(lock(), False)
    plan = json.load(sys.stdin)
    if os.fork():
        os._exit(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    kernel.name_process(kernel.KEEPER)
    hold_files(len(plan["nodes"]))
    return client, plan


def lock() -> int:
    """Return the descriptor that keeps the network's folder locked for as long as any process has it."""
    return int(sys.argv[2])


def give_up(plan: dict[str, Any], client: socket.socket, error: Exception) -> NoReturn:
    """End with nothing of the network left, and tell the client why; whatever watches this process ends too."""
    kernel.let_go(client.fileno(), lock())
    Teller(client).complain(error)
    kernel.remove(plan["folder"])
    os._exit(1)


def hold_files(nodes: int) -> None:
    """Let this process have as many descriptors as a network of `nodes` needs, as far as the machine lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES + FILES_A_NODE * nodes
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def open_ports(plan: dict[str, Any]) -> dict[str, socket.socket]:
    """Return a listening socket on the host's loopback for each node."""
    return {node["name"]: _listen((LOOPBACK, 0)) for node in plan["nodes"]}


def open_inside(listeners: dict[str, socket.socket]) -> dict[str, socket.socket]:
    """Listen on the same ports of this network namespace's loopback, for programs that have joined the network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
        kernel.set_up(here, "lo")
    return {name: _listen(listener.getsockname()) for name, listener in listeners.items()}


def _listen(address: tuple[str, int]) -> socket.socket:
    listener = socket.create_server(address, backlog=BACKLOG)
    listener.setblocking(False)
    return listener


def enter_own_space(kinds: int) -> None:
    """Enter a user namespace in which this user is root, and the other `kinds`; raises OSError."""
    user, group = os.getuid(), os.getgid()
    kernel.unshare(kernel.NEW_USER | kinds)
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def wait_for_client(client: socket.socket, ended: Sequence[int]) -> bool:
    """Wait until the client has taken the network over; False when it goes without, or one of `ended` is first.

    The client's socket stays open then, so that the client sees by its end that nothing is left.
    """
    ready, _, _ = select.select([client.fileno(), *ended], [], [])
    if client.fileno() not in ready or client.recv(len(TAKEN)) != TAKEN:
        return False
    client.close()
    return True
