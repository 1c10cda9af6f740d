"""What the kernel says of a node, whatever runs in it; and the same of a network that nobody uses."""

from __future__ import annotations

from netdojo import runtimes
from netdojo.errors import NodeUnreachable
from netdojo.model import Network, NodeState, Topology

from .conftest import Trial

LISTEN = (
    "import socket, time; u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(('127.0.0.1', 5005)); "
    "t = socket.create_server(('::1', 6006), family=socket.AF_INET6); time.sleep(600)"
)
ODD = "name='/tmp/'$'\\377) R \\033'; cp $(command -v sleep) \"$name\"; setsid \"$name\" 978 & true"


def test_ports_of_both_protocols_and_families(pair: Network, trial: Trial) -> None:
    """A program that a learner starts is found with where it listens."""
    start = ["sh", "-c", 'setsid python3 -I -c "$0" >/dev/null 2>&1 &', LISTEN]
    assert runtimes.execute(pair, "left", start).ok

    def own() -> list[tuple[str, str, int]]:
        found = runtimes.examine(pair, "left").nodes["left"].ports
        return [(one.protocol, one.address, one.port) for one in found if one.program == "python3"]

    trial.wait_until(lambda: own() == [("tcp", "::1", 6006), ("udp", "127.0.0.1", 5005)])
    assert [] == [one for one in runtimes.examine(pair, "right").nodes["right"].ports if one.port in (5005, 6006)]


def test_process_whose_name_is_no_text_harms_nothing(pair: Network, trial: Trial) -> None:
    """A network with such a process is looked at, and ended, like any other."""
    assert runtimes.execute(pair, "left", ["bash", "-c", ODD]).ok

    trial.wait_until(
        lambda: any(one.command.endswith(" 978") for one in runtimes.examine(pair, "left").nodes["left"].processes)
    )
    assert NodeState.running is runtimes.inspect(pair).nodes["left"]
    runtimes.destroy(pair)
    assert not pair.folder.exists()


def test_forgotten_network_leaves_nothing(pair_topology: Topology, trial: Trial) -> None:
    """After a second without use it ends although it is polled, with all of its processes, ports and files."""
    network = runtimes.deploy(pair_topology, forget_after=1)
    processes = trial.processes_of(network) | {trial.keeper_of(network)}

    def gone() -> bool:
        try:
            runtimes.inspect(network)
        except NodeUnreachable:
            return not trial.left_of(network, processes)
        return False

    trial.wait_until(gone)
    assert runtimes.forgotten(network.name) is not None
