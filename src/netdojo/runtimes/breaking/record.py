"""The record of a network's faults: lines that are only added, in its folder, so that it ends with the network.

The last line of a fault says how it stands. A fault is written down before anything is changed, with what is needed to
lift it, so that another client can when the first one dies on the way.
"""

from __future__ import annotations

import fcntl
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError

from netdojo.errors import NodeUnreachable
from netdojo.model import Fault, FaultState, Network, Noun

FILE = "faults.jsonl"
LASTING = (FaultState.imposing, FaultState.in_force)


class Entry(Noun):
    """A fault, what it has to itself, and what is needed to lift it."""

    fault: Fault
    touches: tuple[str, ...]
    before: dict[str, Any]

    def now(self, state: FaultState, **changes: Any) -> Entry:
        """Return the entry as it stands after a change."""
        fault = self.fault.model_copy(update={"state": state, **changes})
        return self.model_copy(update={"fault": fault})


class Record:
    """The faults of a network as they stand, by their numbers."""

    def __init__(self, file: io.BufferedRandom) -> None:
        self._file = file
        self.entries: dict[int, Entry] = {}
        for line in file.read().splitlines():
            try:
                entry = Entry.model_validate_json(line)
            except ValidationError:
                continue  # the line of a client that was killed as it wrote
            self.entries[entry.fault.id] = entry

    @property
    def lasting(self) -> list[Entry]:
        """What has not been lifted, the latest last."""
        return [entry for entry in self.entries.values() if entry.fault.state in LASTING]

    def add(self, entry: Entry) -> Fault:
        """Write how a fault stands now."""
        self._file.seek(0, os.SEEK_END)
        self._file.write(entry.model_dump_json().encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.entries[entry.fault.id] = entry
        return entry.fault


@contextmanager
def opened(network: Network) -> Iterator[Record]:
    """Hold the record of a network while a fault is put on it or taken from it: one at a time.

    Raises NodeUnreachable when the network has ended.
    """
    try:
        descriptor = os.open(network.folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        raise NodeUnreachable(
            f"network {network.name!r} is not running", help=f"deploy it again with `netdojo lab reset {network.name}`"
        ) from None
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield Record(file)
