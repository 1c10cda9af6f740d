"""Clients in processes of their own, forked from this one, which has loaded all that a client needs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from . import client, machine
from .machine import until

RUNTIME = "namespaces"
PATIENCE = 45.0
"""Seconds for a client to end, whatever happens to it: longer than any of its own deadlines."""


def unlimited() -> None:
    """Take nothing away from a client."""


class Client:
    """One client at its work."""

    def __init__(self, verb: str, prepare: Callable[[], None] = unlimited, runtime: str = RUNTIME) -> None:
        self.said, self.complained = os.memfd_create("out"), os.memfd_create("err")
        self.code: int | None = None
        self.began = time.monotonic()
        self.pid = os.fork()
        if not self.pid:
            os.setsid()
            os.dup2(self.said, 1)
            os.dup2(self.complained, 2)
            os.closerange(3, max(self.said, self.complained) + 1)
            prepare()
            os._exit(client.exit_code(verb, runtime, machine.here()))

    @property
    def over(self) -> bool:
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code is not None

    def kill(self) -> None:
        """End it, unless it has ended; no client outlives the soak."""
        if not self.over:
            os.kill(self.pid, signal.SIGKILL)
            until(lambda: self.over, PATIENCE)

    def end(self, patience: float = PATIENCE) -> tuple[int, str, str]:
        """Wait for its end (seconds); return its exit code and what it said."""
        late = ""
        try:
            if not until(lambda: self.over, patience):
                late = f"\nit had not ended after {patience:.0f} s"
        finally:
            self.kill()
        out, err = (_read(one) for one in (self.said, self.complained))
        assert self.code is not None
        return self.code, out, err + late


def _read(descriptor: int) -> str:
    with os.fdopen(descriptor, "rb") as file:
        file.seek(0)
        return file.read().decode(errors="replace")


def call(verb: str, runtime: str = RUNTIME, patience: float = PATIENCE) -> str:
    """Have a client do its work within `patience` (seconds), which must go well; return what it said."""
    code, out, err = Client(verb, runtime=runtime).end(patience)
    if code:
        raise RuntimeError(f"{verb} ended with {code}:\n{err}{log()}")
    return out


def log() -> str:
    with suppress(OSError):
        return (Path(os.environ["NETDOJO_HOME"]) / "networks" / "pair" / "log").read_text()
    return ""
