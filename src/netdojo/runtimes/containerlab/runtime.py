"""The verbs of the containerlab runtime, as a plugin of `netdojo.runtimes`."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from netdojo.errors import DeployFailed, HostNotReady
from netdojo.model import Network, NetworkListed, Topology
from netdojo.runtimes import deployment, programs, staging
from netdojo.runtimes.containerlab import abandoned, engine, host, images, native, validation
from netdojo.runtimes.needs import Need
from netdojo.runtimes.plugins import Finish, Tell
from netdojo.runtimes.supervised import Supervised


def plan(topology: Topology, overlay: Path | None, folder: Path) -> dict[str, Any]:
    """Stage the binds and write containerlab's file; return what the supervisor has to know."""
    nodes = tuple(
        node.model_copy(update={"binds": tuple(filter(native.is_staged, node.binds))}) for node in topology.nodes
    )
    staged = staging.stage(topology.model_copy(update={"nodes": nodes}), overlay, folder)
    for node, given in zip(topology.nodes, staged, strict=True):
        run = folder / "run" / node.name
        (run / "lock").mkdir(parents=True)
        given.update(run=str(run), kind=node.kind, ours=native.is_ours(node, topology))
    programs.make_clean_etc(str(folder / "judge"))
    file = native.write(topology, folder.name, overlay, staged, folder)
    return {
        "nodes": staged,
        "links": staging.links(topology),
        "file": str(file),
        "apart": native.is_apart(topology),
        "management": native.management_words(topology, native.lab_name(folder.name, folder)),
        "ready": WAY.patience(topology),
    }


def refused(detail: str, limit: str) -> DeployFailed:  # noqa: ARG001  # containers are docker's to make
    """Return the error of a network that could not be made."""
    return DeployFailed(detail)


WAY = deployment.Way(
    runtime="containerlab",
    supervisor="netdojo.runtimes.containerlab.supervisor",
    plan=plan,
    refused=refused,
    ready=60.0,
    ready_a_node=3.0,  # 64 took 46 s on two cores
    end=240.0,
    boot=300.0,  # what containerlab itself gives an SR Linux
)


class ContainerlabRuntime(Supervised):
    """Networks of containers."""

    way = WAY

    def check(self, topology: Topology, name: str, overlay: Path | None) -> None:
        validation.check(topology, name, overlay)

    def check_host(self, topology: Topology) -> None:
        host.check()
        images.require(topology)

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
        self.check_host(topology)
        validation.require_free(name)
        engine.end_orphans()
        return deployment.deploy(self.way, topology, name, overlay, tell, forget_after, finish)

    def abandoned(self) -> list[NetworkListed]:
        return abandoned.networks(self.way.runtime)

    def sweep(self, folder: Path) -> None:
        with suppress(FileNotFoundError, HostNotReady):  # without docker nothing of it can run, and the folder waits
            engine.end(folder)

    def needs(self, images: Path | None, used: Collection[str]) -> list[Need]:  # noqa: ARG002  # images bring their own programs
        return host.needs()
