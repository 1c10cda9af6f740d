"""What the namespaces runtime can run of a topology; everything that it cannot is told at once."""

from __future__ import annotations

from pathlib import Path

from netdojo.model import Topology


def check(topology: Topology, name: str, overlay: Path | None) -> None:
    """Raise TopologyUnsupported with every key that this runtime cannot honour."""
