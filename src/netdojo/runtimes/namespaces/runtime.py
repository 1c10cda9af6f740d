"""The verbs of the namespaces runtime, as a plugin of `netdojo.runtimes`."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from netdojo.errors import NotFound
from netdojo.model import Answer, Network, NetworkState, Topology
from netdojo.runtimes.namespaces import control, deployment, folders, host
from netdojo.runtimes.namespaces.observe import proportional_size
from netdojo.runtimes.needs import Need
from netdojo.runtimes.plugins import Tell


class NamespacesRuntime:
    """Networks of this user in rootless namespaces; the verbs are those of `netdojo.runtimes.plugins.Runtime`."""

    def deploy(self, topology: Topology, name: str, overlay: Path | None, tell: Tell) -> Network:
        return deployment.deploy(topology, name, overlay, tell)

    def networks(self) -> list[Network]:
        return folders.living()

    def inspect(self, network: Network) -> NetworkState:
        found = control.request(network, {"verb": "inspect"})
        found["memory"] += proportional_size(network.pid)
        return NetworkState(name=network.name, **found)

    def destroy(self, network: Network) -> None:
        deployment.end(network)

    def execute(self, network: Network, node: str, argv: Sequence[str], stdin: bytes, timeout: float) -> Answer:
        return control.command(network, "execute", node, list(argv), stdin, timeout)

    def ask(self, network: Network, node: str, argv: Sequence[str], timeout: float) -> Answer:
        return control.command(network, "ask", node, list(argv), b"", timeout)

    def console(self, network: Network, node: str) -> int:
        names = [access.name for access in network.access]
        if node not in names:
            raise NotFound("node", node, names)
        host.require(host.FOR_CONSOLES)
        return subprocess.run(["ssh", "-F", str(network.ssh_config), "-t", node], check=False).returncode

    def join_command(self, network: Network) -> tuple[str, ...]:
        return ("nsenter", "-t", str(network.pid), "-U", "-n", "--preserve-credentials", "--")

    def needs(self) -> list[Need]:
        return host.needs()
