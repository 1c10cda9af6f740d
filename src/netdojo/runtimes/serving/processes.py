"""Starts processes in and beside the nodes, and reaps them: pid 1 is everybody's parent in the end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from netdojo.runtimes.serving.signals import signal_each

_RESTORED = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD)


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

    def leave(self) -> None:
        """Hear no more of children that end: asyncio closes what it hears by before it stops listening."""
        self._loop.remove_signal_handler(signal.SIGCHLD)

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

    def start_on_pipes(
        self, argv: list[str], env: Mapping[str, str]
    ) -> tuple[int, asyncio.Future[int], tuple[int, int, int]]:
        """Start `argv` on pipes; return what `start` does, and our ends of its stdin, stdout and stderr.

        Raises OSError, and has closed them then.
        """
        theirs: list[int] = []
        ours: list[int] = []
        try:
            for number in range(3):
                reading, writing = os.pipe()
                theirs.append(writing if number else reading)
                ours.append(reading if number else writing)
            pid, ended = self.start(argv, theirs, env)
        except OSError:
            for descriptor in ours:
                os.close(descriptor)
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        return pid, ended, (ours[0], ours[1], ours[2])


def end_session(leader: int) -> None:
    """Kill every process of the session that `leader` began."""
    signal_each(session_members(leader), signal.SIGKILL)


def session_members(leader: int) -> Iterable[int]:
    """Return the processes of a session, as this pid namespace numbers them."""
    for pid in all_pids():
        if session_of(pid) == leader:
            yield pid


def session_of(pid: int) -> int:
    """Return the leader of the session that a process is in; 0 when it has ended."""
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return 0


def all_pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def command_line(pid: int) -> list[str]:
    """Return the words that a process was started with; none when it has ended."""
    with suppress(OSError), open(f"/proc/{pid}/cmdline", errors="replace") as file:
        text = file.read().rstrip("\0")
        return text.split("\0") if text else []
    return []
