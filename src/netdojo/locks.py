"""Locks by which a process shows that it lives: the kernel lets go of them however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = os.O_RDONLY | os.O_DIRECTORY


@contextmanager
def held(path: Path, flags: int = FOLDER, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the lock of a folder for as long as the block lasts, or of a file that is opened with `flags`.

    Waits for as long as somebody else holds it; `waiting` is called first then.
    """
    descriptor = os.open(path, flags, 0o600)
    try:
        if waiting and is_held(descriptor):
            waiting()
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def is_held(descriptor: int) -> bool:
    """Whether somebody holds the lock of an open file or folder; whoever merely asks is not taken for one."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False
