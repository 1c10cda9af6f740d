"""How long a network may take to be ready goes by what it is made of."""

from __future__ import annotations

from pathlib import Path

from netdojo.content import read_topology
from netdojo.runtimes.containerlab.runtime import WAY

FILE = """
name: two
topology:
  nodes:
    other: {{ kind: {kind}, image: "other:1" }}
    ours: {{ kind: linux, image: host }}
  links:
    - endpoints: ["other:eth1", "ours:eth1"]
"""


def patience(folder: Path, kind: str) -> float:
    file = folder / f"{kind}.clab.yml"
    file.write_text(FILE.format(kind=kind))
    return WAY.patience(read_topology(file))


def test_router_of_a_vendor_may_boot_for_as_long_as_containerlab_lets_it(tmp_path: Path) -> None:
    """containerlab waits five minutes for an SR Linux, and so does a deployment; ours start in seconds."""
    assert 66 == patience(tmp_path, "linux")
    assert 300 + 66 == patience(tmp_path, "nokia_srlinux")
