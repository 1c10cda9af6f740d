"""Turns a request to end into an exception, so that what was started is ended on the way out."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


@contextmanager
def stops_cleanly() -> Iterator[None]:
    """Let SIGTERM end the work like Ctrl-C does; outside of the main thread signals are not ours to take."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def stop(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
