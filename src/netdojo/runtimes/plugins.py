"""Runtimes are plugins: each is one class, found by name through the entry point group `netdojo.runtimes`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from netdojo.errors import NotFound
from netdojo.model import Answer, Network, NetworkState, Progress, Topology
from netdojo.runtimes.needs import Need

GROUP = "netdojo.runtimes"
Tell = Callable[[Progress], None]


class Runtime(Protocol):
    """What a runtime does; each verb is described at the function of the same name in `netdojo.runtimes`."""

    def deploy(self, topology: Topology, name: str, overlay: Path | None, tell: Tell) -> Network: ...
    def networks(self) -> list[Network]: ...
    def inspect(self, network: Network) -> NetworkState: ...
    def destroy(self, network: Network) -> None: ...
    def execute(self, network: Network, node: str, argv: Sequence[str], stdin: bytes, timeout: float) -> Answer: ...
    def ask(self, network: Network, node: str, argv: Sequence[str], timeout: float) -> Answer: ...
    def console(self, network: Network, node: str) -> int: ...
    def join_command(self, network: Network) -> tuple[str, ...]: ...
    def needs(self) -> list[Need]: ...


@cache
def all_runtimes() -> dict[str, Runtime]:
    """Return every runtime that is installed, by name."""
    return {point.name: point.load()() for point in entry_points(group=GROUP)}


def runtime(name: str) -> Runtime:
    """Return the runtime `name`; raises NotFound with the near name."""
    found = all_runtimes()
    if name not in found:
        raise NotFound("runtime", name, found)
    return found[name]
