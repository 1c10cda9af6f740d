"""Each kind of fault takes effect and is lifted, in both runtimes; what a network was before, it is again."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from netdojo import runtimes
from netdojo.checks import run_task
from netdojo.checks.loading import load_checks
from netdojo.errors import FaultFailed, FaultRefused, HostNotReady, NodeUnreachable, NotFound
from netdojo.model import FaultState, Network, NodeState, Topology, Verdict
from netdojo.runtimes.fabric import LiveFabric

from .conftest import Trial, write_pair

NODES = ("left", "right")
SETTLED = 20.0
"""Seconds in which daemons and kernel come to rest after a fault has been lifted."""
CHECKS = '''
from netdojo.checks import check, expect, ping


@check("task")
def the_other_cable_carries(network):
    """With one cable cut, packets take the other one."""
    with network.fault("link-down", "left:eth1"):
        shown = network.device("left").ask("ip", "-json", "link", "show", "dev", "eth1").stdout
        expect("NO-CARRIER" in shown, "the cable is there")


@check("task")
def a_typo_is_no_failure(network):
    """What a check asks wrongly never counts against the learner."""
    with network.fault("link-down", "left:eth11"):
        pass
'''


@pytest.fixture(scope="module")
def network(runtime: str, session_home: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The pair, for faults alone, with what the kernel would forget when a link is set down."""
    topology = write_pair(tmp_path_factory.mktemp("course"))
    deployed = runtimes.deploy(topology, name=f"faults-{runtime}", runtime=runtime)
    try:
        for line in (
            "-6 address add 2001:db8::2/64 dev eth1 nodad",
            "route add 192.0.2.0/24 dev eth1",
            "-6 route add 2001:db8:7::/48 dev eth1 proto static",
            "neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev eth1",
        ):
            assert runtimes.execute(deployed, "right", ["ip", *line.split()]).ok, line
        yield deployed
    finally:
        runtimes.destroy(deployed)


@pytest.fixture(autouse=True)
def unchanged(request: pytest.FixtureRequest, trial: Trial) -> Iterator[None]:
    """Find what a fault that has been lifted has left of itself in either node."""
    if "network" not in request.fixturenames:
        yield
        return
    network = request.getfixturevalue("network")
    trial.wait_until(lambda: {"10.0.0.2"} == trial.bgp_routes(network, "left"))
    before = state(network)
    yield
    runtimes.lift(network)
    trial.wait_until(lambda: {"10.0.0.2"} == trial.bgp_routes(network, "left"))
    with suppress(AssertionError):
        trial.wait_until(lambda: before == state(network), deadline=SETTLED)
    assert set() == before ^ state(network)


def state(network: Network) -> set[str]:
    """Return what there is in the nodes' kernels and daemons, a line each, without what only time changes."""
    found = set()
    for node in NODES:
        links = asked(network, node, "ip", "-j", "address")
        for one in (info for link in links for info in link["addr_info"]):
            one.pop("preferred_life_time")
            one.pop("valid_life_time")
        routes = [asked(network, node, "ip", "-j", family, "route", "show", "table", "all") for family in ("-4", "-6")]
        made = [one for table in routes for one in table if one.get("protocol", "boot") in {"boot", "static", "kernel"}]
        queues = asked(network, node, "tc", "-j", "qdisc")
        neighbours = asked(network, node, "ip", "-j", "neigh", "show", "dev", "eth1", "nud", "permanent")
        rules = runtimes.ask(network, node, ["nft", "list", "ruleset"]).stdout
        config = runtimes.ask(network, node, ["vtysh", "-c", "show running-config"]).stdout
        told = [*map(json.dumps, (*links, *made, *queues, *neighbours)), rules, *config.splitlines()]
        found |= {f"{node}: {line}" for line in (*told, sorted(names(network, node)))}
    return found


def asked(network: Network, node: str, *argv: str) -> Any:
    return json.loads(runtimes.ask(network, node, argv).stdout or "[]")


def names(network: Network, node: str) -> list[str]:
    """Return the names of the processes that the node itself sees, but for the one that shows them."""
    shown = runtimes.execute(network, node, ["ps", "-e", "-o", "comm="]).stdout
    return [name for name in shown.split() if name != "ps"]


def flags(network: Network, node: str, interface: str) -> list[str]:
    found: list[str] = asked(network, node, "ip", "-j", "link", "show", "dev", interface)[0]["flags"]
    return found


def changes(network: Network, node: str, interface: str) -> int:
    shown = asked(network, node, "ip", "-j", "-s", "-s", "link", "show", "dev", interface)[0]
    return int(shown["stats64"]["tx"]["carrier_changes"])


def pings(network: Network, interface: str, count: int = 1) -> bool:
    """Whether the far end of the left node's `interface` answers, by its link-local address."""
    shown = asked(network, "right", "ip", "-j", "-6", "address", "show", "dev", interface, "scope", "link")
    local = next(info["local"] for link in shown for info in link["addr_info"] if info)
    words = ["ping", "-6", "-q", "-c", str(count), "-i", "0.05", "-W", "1", f"{local}%{interface}"]
    return runtimes.ask(network, "left", words).ok


def test_cut_cable_has_no_carrier_at_either_end(network: Network) -> None:
    """The end that was named is up without a carrier, as with a cut cable; after lifting packets pass again."""
    imposed = runtimes.fault(network, "link-down", "left:eth1")

    assert FaultState.in_force is imposed.state
    assert {"UP", "NO-CARRIER"} <= set(flags(network, "left", "eth1"))
    assert "LOWER_UP" not in flags(network, "right", "eth1")
    assert [False, True] == [link.up for link in runtimes.inspect(network).links]
    runtimes.lift(network, imposed.id)
    assert pings(network, "eth1")


def test_flapping_goes_on_without_its_client_until_lifted(network: Network, trial: Trial) -> None:
    """A cable goes down again and again, held by the network; lifted, it stays up and nothing flaps it."""
    imposed = runtimes.fault(network, "flap", "left:eth2", up=0.1, down=0.1)
    seen = changes(network, "left", "eth2")
    trial.wait_until(lambda: changes(network, "left", "eth2") >= seen + 6)
    runtimes.lift(network, imposed.id)

    assert "LOWER_UP" in flags(network, "left", "eth2")
    seen = changes(network, "left", "eth2")
    assert pings(network, "eth2", count=10)
    assert seen == changes(network, "left", "eth2")


def test_counted_flapping_is_over_by_itself(network: Network, trial: Trial) -> None:
    """After its count a cable is up, with the addresses that it had, and the fault stands in nobody's way."""
    before = changes(network, "right", "eth1")
    imposed = runtimes.fault(network, "flap", "left:eth1", period=0.4, count=2)
    trial.wait_until(lambda: FaultState.over is runtimes.faults(network)[-1].state)

    assert before + 4 == changes(network, "right", "eth1")
    assert "2001:db8::2" in runtimes.ask(network, "right", ["ip", "address", "show", "dev", "eth1"]).stdout
    again = runtimes.fault(network, "link-down", "left:eth1")
    states = {fault.id: fault.state for fault in runtimes.faults(network)}
    assert [FaultState.lifted, FaultState.in_force] == [states[imposed.id], states[again.id]]


def test_loss_loses_packets_in_both_directions(network: Network) -> None:
    """Some packets are lost where some are asked for, every one where all are, and the result says by what."""
    imposed = runtimes.fault(network, "loss", "left:eth1", percent="40%")
    assert imposed.mechanism.startswith(("nftables, at both ends", "netem, at both ends"))
    assert "eth1" in imposed.seen
    runtimes.lift(network, imposed.id)
    imposed = runtimes.fault(network, "loss", "left:eth1", percent=100)
    assert not pings(network, "eth1", count=3)
    assert pings(network, "eth2")
    runtimes.lift(network, imposed.id)
    assert pings(network, "eth1")


def test_rate_is_that_of_both_ends(network: Network) -> None:
    """Each end queues by tbf with the rate that was asked for, and by nothing when it is lifted."""
    imposed = runtimes.fault(network, "rate", "right:eth1", rate="2mbit")
    for node in NODES:
        (found,) = asked(network, node, "tc", "-j", "qdisc", "show", "dev", "eth1")
        assert ("tbf", 250_000) == (found["kind"], found["options"]["rate"])
    runtimes.lift(network, imposed.id)
    for node in NODES:
        assert ["noqueue"] == [one["kind"] for one in asked(network, node, "tc", "-j", "qdisc", "show", "dev", "eth1")]


def test_queue_of_somebody_else_is_left_alone(network: Network) -> None:
    """Where a person limits an interface by tc, a rate is refused, and what the person made stays."""
    length = asked(network, "right", "ip", "-j", "link", "show", "dev", "eth2")[0].get("txqlen", 0)
    words = "tc qdisc add dev eth2 root tbf rate 1mbit burst 4000 latency 50ms"
    assert runtimes.execute(network, "right", words.split()).ok
    with pytest.raises(FaultRefused, match="right:eth2 queues by tbf as it is"):
        runtimes.fault(network, "rate", "left:eth2", rate="2mbit")
    (found,) = asked(network, "right", "tc", "-j", "qdisc", "show", "dev", "eth2")
    assert 125_000 == found["options"]["rate"]
    for line in ("tc qdisc delete dev eth2 root", f"ip link set dev eth2 txqueuelen {length}"):
        assert runtimes.execute(network, "right", line.split()).ok


def test_delay_is_netems_or_refused(network: Network) -> None:
    """Where the kernel has netem, packets are late; where it has not, it says so and nothing is recorded."""
    known = len(runtimes.faults(network))
    if runtimes.ask(network, "left", ["tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "0ms"]).ok:
        assert runtimes.ask(network, "left", ["tc", "qdisc", "delete", "dev", "lo", "root"]).ok
        runtimes.fault(network, "delay", "left:eth1", delay="20ms", jitter="5ms")
        assert "netem" == asked(network, "left", "tc", "-j", "qdisc", "show", "dev", "eth1")[0]["kind"]
        return
    with pytest.raises(HostNotReady, match="sch_netem"):
        runtimes.fault(network, "delay", "left:eth1", delay="20ms", jitter="5ms")
    assert known == len(runtimes.faults(network))


def test_mtu_of_one_end_is_another(network: Network) -> None:
    """One end has the new mtu, and the other one what it had."""
    imposed = runtimes.fault(network, "mtu", "left:eth2", mtu=1300)
    ends = [asked(network, node, "ip", "-j", "link", "show", "dev", "eth2")[0]["mtu"] for node in NODES]
    assert [1300, 1500] == ends
    with pytest.raises(FaultRefused, match=r"mtu: must be another than right:eth1 has \(got 1400\)"):
        runtimes.fault(network, "mtu", "right:eth1", mtu=1400)
    runtimes.lift(network, imposed.id)


def test_killed_daemon_stays_away_and_comes_back_with_what_it_ran_with(network: Network, trial: Trial) -> None:
    """bgpd is gone until it is lifted; then it runs again, also with what was typed and never saved."""
    typed = ["configure terminal", "router bgp 65001", "neighbor eth1 description never saved"]
    assert runtimes.ask(network, "left", ["vtysh", *[w for line in typed for w in ("-c", line)]]).ok
    imposed = runtimes.fault(network, "daemon-killed", "left:bgpd")

    assert "bgpd" not in names(network, "left")
    assert NodeState.degraded is runtimes.inspect(network).nodes["left"]
    assert not runtimes.ask(network, "left", ["vtysh", "-d", "bgpd", "-c", "show version"]).ok
    runtimes.lift(network, imposed.id)
    assert NodeState.running is runtimes.inspect(network).nodes["left"]
    shown = runtimes.ask(network, "left", ["vtysh", "-c", "show running-config"]).stdout
    assert "neighbor eth1 description never saved" in shown
    typed[-1] = "no neighbor eth1 description"
    assert runtimes.ask(network, "left", ["vtysh", *[w for line in typed for w in ("-c", line)]]).ok


def test_every_daemon_of_a_router_can_be_killed(network: Network) -> None:
    """zebra and staticd come back as bgpd does, all of them at once."""
    for daemon in ("zebra", "staticd", "bgpd"):
        runtimes.fault(network, "daemon-killed", f"right:{daemon}")
    assert not {"zebra", "staticd", "bgpd"} & set(names(network, "right"))
    assert 3 == len(runtimes.lift(network))


def test_node_without_power_boots_when_it_is_lifted(topology: Topology, runtime: str, trial: Trial) -> None:
    """No process, no carrier, no command; then it boots: what was saved is there, what was only running is not."""
    deployed = runtimes.deploy(topology, runtime=runtime)
    try:
        trial.wait_until(lambda: trial.bgp_routes(deployed, "left") == {"10.0.0.2"})
        assert runtimes.execute(
            deployed, "right", ["sh", "-c", "echo kept > /srv/mine; ip link add br9 type bridge"]
        ).ok
        wrong = ["configure terminal", "router bgp 65002", "no neighbor eth1"]
        assert runtimes.ask(deployed, "right", ["vtysh", *[w for line in wrong for w in ("-c", line)]]).ok
        imposed = runtimes.fault(deployed, "node-stopped", "right")

        for cable in ("eth1", "eth2"):
            assert {"UP", "NO-CARRIER"} <= set(flags(deployed, "left", cable))
        assert {"left": NodeState.running, "right": NodeState.stopped} == runtimes.inspect(deployed).nodes
        for verb in (runtimes.execute, runtimes.ask):
            with pytest.raises(NodeUnreachable, match="has no power"):
                verb(deployed, "right", ["true"])
        with pytest.raises(FaultRefused, match=r"node-stopped at right \(fault 1\) has the carrier of"):
            runtimes.fault(deployed, "link-down", "left:eth1")

        runtimes.lift(deployed, imposed.id)
        assert NodeState.running is runtimes.inspect(deployed).nodes["right"]
        trial.wait_until(lambda: trial.bgp_routes(deployed, "left") == {"10.0.0.2"})
        trial.wait_until(lambda: runtimes.ask(deployed, "left", ["ip", "route"]).stdout.count("nexthop") == 2)
        assert "kept\n" == runtimes.execute(deployed, "right", ["cat", "/srv/mine"]).stdout
        assert not runtimes.execute(deployed, "right", ["ip", "link", "show", "dev", "br9"]).ok
    finally:
        runtimes.destroy(deployed)


def test_node_that_runs_a_program_of_its_own_keeps_its_power(topology: Topology, runtime: str) -> None:
    """A node that ends with its program is not stopped: it could not boot again."""
    nodes = tuple(
        node.model_copy(update={"cmd": "sleep 1000"}) if node.name == "left" else node for node in topology.nodes
    )
    deployed = runtimes.deploy(topology.model_copy(update={"nodes": nodes}), runtime=runtime)
    try:
        with pytest.raises(FaultRefused, match="left runs a program of its own"):
            runtimes.fault(deployed, "node-stopped", "left")
        with pytest.raises(FaultRefused, match="sleep is the program that left ends with"):
            runtimes.fault(deployed, "daemon-killed", "left:sleep")
        assert runtimes.execute(deployed, "left", ["true"]).ok
    finally:
        runtimes.destroy(deployed)


def test_drift_that_nobody_chose_breaks_a_neighbour(network: Network, trial: Trial) -> None:
    """Without lines, one neighbour of the router is wrong, and its session ends."""
    imposed = runtimes.fault(network, "config-drift", "left")
    assert "new: neighbor eth1 shutdown" == imposed.seen
    trial.wait_until(lambda: runtimes.ask(network, "left", ["ip", "route"]).stdout.count("nexthop") == 0)
    runtimes.lift(network, imposed.id)
    trial.wait_until(lambda: runtimes.ask(network, "left", ["ip", "route"]).stdout.count("nexthop") == 2)


def test_drift_is_lifted_line_by_line(network: Network) -> None:
    """What was changed, added and removed is as before; what a person typed meanwhile stays."""
    lines = [
        "router bgp 65001",
        "timers bgp 7 21",
        "no neighbor eth2",
        "address-family ipv4 unicast",
        "maximum-paths 3",
    ]
    imposed = runtimes.fault(network, "config-drift", "left", lines=lines)
    assert {"new: timers bgp 7 21", "gone: timers bgp 1 3"} <= set(imposed.seen.split(", "))
    typed = ["configure terminal", "router bgp 65001", "neighbor eth1 description typed", "bgp router-id 10.0.0.9"]
    assert runtimes.ask(network, "left", ["vtysh", *[w for line in typed for w in ("-c", line)]]).ok
    runtimes.lift(network, imposed.id)

    shown = runtimes.ask(network, "left", ["vtysh", "-c", "show running-config"]).stdout
    assert [True, True, True] == [
        line in shown for line in ("router-id 10.0.0.9", "timers bgp 1 3", "neighbor eth2 inte")
    ]
    typed = ["configure terminal", "router bgp 65001", "no neighbor eth1 description", "bgp router-id 10.0.0.1"]
    assert runtimes.ask(network, "left", ["vtysh", *[w for line in typed for w in ("-c", line)]]).ok


def test_drift_that_the_router_does_not_take_changes_nothing(network: Network) -> None:
    """FRR's own words say why; the lines before the wrong one are taken back; and nothing is in force."""
    before = runtimes.ask(network, "left", ["vtysh", "-c", "show running-config"]).stdout
    with pytest.raises(FaultFailed, match="Unknown command: nonsense"):
        runtimes.fault(network, "config-drift", "left", lines=["router bgp 65001", "timers bgp 9 27", "nonsense"])
    with pytest.raises(FaultFailed, match="the lines changed nothing"):
        runtimes.fault(network, "config-drift", "left", lines=["router bgp 65001", "timers bgp 1 3"])
    assert before == runtimes.ask(network, "left", ["vtysh", "-c", "show running-config"]).stdout
    assert [] == [fault for fault in runtimes.faults(network) if fault.state is not FaultState.lifted]


def test_address_of_another_node_is_there_twice(network: Network) -> None:
    """Both nodes have the address, of the far end when none is named; somebody's else is refused."""
    imposed = runtimes.fault(network, "duplicate-address", "left:eth1")
    assert "left:eth1 and right both have 2001:db8::2" == imposed.seen
    runtimes.lift(network, imposed.id)
    runtimes.fault(network, "duplicate-address", "left:eth2", address="10.0.0.2/32")
    for node in NODES:
        assert "inet 10.0.0.2/32" in runtimes.ask(network, node, ["ip", "address"]).stdout
    for address, why in {
        "10.0.0.77/32": "must be another node's",
        "10.0.0.1/32": "must be one that left has not",
    }.items():
        with pytest.raises(FaultRefused, match=why):
            runtimes.fault(network, "duplicate-address", "left:eth1", address=address)


def test_faults_that_conflict_are_refused_by_name(network: Network) -> None:
    """The fault that is in the way is named, with the words that lift it; from whichever end of the cable it is."""
    imposed = runtimes.fault(network, "link-down", "left:eth1")
    for kind, target in {"flap": "right:eth1", "node-stopped": "right", "duplicate-address": "right:eth1"}.items():
        with pytest.raises(FaultRefused, match=rf"link-down at left:eth1 \(fault {imposed.id}\)") as refused:
            runtimes.fault(network, kind, target)
        assert f"lift it first: netdojo lab lift {network.name} {imposed.id}" == refused.value.help


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
def test_faults_of_one_cable_are_lifted_in_any_order(network: Network, order: tuple[int, ...]) -> None:
    """A cable that is cut, loses, is slow and has two mtus is whole again, whichever goes first."""
    imposed = [
        runtimes.fault(network, "loss", "left:eth1", percent=20),
        runtimes.fault(network, "rate", "left:eth1", rate="10mbit"),
        runtimes.fault(network, "mtu", "left:eth1", mtu=1300),
        runtimes.fault(network, "link-down", "left:eth1"),
    ]
    for position in order:
        runtimes.lift(network, imposed[position].id)
    assert pings(network, "eth1")


def test_target_with_a_typo_suggests_the_near_one(network: Network) -> None:
    """A node, an end, a daemon, a kind and a number that are not there are told with the nearest."""
    for kind, target, near in (
        ("link-down", "lefd:eth1", "left"),
        ("link-down", "left:eth11", "left:eth1"),
        ("daemon-killed", "left:bgdp", "bgpd"),
        ("link-donw", "left:eth1", "link-down"),
    ):
        with pytest.raises(NotFound, match=f"did you mean '{near}'"):
            runtimes.fault(network, kind, target)
    with pytest.raises(NotFound, match="no fault named '777'"):
        runtimes.lift(network, 777)


def test_check_breaks_the_network_for_a_block(network: Network, tmp_path: Any) -> None:
    """A hidden check may break the network; at its end the fault is lifted, and what cannot be is errored."""
    (tmp_path / "checks.py").write_text(CHECKS)
    results = run_task("task", load_checks(tmp_path / "checks.py"), fabric=LiveFabric(network))

    assert [Verdict.passed, Verdict.errored] == [result.verdict for result in results], results
    assert FaultState.lifted is runtimes.faults(network)[-1].state


def test_record_goes_with_the_network(topology: Topology, runtime: str) -> None:
    """Faults are told in their order with their times, and end with the network."""
    deployed = runtimes.deploy(topology, runtime=runtime)
    try:
        first = runtimes.fault(deployed, "flap", "left:eth1", period=1)
        second = runtimes.fault(deployed, "mtu", "left:eth2", mtu=1300)
        (lifted,) = runtimes.lift(deployed, second.id)
        assert [first, lifted] == runtimes.faults(deployed)
        assert lifted.lifted is not None
        assert first.imposed < second.imposed < lifted.lifted
        with pytest.raises(FaultRefused, match="fault 2 is not in force any more"):
            runtimes.lift(deployed, second.id)
    finally:
        runtimes.destroy(deployed)
    with pytest.raises(NodeUnreachable, match="is not running"):
        runtimes.faults(deployed)
