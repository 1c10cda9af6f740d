"""Runtimes are plugins: each is one class, found by name through the entry point group `netdojo.runtimes`."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol

from netdojo.errors import NotFound
from netdojo.model import Answer, Network, NetworkDetail, NetworkListed, NetworkState, Progress, Topology
from netdojo.runtimes.needs import Need
from netdojo.runtimes.serving.control import Stream

GROUP = "netdojo.runtimes"
DEFAULT = "namespaces"
CHOICE = "NETDOJO_RUNTIME"
"""The variable that names the runtime of new networks."""
Tell = Callable[[Progress], None]
Finish = Callable[[Network], None]
"""What is done to a network that is ready before it may live without its client."""


class Runtime(Protocol):
    """What a runtime does; each verb is described at the function of the same name in `netdojo.runtimes`.

    Three are for save, restore and diff: `instruct` is `ask` with something to read, `compare` gives what a node told
    of itself at its start and tells now, `place` puts files into a node and returns what went wrong. `visits` gives
    how many SSH sessions each node has had, and holds them or lets them go on where `held` says so.
    """

    def check(self, topology: Topology, name: str, overlay: Path | None) -> None: ...
    def check_host(self, topology: Topology) -> None: ...
    def deploy(
        self,
        topology: Topology,
        name: str,
        overlay: Path | None,
        tell: Tell,
        forget_after: float,
        finish: Finish = ...,
    ) -> Network: ...
    def networks(self) -> list[Network]: ...
    def sweep(self, folder: Path) -> None: ...
    def abandoned(self) -> list[NetworkListed]: ...
    def inspect(self, network: Network) -> NetworkState: ...
    def examine(self, network: Network, nodes: Sequence[str]) -> NetworkDetail: ...
    def destroy(self, network: Network) -> None: ...
    def execute(self, network: Network, node: str, argv: Sequence[str], stdin: bytes, timeout: float) -> Answer: ...
    def ask(self, network: Network, node: str, argv: Sequence[str], timeout: float) -> Answer: ...
    def instruct(self, network: Network, node: str, argv: Sequence[str], stdin: bytes, timeout: float) -> Answer: ...
    def compare(self, network: Network, node: str, *, files: bool) -> dict[str, Any]: ...
    def place(self, network: Network, node: str, files: list[dict[str, Any]]) -> list[str]: ...
    def stream(self, network: Network, node: str, argv: Sequence[str]) -> Stream: ...
    def visits(self, network: Network, *, held: bool | None = ...) -> dict[str, int]: ...
    def console(self, network: Network, node: str) -> int: ...
    def join_command(self, network: Network) -> tuple[str, ...]: ...
    def needs(self, images: Path | None, used: Collection[str]) -> list[Need]: ...


@cache
def all_runtimes() -> dict[str, Runtime]:
    """Return every runtime that is installed, by name."""
    return {point.name: point.load()() for point in entry_points(group=GROUP)}


def chosen() -> str:
    """Return the name of the runtime that new networks get."""
    return os.environ.get(CHOICE) or DEFAULT


def runtime(name: str) -> Runtime:
    """Return the runtime `name`; raises NotFound with the near name."""
    found = all_runtimes()
    if name not in found:
        raise NotFound("runtime", name, found)
    return found[name]
