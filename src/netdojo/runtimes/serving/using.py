"""Whether a network is in use, and since when it is not: one that was forgotten for long enough is ended."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from netdojo import atomic_files

KEPT = 30 * 24 * 3600
"""Seconds for which it is remembered that a network was forgotten."""


class Use:
    """Who uses a network now, and when it was last used.

    A clock that stands still while the machine sleeps measures it, so that a night with the lid closed is no time
    without use. `after` is in seconds, 0 for never.
    """

    def __init__(self, after: float) -> None:
        self.after = after
        self._users = 0
        self._last = time.monotonic()
        self._unused = asyncio.Event()
        self._unused.set()

    @property
    def idle(self) -> float:
        """Seconds since the network was last used; 0 while it is."""
        return 0.0 if self._users else time.monotonic() - self._last

    def begin(self) -> None:
        """Somebody uses the network, until `end`."""
        self._users += 1
        self._unused.clear()

    def end(self) -> None:
        """One who used the network does so no more."""
        self._users -= 1
        self._last = time.monotonic()
        if not self._users:
            self._unused.set()

    @contextmanager
    def lasting(self) -> Iterator[None]:
        """Count as use what is done meanwhile."""
        self.begin()
        try:
            yield
        finally:
            self.end()

    async def forgotten(self) -> None:
        """Return once nobody has used the network, from now on, for as long as it may be left alone."""
        self._last = time.monotonic()
        if not self.after:
            await asyncio.get_running_loop().create_future()
        while True:
            await self._unused.wait()
            left = self.after - self.idle
            if left <= 0:
                return
            await asyncio.sleep(left)


def remember(plan: dict[str, Any], idle: float) -> None:
    """Leave word that the network of `plan` ends because nobody has used it for `idle` seconds."""
    file = Path(plan["word"])
    found = {"name": plan["name"], "ended": time.time(), "idle": idle}
    with suppress(OSError):  # a full disk must not keep a forgotten network
        os.makedirs(file.parent, mode=0o700, exist_ok=True)
        atomic_files.replace(file, json.dumps(found).encode(), mode=atomic_files.PRIVATE)
        for old in file.parent.iterdir():
            if old.stat().st_mtime < time.time() - KEPT:
                old.unlink()
