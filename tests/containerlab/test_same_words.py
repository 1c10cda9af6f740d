"""What a file says is what a node has, letter by letter, whichever runtime runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.content import read_topology

FILE = """
name: words
topology:
  defaults: $LAB_NOTHING
  nodes:
    "${LAB_UNSET:-nx}":
      kind: linux
      image: netdojo/host
      env: {A: 1.10, B: 012, D: 0x10, E: 1_000, H: True, J: 1e3, O: +5, P: off, Q: "012", V: $$HOME, W: "$LAB_VALUE"}
    other: {kind: linux, image: host}
  links:
    - {endpoints: ["nx:eth1", "other:eth1"], mtu: 0}
"""
WANTED = {
    "A": "1.10",
    "B": "012",
    "D": "0x10",
    "E": "1_000",
    "H": "True",
    "J": "1e3",
    "O": "+5",
    "P": "off",
    "Q": "012",
}
WANTED |= {"V": "$HOME", "W": "$HOME {{ .Name }} #"}


def test_environment_of_a_node_is_the_files(
    home: Path, tmp_path: Path, runtime: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers and words keep how they were written, variables are put in once, and an mtu of 0 is none."""
    monkeypatch.setenv("LAB_NOTHING", "~")
    monkeypatch.setenv("LAB_VALUE", "$HOME {{ .Name }} #")
    monkeypatch.delenv("LAB_UNSET", raising=False)
    folder = tmp_path / "topologies" / "words"
    folder.mkdir(parents=True)
    (folder / "words.clab.yml").write_text(FILE)
    deployed = runtimes.deploy(read_topology(folder / "words.clab.yml"), runtime=runtime)
    try:
        told = runtimes.execute(deployed, "nx", ["env"]).stdout
        mtu = runtimes.execute(deployed, "nx", ["cat", "/sys/class/net/eth1/mtu"]).stdout
    finally:
        runtimes.destroy(deployed)

    given = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    assert WANTED == {key: given.get(key) for key in WANTED}
    assert "1500\n" == mtu
