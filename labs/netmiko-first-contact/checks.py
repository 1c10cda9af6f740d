"""What you may ask of your work in this lab, as often as you like."""

from netdojo.checks import (
    ANSWERS,
    Failed,
    check,
    expect,
    expect_established,
    expect_next_hops,
    expect_reachable,
    ping,
    session_states,
    show_bgp_asn,
    show_bgp_summary,
    show_kernel_route,
)

SETTLED = 12.0
"""Seconds for a repaired session to come up (connect timer 1 s, hold timer 3 s) and to have lasted; and more."""
LASTED = 3000
"""Milliseconds that a session must have been up: the hold time. One that a limit tears down lasts less."""
GRACE = 5000
"""Milliseconds in which a session may have changed between your reading and the judge's."""

LEAF1, LEAF4 = "10.0.0.11", "10.0.0.14"
PLAN = {"spine1": 65000, "spine2": 65000, "leaf1": 65011, "leaf2": 65012, "leaf3": 65013, "leaf4": 65014}
"""The AS number of each router, as the fabric is planned."""


def uplinks(network, name):
    """Return the interfaces of `name` that have a cable."""
    ends = [end for link in network.topology.links for end in (link.a, link.b)]
    return sorted(end.interface for end in ends if end.node == name)


def peers(summary):
    return summary.get("ipv4Unicast", {}).get("peers", {})


@check("read", answer="summaries")
def one_parsed_answer_a_router(answer):
    """`summaries` is a dict with one entry a router, each the parsed JSON of `show bgp summary json`."""
    expect(isinstance(answer, dict), f"summaries is a {type(answer).__name__}, not a dict", expected="dict")
    expect(
        set(answer) == set(PLAN),
        f"summaries has entries for {', '.join(sorted(answer)) or 'no router'}",
        expected=sorted(PLAN),
        actual=sorted(answer),
    )
    for name, summary in answer.items():
        expect(
            isinstance(summary, dict),
            f"summaries[{name!r}] is a {type(summary).__name__}, not a dict",
            help="json.loads makes a dict of the text that the router sent.",
        )
        expect(
            isinstance(peers(summary), dict) and bool(peers(summary)),
            f"summaries[{name!r}] has no neighbours under ['ipv4Unicast']['peers']",
            actual=sorted(summary),
            help="Keep the router's whole answer, as json.loads gives it.",
        )


@check("read", answer="summaries", needs=["one_parsed_answer_a_router"])
def summaries_say_what_the_routers_say(answer, network):
    """Each entry says of each neighbour what its router says at this moment."""
    routers = {node.name: show_bgp_summary(node) for node in network.devices()}
    identities = {summary["ipv4Unicast"]["routerId"]: name for name, summary in routers.items()}
    for name, live in routers.items():
        said = answer[name]["ipv4Unicast"].get("routerId")
        expect(
            said == live["ipv4Unicast"]["routerId"],
            f"summaries[{name!r}] is the answer of {identities.get(said, 'no router of this fabric')}, not of {name}",
            expected=live["ipv4Unicast"]["routerId"],
            actual=said,
        )
        expect_same_sessions(name, peers(answer[name]), peers(live))


def expect_same_sessions(name, kept, live):
    """Raise Failed where `kept` names other neighbours than `live`, or calls up what is down or down what is up."""
    expect(
        set(kept) == set(live),
        f"summaries[{name!r}] has other neighbours than {name}",
        expected=sorted(live),
        actual=sorted(kept),
    )
    for neighbor, peer in live.items():
        now, then = peer["state"], kept[neighbor].get("state")
        changed = (now == "Established") != (then == "Established")
        if changed and peer.get("peerUptimeMsec", 0) > GRACE:
            raise Failed(
                f"summaries says that {name} {neighbor} is {then}, {name} says {now}",
                expected=now,
                actual=then,
                help="If you have changed the network since, run the cell again: a dict does not follow the network.",
            )


@check("find", call="broken_sessions")
def finds_what_is_down_now(call, network):
    """Given what the six routers say now, `broken_sessions` returns exactly the sessions that are down now."""
    routers = {node.name: show_bgp_summary(node) for node in network.devices()}
    down = [
        [name, neighbor]
        for name, summary in sorted(routers.items())
        for neighbor, state in sorted(session_states(summary).items())
        if state != "Established"
    ]
    found = call(routers)
    expect(found == down, explain(found, down), expected=down, actual=found)


@check("find", call="broken_sessions")
def finds_the_one_of_two(call):
    """Of two neighbours of one router, `broken_sessions` names the one that is not Established."""
    peer = {"remoteAs": 65000, "localAs": 65012, "pfxRcd": 0, "peerState": "OK"}
    peers = {"eth1": {**peer, "state": "Active"}, "eth2": {**peer, "state": "Established"}}
    down = [["leaf2", "eth1"]]
    found = call({"leaf2": {"ipv4Unicast": {"routerId": "10.0.0.12", "as": 65012, "peers": peers}}})
    expect(found == down, explain(found, down), expected=down, actual=found)


def explain(found, wanted):
    """Say in a sentence how `found` differs from `wanted`."""
    if not isinstance(found, list):
        return f"broken_sessions returned a {type(found).__name__}, not a list of [node, neighbour] pairs"
    missed = [pair for pair in wanted if pair not in found]
    beyond = [pair for pair in found if pair not in wanted]
    if missed:
        return f"broken_sessions does not name {missed[0][0]} {missed[0][1]}"
    if beyond:
        return f"broken_sessions names {beyond[0]!r}, which is not down"
    return "broken_sessions names the right pairs, but not sorted, or one more than once"


@check("repair", nodes="*", within=SETTLED)
def every_session_is_up_and_lasts(node, network):
    """Each router has an established BGP session on every link, and it has lasted for 3 s."""
    summary = show_bgp_summary(node)
    links = uplinks(network, node.name)
    expect_established(summary, neighbors=links)
    young = {name: peers(summary)[name]["peerUptimeMsec"] for name in links}
    young = {name: age for name, age in young.items() if age < LASTED}
    expect(
        not young,
        f"the session on {', '.join(young)} came up less than {LASTED // 1000} s ago",
        expected=f"at least {LASTED} ms",
        actual=young,
        help="If this stays so, the session is torn down and comes back: `show bgp neighbors` says why.",
    )


@check("repair", nodes="*")
def the_plan_still_holds(node):
    """Each router runs BGP with the AS number of the plan."""
    found, planned = show_bgp_asn(node), PLAN[node.name]
    expect(found == planned, f"{node.name} runs AS {found}, not AS {planned}", expected=planned, actual=found)


@check("ecmp", nodes="leaf1", within=ANSWERS)
def the_kernel_uses_both_uplinks(node):
    """leaf1's kernel has a route to leaf4's loopback over both uplinks, and BGP put it there."""
    prefix = f"{LEAF4}/32"
    expect_next_hops(show_kernel_route(node, prefix), devices=["eth1", "eth2"], protocol="bgp", prefix=prefix)


@check("ecmp", nodes="leaf1", within=ANSWERS)
def packets_get_through(node):
    """Packets from leaf1's loopback reach leaf4's loopback."""
    expect_reachable(ping(node, LEAF4, source=LEAF1))


@check("ecmp", answer="paths")
def paths_names_the_spines(answer):
    """`paths` is the sorted list of the spines that leaf1 sends packets for leaf4 to."""
    expect(
        answer == ["spine1", "spine2"],
        f"paths is {answer!r}" if answer else "paths is empty",
        expected="the names of the routers behind both next hops, sorted",
        actual=answer,
    )
