"""A network in full, seen from outside: what the kernel says, whatever the node's own programs would say."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.errors import NodeUnreachable, NotFound
from netdojo.model import Interface, Network, NodeState, Topology

from .conftest import Trial

LIARS = "for name in ip ss ps; do printf '#!/bin/sh\\necho lie\\n' > /tmp/lie; chmod +x /tmp/lie; "
LIARS += "mount --bind /tmp/lie $(command -v $name); done; mount -t tmpfs t /proc; mount -t tmpfs t /sys"


@pytest.fixture
def pair(topology: Topology, runtime: str) -> Iterator[Network]:
    """A network that the test may break."""
    deployed = runtimes.deploy(topology, runtime=runtime)
    yield deployed
    runtimes.destroy(deployed)


def first_process(network: Network, node: str) -> int:
    """Return the first process of a node as the host numbers it."""
    space = runtimes.execute(network, node, ["readlink", "/proc/1/ns/pid"]).stdout.strip()
    return min(int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit() and space_of(one) == space)


def space_of(process: Path) -> str:
    try:
        return os.readlink(process / "ns" / "pid")
    except OSError:
        return ""


def interface(network: Network, node: str, name: str) -> Interface:
    found = runtimes.examine(network, node).nodes[node].interfaces
    return next(one for one in found if one.name == name)


def test_interfaces_are_those_of_the_node(network: Network) -> None:
    """Names, sizes, addresses and other ends are what the node's own `ip` and the topology say."""
    own = json.loads(runtimes.execute(network, "left", ["ip", "-j", "address"]).stdout)
    found = {one.name: one for one in runtimes.examine(network, "left").nodes["left"].interfaces}

    for one in own:
        addresses = tuple(f"{each['local']}/{each['prefixlen']}" for each in one["addr_info"])
        shown = found[one["ifname"]]
        assert (one["mtu"], one["address"], addresses) == (shown.mtu, shown.mac, shown.addresses)
    assert ("up", 1400, "right:eth1") == (found["eth1"].state, found["eth1"].mtu, found["eth1"].peer)
    assert "10.0.0.1/32" in found["lo"].addresses


def test_ports_and_processes_are_those_of_the_node(network: Network) -> None:
    """Each daemon is there with its number in the node, its words and its memory, and bgpd is who listens for BGP."""
    pid = int(runtimes.execute(network, "left", ["pgrep", "-x", "bgpd"]).stdout)
    found = runtimes.examine(network, "left").nodes["left"]
    bgpd = next(one for one in found.processes if one.name == "bgpd")

    assert (pid, True) == (bgpd.pid, bgpd.command.startswith("/usr/lib/frr/bgpd "))
    assert 1 == found.processes[0].pid
    assert 1e6 < bgpd.memory < found.memory < 100e6
    listens = [(one.protocol, one.address, one.program) for one in found.ports if one.port == 179]
    assert [("tcp", "0.0.0.0", "bgpd"), ("tcp", "::", "bgpd")] == listens
    assert (NodeState.running, ()) == (found.state, found.ended)


def test_all_nodes_or_one(network: Network) -> None:
    """Without a name every node is shown, with one that one, and a wrong one is told with the near one."""
    whole = runtimes.examine(network)

    assert (["left", "right"], network.runtime) == (list(whole.nodes), whole.runtime)
    assert ["right"] == list(runtimes.examine(network, "right").nodes)
    with pytest.raises(NotFound, match="did you mean 'left'"):
        runtimes.examine(network, "lefd")


def test_link_states_tell_the_two_ends_apart(pair: Network, trial: Trial) -> None:
    """An interface that was shut is down, and its other end has no carrier."""
    assert runtimes.execute(pair, "right", ["ip", "link", "set", "eth1", "down"]).ok

    trial.wait_until(lambda: interface(pair, "right", "eth1").state == "down")
    trial.wait_until(lambda: interface(pair, "left", "eth1").state == "no carrier")
    assert "up" == interface(pair, "left", "eth2").state


def test_programs_of_the_node_do_not_answer(pair: Network) -> None:
    """Whatever a learner puts in place of `ip`, `ss`, `ps`, /proc and /sys, the same is seen."""

    def seen() -> tuple[object, ...]:
        node = runtimes.examine(pair, "left").nodes["left"]
        return node.interfaces, node.ports, [(one.pid, one.name) for one in node.processes]

    before = seen()
    assert runtimes.execute(pair, "left", ["sh", "-c", LIARS]).ok

    assert before == seen()


def test_hidden_processes_are_seen(pair: Network, trial: Trial) -> None:
    """What moved to a pid namespace of its own, or has a name that is no text, is its node's still."""
    odd = "/tmp/$(printf '\\377) R\\033')"
    script = f'cp $(command -v sleep) "{odd}"; setsid "{odd}" 978 & setsid unshare --pid --fork sleep 979 & true'
    assert runtimes.execute(pair, "left", ["bash", "-c", script]).ok

    def commands(node: str) -> list[str]:
        return [one.command for one in runtimes.examine(pair, node).nodes[node].processes]

    trial.wait_until(lambda: "sleep 979" in commands("left"))
    trial.wait_until(lambda: any(one.endswith(" 978") for one in commands("left")))
    assert [] == [one for one in commands("right") if one.endswith(("978", "979"))]
    assert NodeState.running is runtimes.inspect(pair).nodes["left"]


def test_what_has_ended_is_named(pair: Network, trial: Trial) -> None:
    """A daemon that was killed is named; a node whose first process was killed has nothing to show."""
    assert runtimes.execute(pair, "left", ["pkill", "-9", "bgpd"]).ok
    trial.wait_until(lambda: runtimes.examine(pair, "left").nodes["left"].ended == ("bgpd",))
    assert NodeState.degraded is runtimes.examine(pair, "left").nodes["left"].state

    os.kill(first_process(pair, "left"), signal.SIGKILL)
    trial.wait_until(lambda: not runtimes.examine(pair, "left").nodes["left"].interfaces)
    whole = runtimes.examine(pair).nodes
    assert (NodeState.stopped, (), ()) == (whole["left"].state, whole["left"].ports, whole["left"].processes)
    assert NodeState.running is whole["right"].state


def test_network_that_has_ended_cannot_be_examined(pair: Network) -> None:
    """It is told that it is not running."""
    runtimes.destroy(pair)

    with pytest.raises(NodeUnreachable, match="is not running"):
        runtimes.examine(pair)
