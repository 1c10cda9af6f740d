"""The routing daemons of the router image do their work with each other, in the runtime that NETDOJO_RUNTIME names.

Two hosts, and two routers between them that run every protocol over eth1, and BFD over a cable of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from netdojo import runtimes
from netdojo.content import read_topology
from netdojo.errors import DeployFailed
from netdojo.model import Network

from .conftest import Trial

DAEMONS = ("staticd", "bfdd", "isisd", "ldpd", "ospf6d", "ospfd", "pimd")
OTHERS = ("bgpd", "babeld", "eigrpd", "fabricd", "nhrpd", "pathd", "pbrd", "ripd", "ripngd", "vrrpd")
FILE = """
name: daemons
topology:
  defaults: {kind: linux, image: netdojo/frr, binds: ["daemons:/etc/frr/daemons"]}
  nodes:
    r1: {env: {MPLS: control-plane}, binds: ["r1.conf:/etc/frr/frr.conf"]}
    r2: {env: {MPLS: control-plane}, binds: ["r2.conf:/etc/frr/frr.conf"]}
    h1: {image: netdojo/host, exec: [ip address add 10.0.1.2/24 dev eth1, ip route add default via 10.0.1.1]}
    h2: {image: netdojo/host, exec: [ip address add 10.0.2.2/24 dev eth1, ip route add default via 10.0.2.1]}
  links:
    - endpoints: ["r1:eth1", "r2:eth1"]
    - endpoints: ["r1:eth2", "r2:eth2"]
    - endpoints: ["r1:eth3", "h1:eth1"]
    - endpoints: ["r2:eth3", "h2:eth1"]
"""
ALONE = """
name: alone
topology:
  nodes:
    r1: {kind: linux, image: netdojo/frr, env: {GIVEN: here}, binds: ["daemons:/etc/frr/daemons"]}
"""
ROUTER = """
interface lo
 ip address 10.0.0.{own}/32
 ip router isis all
 isis passive
interface eth1
 ip address 10.0.12.{own}/24
 ip ospf area 0
 ip ospf network point-to-point
 ip ospf hello-interval 1
 ip ospf dead-interval 4
 ipv6 ospf6 area 0
 ipv6 ospf6 network point-to-point
 ipv6 ospf6 hello-interval 1
 ipv6 ospf6 dead-interval 4
 ip router isis all
 isis network point-to-point
 isis hello-interval 1
 ip pim
 ip pim hello 1
interface eth2
 ip address 10.0.21.{own}/24
interface eth3
 ip address 10.0.{own}.1/24
 ipv6 address 2001:db8:{own}::1/64
 ip ospf area 0
 ip ospf passive
 ipv6 ospf6 area 0
 ipv6 ospf6 passive
 ip pim
 ip igmp
router ospf
 ospf router-id 10.0.0.{own}
 timers throttle lsa all 100
router ospf6
 ospf6 router-id 10.0.0.{own}
router isis all
 net 49.0001.0000.0000.000{own}.00
 is-type level-2-only
 lsp-gen-interval 1
bfd
 peer 10.0.21.{other} interface eth2
  detect-multiplier 3
  receive-interval 100
  transmit-interval 100
mpls ldp
 router-id 10.0.0.{own}
 discovery hello interval 1
 address-family ipv4
  discovery transport-address 10.0.12.{own}
  interface eth1
"""
BFD_CAN_TELL = 2.0
"""Seconds from a fault that is reported: BFD's 0.3 are over, and OSPF's 4 are not."""
GROUP = "232.1.1.1"
SEND = f"exec timeout 20 ping -i 0.2 -t 9 {GROUP} > /dev/null 2>&1"
RECEIVE = f"""
import socket
with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as inbox:
    inbox.bind(("{GROUP}", 0))
    inbox.settimeout(10)
    source = b"".join(map(socket.inet_aton, ("{GROUP}", "10.0.2.2", "10.0.1.2")))
    inbox.setsockopt(socket.IPPROTO_IP, 39, source)  # IP_ADD_SOURCE_MEMBERSHIP, which socket names from 3.12 on
    packet = inbox.recv(100)
    print(socket.inet_ntoa(packet[12:16]), "ttl", packet[8])
"""
"""Joins the group for what h1 sends, and prints of one packet who sent it and its time to live."""


def write(folder: Path, text: str, daemons: tuple[str, ...]) -> Path:
    """Write a topology's file and what its routers bind; return where the file is."""
    home = folder / "topologies" / "daemons"
    home.mkdir(parents=True)
    (home / "daemons").write_text("bgpd=no\n" + "".join(f"{daemon}=yes\n" for daemon in daemons))
    for own, other in ((1, 2), (2, 1)):
        (home / f"r{own}.conf").write_text(ROUTER.format(own=own, other=other))
    (home / "daemons.clab.yml").write_text(text)
    return home / "daemons.clab.yml"


@pytest.fixture(scope="module")
def network(session_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The two routers and their hosts; no test may leave it changed."""
    deployed = runtimes.deploy(read_topology(write(tmp_path_factory.mktemp("daemons"), FILE, DAEMONS)))
    yield deployed
    runtimes.destroy(deployed)


def shown(network: Network, node: str, command: str) -> Any:
    """Return what a router shows, once its daemon answers."""
    return json.loads(runtimes.ask(network, node, ["vtysh", "-c", f"{command} json"]).stdout or "{}")


def values(tree: Any, key: str) -> list[Any]:
    """Return every value of `key`, however deep in `tree`: FRR nests its answers by area, interface and neighbour."""
    if isinstance(tree, list):
        return [value for branch in tree for value in values(branch, key)]
    if isinstance(tree, dict):
        return [value for name, branch in tree.items() for value in ([branch] if name == key else values(branch, key))]
    return []


@pytest.mark.parametrize(
    ("show", "key", "state", "route", "ping"),
    [
        ("ip ospf neighbor", "converged", "Full", "-4 route show 10.0.2.0/24 proto ospf", "-I 10.0.1.1 10.0.2.1"),
        (
            "ipv6 ospf6 neighbor",
            "state",
            "Full",
            "-6 route show 2001:db8:2::/64 proto ospf",
            "-I 2001:db8:1::1 2001:db8:2::1",
        ),
        ("isis neighbor", "state", "Up", "-4 route show 10.0.0.2 proto isis", "-I 10.0.0.1 10.0.0.2"),
    ],
    ids=["ospfd", "ospf6d", "isisd"],
)
def test_neighbours_tell_each_other_their_networks(
    network: Network, trial: Trial, show: str, key: str, state: str, route: str, ping: str
) -> None:
    """An adjacency comes up, the kernel has the protocol's route to what is behind it, and a ping goes and comes."""
    trial.wait_until(lambda: [state] == values(shown(network, "r1", f"show {show}"), key))
    trial.wait_until(lambda: "dev eth1" in runtimes.ask(network, "r1", ["ip", *route.split()]).stdout)
    trial.wait_until(lambda: runtimes.ask(network, "r1", ["ping", "-c", "1", "-W", "1", *ping.split()]).ok)
    assert [state] == values(shown(network, "r1", f"show {show}"), key)


def test_bfd_tells_of_a_cut_cable(network: Network, trial: Trial) -> None:
    """Both ends of a session are up, down a moment after the cable is cut, and up again once it is mended."""

    def statuses() -> set[str]:
        return {status for node in ("r1", "r2") for status in values(shown(network, node, "show bfd peers"), "status")}

    trial.wait_until(lambda: statuses() == {"up"})
    cut = runtimes.fault(network, "link-down", "r1:eth2")
    trial.wait_until(lambda: statuses() == {"down"}, BFD_CAN_TELL)
    runtimes.lift(network, cut.id)
    trial.wait_until(lambda: statuses() == {"up"})
    assert {"up"} == statuses()


def test_multicast_goes_where_a_host_has_joined(network: Network, trial: Trial) -> None:
    """PIM finds the neighbour, and both routers forward a group's packets once h2 asks for what h1 sends to it."""
    trial.wait_until(lambda: ["10.0.12.2"] == values(shown(network, "r1", "show ip pim neighbor"), "neighbor"))
    if not Path("/proc/net/ip_mr_vif").exists():
        pytest.skip("this machine's kernel routes no multicast (CONFIG_IP_MROUTE): no packet follows PIM")
    assert runtimes.execute(network, "h1", ["setsid", "--fork", "sh", "-c", SEND]).ok

    received = runtimes.execute(network, "h2", ["python3", "-c", RECEIVE])
    assert "10.0.1.2 ttl 7\n" == received.stdout, received.stderr


def test_labels_are_exchanged(network: Network, trial: Trial) -> None:
    """LDP's session is operational, and the label that r1 gives to h2's network is the one that r2 hears of."""

    def binding(node: str, label: str) -> list[str]:
        found = shown(network, node, "show mpls ldp binding").get("bindings", [])
        return [one[label] for one in found if one["prefix"] == "10.0.2.0/24"]

    trial.wait_until(lambda: ["OPERATIONAL"] == values(shown(network, "r1", "show mpls ldp neighbor"), "state"))
    trial.wait_until(lambda: ["imp-null"] == binding("r1", "remoteLabel"))
    (given,) = binding("r1", "localLabel")
    assert int(given) >= 16
    trial.wait_until(lambda: [given] == binding("r2", "remoteLabel"))


def test_ldpd_is_started_again_whole(network: Network, trial: Trial) -> None:
    """ldpd is three processes, the eldest of them a helper: lifting the fault that killed it starts ldpd itself."""

    def sessions(node: str) -> list[str]:
        return values(shown(network, node, "show mpls ldp neighbor"), "state")

    killed = runtimes.fault(network, "daemon-killed", "r1:ldpd")
    trial.wait_until(lambda: "OPERATIONAL" not in sessions("r2"))
    runtimes.lift(network, killed.id)
    trial.wait_until(lambda: ["OPERATIONAL"] == sessions("r1") == sessions("r2"))
    assert ["OPERATIONAL"] == sessions("r1")


@pytest.mark.skipif(Path("/proc/sys/net/mpls").exists(), reason="this machine's kernel routes MPLS")
def test_ldpd_is_refused_where_no_packet_would_follow_its_labels(home: Path, tmp_path: Path) -> None:
    """Without MPLS in the kernel a node with ldpd says so, and what to do, unless it is content with labels alone."""
    topology = read_topology(write(tmp_path, ALONE, ("ldpd",)))
    with pytest.raises(DeployFailed, match=r"(?s)this machine's kernel does not route MPLS.*set MPLS to control-plane"):
        runtimes.deploy(topology)
    assert [] == runtimes.networks()


def test_every_daemon_of_this_frr_starts(home: Path, tmp_path: Path) -> None:
    """A router may run all of them at once; this shows no more than that they start and stay."""
    text = ALONE.replace("GIVEN: here", "MPLS: control-plane")
    network = runtimes.deploy(read_topology(write(tmp_path, text, DAEMONS + OTHERS)))
    (found,) = runtimes.examine(network).nodes.values()
    runtimes.destroy(network)
    assert ((), set()) == (found.ended, {*DAEMONS, *OTHERS} - {process.name for process in found.processes})
