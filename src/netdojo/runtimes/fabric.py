"""A deployed network in the shape that checks ask: devices that answer with the judge's own programs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from netdojo import runtimes

if TYPE_CHECKING:
    from netdojo.model import Answer, Fault, Network, Topology


@dataclass(frozen=True)
class LiveDevice:
    """A node of a deployed network, asked from outside."""

    network: Network
    name: str

    @property
    def labels(self) -> dict[str, str]:
        return self.network.topology.node(self.name).labels

    def ask(self, *argv: str, timeout: float = 10) -> Answer:
        return runtimes.ask(self.network, self.name, argv, timeout=timeout)


@dataclass(frozen=True)
class LiveFabric:
    """A deployed network, asked from outside."""

    network: Network

    @property
    def topology(self) -> Topology:
        return self.network.topology

    def device(self, name: str) -> LiveDevice:
        self.topology.node(name)
        return LiveDevice(self.network, name)

    def sessions(self, name: str) -> int:
        """Return how many SSH sessions a node has had."""
        return runtimes.sessions(self.network)[name]

    @contextmanager
    def fault(self, kind: str, target: str, **options: Any) -> Iterator[Fault]:
        """Break the network for as long as the block lasts; raises as `netdojo.runtimes.fault` and `lift` do."""
        imposed = runtimes.fault(self.network, kind, target, **options)
        try:
            yield imposed
        finally:
            runtimes.lift(self.network, imposed.id)
