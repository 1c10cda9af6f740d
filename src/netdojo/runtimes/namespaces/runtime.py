"""The verbs of the namespaces runtime, as a plugin of `netdojo.runtimes`."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from netdojo.model import Network, NetworkState, Topology
from netdojo.runtimes import deployment, staging
from netdojo.runtimes.namespaces import host, validation
from netdojo.runtimes.needs import Need
from netdojo.runtimes.plugins import Finish, Tell
from netdojo.runtimes.serving.observe import proportional_size
from netdojo.runtimes.supervised import Supervised


def plan(topology: Topology, overlay: Path | None, folder: Path) -> dict[str, Any]:
    """Stage images and binds; return the nodes and links."""
    (folder / "state").mkdir()
    staging.copy_images(topology, folder)
    private = [str(path) for path in topology.private]
    nodes = [{**node, "private": private} for node in staging.stage(topology, overlay, folder)]
    return {"nodes": nodes, "links": staging.links(topology)}


WAY = deployment.Way(
    runtime="namespaces",
    supervisor="netdojo.runtimes.namespaces.supervisor",
    plan=plan,
    refused=host.not_ready,
    ready=30.0,
    ready_a_node=0.5,
    end=5.0,
)


class NamespacesRuntime(Supervised):
    """Networks of this user in rootless namespaces."""

    way = WAY

    def check(self, topology: Topology, name: str, overlay: Path | None) -> None:
        validation.check(topology, name, overlay)

    def check_host(self, topology: Topology) -> None:
        host.check(topology.images / node.image for node in topology.nodes)

    def deploy(
        self,
        topology: Topology,
        name: str,
        overlay: Path | None,
        tell: Tell,
        forget_after: float,
        finish: Finish = deployment.as_it_is,
    ) -> Network:
        self.check(topology, name, overlay)
        host.check_programs(topology.images / node.image for node in topology.nodes)
        return deployment.deploy(self.way, topology, name, overlay, tell, forget_after, finish)

    def inspect(self, network: Network) -> NetworkState:
        """Count the first process in, which cannot weigh itself from within."""
        found = super().inspect(network)
        return found.model_copy(update={"memory": found.memory + proportional_size(network.pid)})

    def needs(self, images: Path | None, used: Collection[str]) -> list[Need]:
        return host.needs(images, used)
