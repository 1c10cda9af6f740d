"""Starts processes in and beside the nodes, and reaps them: pid 1 is everybody's parent in the end."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CLEAN_ENV = {"PATH": PATH, "HOME": "/root", "USER": "root", "LOGNAME": "root", "SHELL": "/bin/sh", "LANG": "C.UTF-8"}
_RESTORED = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD)


def program(name: str) -> str:
    """Return the host's own program `name`; raises FileNotFoundError."""
    found = shutil.which(name, path=PATH)
    if found is None:
        raise FileNotFoundError(name)
    return found


class Processes:
    """The children of this process. Each becomes the leader of a session, by which it is ended whole."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: dict[int, asyncio.Future[int]] = {}
        loop.add_signal_handler(signal.SIGCHLD, self.reap)
        loop.call_soon(self.reap)

    def start(
        self, argv: list[str], descriptors: Sequence[int], env: Mapping[str, str], terminal: str = ""
    ) -> tuple[int, asyncio.Future[int]]:
        """Start `argv` on `descriptors` (stdin, stdout, stderr) or on the `terminal` of this path.

        Returns its pid, and what will hold its exit code: 128 plus the signal when one ended it.
        """
        if terminal:
            actions: list[tuple[int, ...]] = [
                (os.POSIX_SPAWN_OPEN, 0, terminal, os.O_RDWR, 0),  # type: ignore[list-item]  # a path, in typeshed too
                (os.POSIX_SPAWN_DUP2, 0, 1),
                (os.POSIX_SPAWN_DUP2, 0, 2),
            ]
        else:
            actions = [(os.POSIX_SPAWN_DUP2, have, want) for want, have in enumerate(descriptors)]
        pid = os.posix_spawn(argv[0], argv, env, file_actions=actions, setsid=True, setsigdef=_RESTORED)
        return pid, self.watch(pid)

    def watch(self, pid: int) -> asyncio.Future[int]:
        """Return what will hold the exit code of a child; 128 plus the signal when one ended it."""
        return self._waiting.setdefault(pid, self._loop.create_future())

    def reap(self) -> None:
        """Collect every child that has ended, whoever started it."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            code = os.waitstatus_to_exitcode(status)
            future = self._waiting.pop(pid, None)
            if future is not None and not future.done():
                future.set_result(code if code >= 0 else 128 - code)


def end_session(leader: int) -> None:
    """Kill every process of the session that `leader` began."""
    for pid in session_members(leader):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def session_members(leader: int) -> Iterable[int]:
    """Return the processes of a session, as this pid namespace numbers them."""
    for pid in all_pids():
        try:
            if os.getsid(pid) == leader:
                yield pid
        except ProcessLookupError:
            continue


def all_pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]
