"""Real processes of this machine in the place of a node's."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from netdojo.runtimes.serving.processes import Processes

T = TypeVar("T")
ENV = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
DEADLINE = 10.0
"""Seconds."""


@dataclass
class PlainNode:
    """A node whose inside is this machine; `pid` is whose children are its daemons."""

    name: str = "r1"
    pid: int = field(default_factory=os.getpid)
    net: socket.socket = field(default_factory=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    services: set[str] = field(default_factory=set)
    running: bool = True
    powered: bool = True
    run: str = "/run"
    plan: dict[str, Any] = field(default_factory=dict)

    @property
    def keepers(self) -> set[int]:
        return {self.pid}

    def inside(self, argv: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
        return list(argv), ENV

    beside = inside

    def shell(self, command: str | None) -> list[str]:
        return ["/bin/sh", "-c", command or "cat"]


@pytest.fixture
def node() -> Iterator[PlainNode]:
    made = PlainNode()
    yield made
    made.net.close()


@pytest.fixture
def serve() -> Callable[[Callable[[Processes], Awaitable[T]]], T]:
    """Give what runs a coroutine with the processes of its loop, and ends the loop."""

    def run(work: Callable[[Processes], Awaitable[T]]) -> T:
        async def begin() -> T:
            loop = asyncio.get_running_loop()
            try:
                return await asyncio.wait_for(work(Processes(loop)), DEADLINE)
            finally:
                loop.remove_signal_handler(signal.SIGCHLD)

        return asyncio.run(begin())

    return run


def sh(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def is_gone(pid: int) -> bool:
    """Wait until a process has ended; False at the deadline, and then it is killed."""
    end = time.monotonic() + DEADLINE
    while alive(pid):
        if time.monotonic() > end:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            return False
        time.sleep(0.01)
    return True
