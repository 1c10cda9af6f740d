"""What runtimes have in common whose networks are each held by a supervisor on this machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from netdojo.model import Answer, Network, NetworkDetail, NetworkListed, NetworkState
from netdojo.runtimes import deployment, examining, folders, packages
from netdojo.runtimes.serving import control

COMPARING = 60.0
"""Seconds to look through all that a node has."""


class Supervised:
    """The verbs that ask a network's supervisor; they are those of `netdojo.runtimes.plugins.Runtime`."""

    way: deployment.Way

    def networks(self) -> list[Network]:
        return folders.living(self.way.runtime)

    def sweep(self, folder: Path) -> None:
        folders.remove(folder)

    def inspect(self, network: Network) -> NetworkState:
        return NetworkState(name=network.name, **control.request(network, {"verb": "inspect"}))

    def examine(self, network: Network, nodes: Sequence[str]) -> NetworkDetail:
        return examining.examine(network, nodes, self.inspect(network))

    def abandoned(self) -> list[NetworkListed]:
        return []

    def destroy(self, network: Network) -> None:
        deployment.end(network, self.way.end)

    def execute(self, network: Network, node: str, argv: Sequence[str], stdin: bytes, timeout: float) -> Answer:
        return control.command(network, "execute", node, list(argv), stdin, timeout)

    def ask(self, network: Network, node: str, argv: Sequence[str], timeout: float) -> Answer:
        return control.command(network, "ask", node, list(argv), b"", timeout)

    def instruct(self, network: Network, node: str, argv: Sequence[str], stdin: bytes, timeout: float) -> Answer:
        return control.command(network, "ask", node, list(argv), stdin, timeout)

    def compare(self, network: Network, node: str, *, files: bool) -> dict[str, Any]:
        return control.request_of(network, {"verb": "compare", "node": node, "files": files}, COMPARING)

    def place(self, network: Network, node: str, files: list[dict[str, Any]]) -> list[str]:
        faults: list[str] = control.request_of(network, {"verb": "place", "node": node, "files": files}, COMPARING)[
            "faults"
        ]
        return faults

    def stream(self, network: Network, node: str, argv: Sequence[str]) -> control.Stream:
        return control.Stream(network, node, list(argv))

    def visits(self, network: Network, *, held: bool | None = None) -> dict[str, int]:
        begun: dict[str, int] = control.request(network, {"verb": "visits", "held": held})["begun"]
        return begun

    def console(self, network: Network, node: str) -> int:
        control.require_node(network, node)
        packages.require(packages.FOR_CONSOLES)
        terminal = "-t" if os.isatty(0) else "-T"
        return subprocess.run(["ssh", "-F", str(network.ssh_config), terminal, node], check=False).returncode

    def join_command(self, network: Network) -> tuple[str, ...]:
        return ("nsenter", "-t", str(network.pid), "-U", "-n", "--preserve-credentials", "--")
