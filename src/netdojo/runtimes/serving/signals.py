"""Signals to many processes at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress


def stop_all(find: Callable[[], set[int]]) -> None:
    """Stop what `find` finds until it finds nothing new: a process with a stop before it does not finish a fork."""
    stopped: set[int] = set()
    while found := find() - stopped:
        signal_each(found, signal.SIGSTOP)
        stopped |= found


def signal_each(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to each process; one that has gone, or is no longer ours, gets none."""
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
