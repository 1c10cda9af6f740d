"""What only the grader asks: other fabrics for the function, and a fabric that loses a spine and gets it back."""
# netdojo-canary: graders-netmiko-first-contact

import json
import time
from pathlib import Path

from netdojo.checks import (
    ANSWERS,
    CONVERGED,
    check,
    expect,
    expect_established,
    ping,
    show_bgp_summary,
    show_kernel_route,
)

ANSWERED = json.loads((Path(__file__).parent / "recorded.json").read_text(encoding="utf-8"))["answers"]
DOWN_ON_SP1 = [["r9", "198.51.100.2"], ["r9", "198.51.100.6"], ["r9", "203.0.113.9"], ["r9", "eth2"]]
"""What is down in each recorded answer of fra-sp1, when it is called r9."""
LOOPBACKS = {
    "spine1": "10.0.0.1",
    "spine2": "10.0.0.2",
    "leaf1": "10.0.0.11",
    "leaf2": "10.0.0.12",
    "leaf3": "10.0.0.13",
    "leaf4": "10.0.0.14",
}
CLOCK = 3
"""Seconds by which two readings of a session's start may differ: FRR counts it in whole seconds."""
POLL = 0.2


@check("read", answer="summaries", needs=["summaries_say_what_the_routers_say"])
def summaries_were_read_from_these_routers(answer, network):
    """The summaries were read from this network, not kept from another one."""
    for node in network.devices():
        for name, peer in show_bgp_summary(node)["ipv4Unicast"]["peers"].items():
            kept = answer[node.name]["ipv4Unicast"]["peers"][name]
            if peer["state"] == kept["state"] == "Established" and peer["connectionsEstablished"] == 1:
                began = kept.get("peerUptimeEstablishedEpoch", 0)
                expect(
                    abs(began - peer["peerUptimeEstablishedEpoch"]) <= CLOCK,
                    f"summaries tells of a session of {node.name} that is not the one that runs now",
                )


def asked(call, given, wanted, story):
    """Call the learner's function with recorded answers; `story` says what kind of answer it did not cope with."""
    found = call({name: ANSWERED[answer] for name, answer in given.items()})
    expect(found == wanted, f"broken_sessions is not right for {story}")


@check("find", call="broken_sessions", needs=["finds_the_one_of_two"])
def knows_other_names(call):
    """`broken_sessions` works for routers and neighbours with other names than this fabric's."""
    asked(call, {"fra-lf2": "fra-lf2"}, [["fra-lf2", "eth1"], ["fra-lf2", "eth2"]], "a router with another name")
    asked(call, {"r9": "fra-sp1"}, DOWN_ON_SP1, "neighbours that are called by their addresses")


@check("find", call="broken_sessions", needs=["finds_the_one_of_two"])
def looks_into_every_family(call):
    """`broken_sessions` finds what is down in whichever address families a router has."""
    asked(call, {"muc-rt3": "muc-rt3"}, [["muc-rt3", "2001:db8:99::9"]], "a router with IPv6 neighbours alone")
    asked(call, {"fra-lf1": "fra-lf1-v6-down"}, [["fra-lf1", "2001:db8:99::9"]], "a router with two address families")


@check("find", call="broken_sessions", needs=["finds_the_one_of_two"])
def knows_every_state(call):
    """`broken_sessions` names a session in whichever state it is, unless it is Established."""
    for state, answer in (
        ("Active", "fra-sp1"),
        ("Idle", "fra-sp1-idle"),
        ("Connect", "fra-sp1-connect"),
        ("OpenSent", "fra-sp1-opensent"),
    ):
        asked(call, {"r9": answer}, DOWN_ON_SP1, f"a neighbour in state {state}")
    asked(call, {"r2": "fra-lf2"}, [["r2", "eth1"], ["r2", "eth2"]], "a neighbour in state Idle (PfxCt)")


@check("find", call="broken_sessions", needs=["finds_the_one_of_two"])
def copes_with_empty_answers(call):
    """`broken_sessions` copes with a router that has no neighbours, and with no routers at all."""
    asked(call, {"muc-rt4": "muc-rt4"}, [], "a router without neighbours")
    asked(call, {}, [], "no routers at all")


@check("find", call="broken_sessions", needs=["looks_into_every_family", "knows_every_state"])
def knows_a_fabric_of_another_size(call):
    """`broken_sessions` is right for a fabric of another size, sorted, with each pair once."""
    given = {name: name for name in ("muc-rt3", "fra-sp2", "muc-rt4", "fra-lf2", "fra-lf1")}
    wanted = [["fra-lf2", "eth1"], ["fra-lf2", "eth2"], ["fra-sp2", "eth2"], ["muc-rt3", "2001:db8:99::9"]]
    asked(call, given, wanted, "a fabric of five routers and two address families")


@check("repair", within=ANSWERS, needs=["every_session_is_up_and_lasts"])
def all_sessions_are_up_at_once(network):
    """All sessions of the fabric are established at the same moment."""
    for node in network.devices():
        ends = [end for link in network.topology.links for end in (link.a, link.b)]
        expect_established(show_bgp_summary(node), [end.interface for end in ends if end.node == node.name])


@check("repair", within=ANSWERS, needs=["every_session_is_up_and_lasts"])
def every_leaf_reaches_every_leaf(network):
    """Each leaf still reaches each other leaf's loopback."""
    leaves = [node for node in network.devices() if node.name.startswith("leaf")]
    for node in leaves:
        for other in leaves:
            if other.name != node.name:
                reply = ping(node, LOOPBACKS[other.name], source=LOOPBACKS[node.name], count=1)
                expect(reply["received"] == 1, f"{node.name} does not reach {other.name}'s loopback")


@check("ecmp", needs=["the_kernel_uses_both_uplinks", "packets_get_through"])
def survives_the_loss_of_either_spine(network):
    """With either spine's links to leaf1 and leaf4 down, leaf1 still reaches leaf4."""
    for spine in ("spine1", "spine2"):
        reached = reached_without(network, spine)
        expect(reached, f"with {spine} cut off, leaf1 does not reach leaf4")


def reached_without(network, spine):
    """Cut `spine` off leaf1 and leaf4, and return whether leaf1 then reaches leaf4; what was cut is put back."""
    device, leaf1 = network.device(spine), network.device("leaf1")
    other = "eth2" if spine == "spine1" else "eth1"
    try:
        for interface in ("eth1", "eth4"):
            set_link(device, interface, "down")
        return until(lambda: leaves_by(leaf1, [other])) and until(lambda: gets_through(leaf1))
    finally:
        for interface in ("eth1", "eth4"):
            set_link(device, interface, "up")
        if not until(lambda: leaves_by(leaf1, ["eth1", "eth2"]), seconds=CONVERGED):
            raise RuntimeError(f"the fabric did not come back after {spine}'s links were put up again")


def set_link(node, interface, state):
    """Set a link up or down and make sure that it is so; if not, that is the network's fault, not the learner's."""
    done = node.ask("ip", "link", "set", interface, state)
    shown = node.ask("ip", "-json", "link", "show", interface)
    if not done.ok or not shown.ok or ("UP" in json.loads(shown.stdout)[0]["flags"]) != (state == "up"):
        raise RuntimeError(f"{node.name} {interface} could not be set {state}: {done.stderr.strip()}")


def leaves_by(leaf1, devices):
    route = show_kernel_route(leaf1, f"{LOOPBACKS['leaf4']}/32")
    return route is not None and sorted(hop["dev"] for hop in route["nexthops"]) == devices


def gets_through(leaf1):
    return ping(leaf1, LOOPBACKS["leaf4"], source=LOOPBACKS["leaf1"], count=1)["received"] == 1


def until(holds, seconds=ANSWERS):
    """Ask until `holds()` or until `seconds` are over, and return whether it held."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True
