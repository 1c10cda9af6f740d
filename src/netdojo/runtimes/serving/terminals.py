"""A program on a terminal of its own that nobody sits at, as a container engine gives it one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from netdojo.runtimes.serving.telling import note

if TYPE_CHECKING:
    from netdojo.runtimes.serving.processes import Processes

LOGGED = 64 * 1024
"""Bytes of what the program says that are kept in the network's log; the rest is read and dropped."""

_CHUNK = 65536


def start_on_terminal(processes: Processes, words: list[str], env: Mapping[str, str]) -> asyncio.Future[int]:
    """Start a program; return what will hold its exit code."""
    ours, theirs = os.openpty()
    try:
        _, ended = processes.start(words, (), env, os.ttyname(theirs))
    finally:
        os.close(theirs)
    Drain(ours)
    return ended


class Drain:
    """Reads what comes out of a terminal, so that the program is never held up; the first of it goes to the log."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self._room = LOGGED
        self._loop = asyncio.get_running_loop()
        os.set_blocking(terminal, False)
        self._loop.add_reader(terminal, self._take)

    def _take(self) -> None:
        try:
            data = os.read(self._terminal, _CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._terminal)
            os.close(self._terminal)
            return
        note(data[: self._room])
        self._room = max(0, self._room - len(data))
