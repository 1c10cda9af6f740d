"""Turns a request to end into an exception, so that what was started is ended on the way out, in every thread."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, NoReturn

from netdojo.checks import Device
from netdojo.model import Answer, Fault, Progress, Topology
from netdojo.runtimes.fabric import LiveFabric

End = Callable[[str], None]
Tell = Callable[[Progress], None]
REQUESTS = (signal.SIGTERM, signal.SIGHUP)
"""What asks a process to end, beside Ctrl-C."""


@contextmanager
def stops_cleanly() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the work like Ctrl-C does; outside of the main thread signals are not ours to take.

    What is ignored, as under nohup, stays ignored. A request that follows the first one, as a shell's follows its
    terminal's, does not break off the clearing up.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in REQUESTS}
    taken = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    for number in taken:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in taken.items():
            if handler is not stop or signal.getsignal(number) is stop:
                signal.signal(number, handler)


def stop(number: int, _: FrameType | None) -> NoReturn:
    for request in REQUESTS:
        signal.signal(request, signal.SIG_IGN)
    raise SystemExit(128 + number)


class Stopped(BaseException):
    """The work was told to end. No Exception, so that nothing takes it for a check that broke and goes on."""


class Stop:
    """A request to end that one thread makes of gradings in others, which signals do not reach."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.lock = threading.Lock()
        self.ends: list[End] = []

    def ask(self) -> None:
        """Have every grading end: what it waits for is ended now, and its next step raises Stopped."""
        self.asked.set()
        with self.lock:
            for end in self.ends:
                end("it was stopped")

    def require_going(self) -> None:
        """Raise Stopped once the end has been asked for."""
        if self.asked.is_set():
            raise Stopped

    @contextmanager
    def ending(self, end: End) -> Iterator[None]:
        """Have `end` called when the end is asked for, and never once this is over."""
        with self.lock:
            self.ends.append(end)
        try:
            self.require_going()
            yield
        finally:
            with self.lock:
                self.ends.remove(end)

    def hearing(self, tell: Tell) -> Tell:
        """Return `tell` so that it raises Stopped once the end has been asked for."""

        def told(progress: Progress) -> None:
            self.require_going()
            tell(progress)

        return told


@dataclass(frozen=True)
class StoppableDevice:
    """A device that answers until the end is asked for."""

    device: Device
    stop: Stop

    @property
    def name(self) -> str:
        return self.device.name

    @property
    def labels(self) -> dict[str, str]:
        return self.device.labels

    def ask(self, *argv: str, timeout: float = 10) -> Answer:
        self.stop.require_going()
        return self.device.ask(*argv, timeout=timeout)


@dataclass(frozen=True)
class StoppableFabric:
    """A fabric whose devices answer until the end is asked for: a check that polls ends there."""

    fabric: LiveFabric
    stop: Stop

    @property
    def topology(self) -> Topology:
        return self.fabric.topology

    def device(self, name: str) -> StoppableDevice:
        return StoppableDevice(self.fabric.device(name), self.stop)

    def sessions(self, name: str) -> int:
        self.stop.require_going()
        return self.fabric.sessions(name)

    def fault(self, kind: str, target: str, **options: Any) -> AbstractContextManager[Fault]:
        self.stop.require_going()
        return self.fabric.fault(kind, target, **options)
