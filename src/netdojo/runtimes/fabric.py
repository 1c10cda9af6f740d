"""A deployed network in the shape that checks ask: devices that answer with the judge's own programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from netdojo import runtimes

if TYPE_CHECKING:
    from netdojo.model import Answer, Network, Topology


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
