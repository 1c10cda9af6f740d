"""What you may ask of your work in this lab, as often as you like."""

import ipaddress
import json

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

WHOLE = "Keep the router's whole answer, as json.loads gives it."


def uplinks(network, name):
    """Return the interfaces of `name` that have a cable."""
    ends = [end for link in network.topology.links for end in (link.a, link.b)]
    return sorted(end.interface for end in ends if end.node == name)


def ipv4(summary):
    """Return what a summary says of IPv4; where it is no such thing, nothing."""
    family = summary.get("ipv4Unicast") if isinstance(summary, dict) else None
    return family if isinstance(family, dict) else {}


def peers(summary):
    found = ipv4(summary).get("peers")
    return found if isinstance(found, dict) else {}


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
            help="json.loads makes a dict of the text that the router sent."
            if is_json(summary)
            else "This is the table for eyes, not JSON: end the command with `json`, then json.loads can read it.",
        )
        expect(
            bool(peers(summary)),
            f"summaries[{name!r}] has no neighbours under ['ipv4Unicast']['peers']",
            actual=sorted(summary),
            help=WHOLE,
        )
        for neighbor, peer in peers(summary).items():
            kind = type(peer).__name__
            expect(isinstance(peer, dict), f"summaries[{name!r}] has a {kind} for {neighbor}, not a dict", help=WHOLE)


def is_json(text):
    """Return whether `text` is a string that json.loads can read."""
    try:
        json.loads(text)
    except (TypeError, ValueError):
        return False
    return True


@check("read", answer="summaries", needs=["one_parsed_answer_a_router"])
def summaries_say_what_the_routers_say(answer, network):
    """Each entry says of each neighbour what its router says at this moment."""
    routers = {node.name: show_bgp_summary(node) for node in network.devices()}
    identities = {ipv4(summary).get("routerId"): name for name, summary in routers.items()}
    for name, live in routers.items():
        kept = answer.get(name) if isinstance(answer, dict) else None
        said = ipv4(kept).get("routerId")
        owner = identities.get(str(said), "no router of this fabric")
        expect(
            said == ipv4(live).get("routerId"),
            f"summaries[{name!r}] is the answer of {owner}, not of {name}",
            expected=ipv4(live).get("routerId"),
            actual=said,
        )
        expect_same_sessions(name, peers(kept), peers(live))


def expect_same_sessions(name, kept, live):
    """Raise Failed where `kept` names other neighbours than `live`, or calls up what is down or down what is up."""
    expect(
        set(kept) == set(live),
        f"summaries[{name!r}] has other neighbours than {name}",
        expected=sorted(live),
        actual=sorted(kept),
    )
    for neighbor, peer in live.items():
        told = kept[neighbor]
        now, then = peer["state"], told.get("state") if isinstance(told, dict) else told
        changed = (now == "Established") != (then == "Established")
        if changed and peer.get("peerUptimeMsec", 0) > GRACE:
            raise Failed(
                f"summaries says that {name} {neighbor} is {then}, {name} says {now}",
                expected=now,
                actual=then,
                help="If you have changed the network since, run the cell again: a dict does not follow the network. "
                "At submit this task is judged right after its cell.",
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
    expect(found == down, explain(found, down, routers), expected=down, actual=found, help=returning(found))


@check("find", call="broken_sessions")
def finds_the_one_of_two(call):
    """Of two neighbours of one router, `broken_sessions` names the one that is not Established."""
    peer = {"remoteAs": 65000, "localAs": 65012, "pfxRcd": 0, "peerState": "OK"}
    peers = {"eth1": {**peer, "state": "Active"}, "eth2": {**peer, "state": "Established"}}
    given = {"leaf2": {"ipv4Unicast": {"routerId": "10.0.0.12", "as": 65012, "peers": peers}}}
    down = [["leaf2", "eth1"]]
    found = call(given)
    asked = f"It was called with {json.dumps(given)}. Does it use only its argument?"
    expect(found == down, explain(found, down, given), expected=down, actual=found, help=returning(found) or asked)


def explain(found, wanted, given):
    """Say in a sentence how `found` differs from `wanted`, where the function was given `given`."""
    if found is None:
        return "broken_sessions returned nothing (None)"
    if not isinstance(found, list):
        return f"broken_sessions returned a {type(found).__name__}, not a list of [router, neighbour] pairs"
    odd = [pair for pair in found if not isinstance(pair, list) or list(map(type, pair)) != [str, str]]
    if odd:
        return f"broken_sessions names {odd[0]!r}, which is no [router, neighbour] pair"
    beyond = [pair for pair in found if pair not in wanted]
    strange = [pair for pair in beyond if pair[0] not in given]
    if strange:
        return f"broken_sessions names {strange[0]!r}, a router that it was not given"
    missed = [pair for pair in wanted if pair not in found]
    if missed:
        return f"broken_sessions does not name {missed[0]!r}"
    if beyond:
        return f"broken_sessions names {beyond[0]!r}, which is not down"
    return "broken_sessions names the right pairs, but not sorted, or one more than once"


def returning(found):
    """Say what a function lacks that returned nothing; empty for any other."""
    return "" if found is not None else "Printing is not returning: end the function with `return …`."


@check("repair", nodes="*", within=SETTLED)
def every_session_is_up_and_lasts(node, network):
    """Each router has an established BGP session on every link, and it has lasted for 3 s."""
    summary = show_bgp_summary(node)
    links = uplinks(network, node.name)
    try:
        expect_established(summary, interfaces=links)
    except Failed as failure:
        down = [name for name in links if session_states(summary).get(name) != "Established"]
        failure.help = who_knows_why(network, node.name, peers(summary), down)
        raise
    young = {name: peers(summary)[name]["peerUptimeMsec"] for name in links}
    young = {name: age for name, age in young.items() if age < LASTED}
    expect(
        not young,
        f"the session on {', '.join(young)} came up less than {LASTED // 1000} s ago",
        expected=f"at least {LASTED} ms",
        actual=young,
        help="If this stays so, the session is torn down and comes back: `show bgp neighbors` says why.",
    )


def who_knows_why(network, name, known, down):
    """Say which side to ask about the neighbours of `name` that are `down`: the side that refuses knows why."""
    refused = [neighbor for neighbor in down if known.get(neighbor, {}).get("peerState", "") != "OK"]
    if refused:
        return f"{name} itself keeps {refused[0]} down; `show bgp neighbors {refused[0]} json` there tells why."
    other = far_end(network, name, down[0])
    return (
        f"The side that refuses knows why, and {name} does not refuse: "
        f"ask {other.node}, at the other end, `show bgp neighbors {other.interface} json`."
    )


def far_end(network, name, interface):
    """Return the other end of the link that leaves `name` by `interface`."""
    ends = [pair for link in network.topology.links for pair in ((link.a, link.b), (link.b, link.a))]
    return next(there for here, there in ends if (here.node, here.interface) == (name, interface))


@check("repair", nodes="*")
def the_plan_still_holds(node, network):
    """Each router runs BGP with the AS number of the plan, and its neighbours see it by that number."""
    found, planned = show_bgp_asn(node), PLAN[node.name]
    expect(found == planned, f"{node.name} runs AS {found}, not AS {planned}", expected=planned, actual=found)
    for interface in uplinks(network, node.name):
        end = far_end(network, node.name, interface)
        seen = peers(show_bgp_summary(network.device(end.node))).get(end.interface, {}).get("remoteAs") or planned
        expect(
            seen == planned,
            f"{end.node} sees {node.name} as AS {seen}, not AS {planned}",
            expected=planned,
            actual=seen,
        )


@check("ecmp", nodes="leaf1", within=ANSWERS)
def the_kernel_uses_both_uplinks(node):
    """leaf1's kernel has a route to leaf4's loopback over both uplinks, and BGP put it there."""
    prefix = f"{LEAF4}/32"
    expect_next_hops(show_kernel_route(node, prefix), devices=["eth1", "eth2"], protocol="bgp", prefix=prefix)


@check("ecmp", nodes="leaf1", within=ANSWERS)
def packets_get_through(node):
    """Packets from leaf1's loopback reach leaf4's loopback."""
    expect_reachable(ping(node, LEAF4, source=LEAF1))


@check("ecmp", answer="paths", needs=["the_kernel_uses_both_uplinks"])
def paths_says_where_packets_go(answer, network):
    """`paths` gives each spine that leaf1 sends packets for leaf4 to, and the next hop's address as leaf1 has it."""
    route = show_kernel_route(network.device("leaf1"), f"{LEAF4}/32") or {"nexthops": []}
    expect_paths(answer, {hop["dev"]: at_far_end(network, "leaf1", hop["dev"]) for hop in route["nexthops"]})


def at_far_end(network, name, interface):
    """Return the router at the other end of `interface`, and the link-local addresses that its kernel has there."""
    end = far_end(network, name, interface)
    shown = network.device(end.node).ask("ip", "-json", "-6", "address", "show", "dev", end.interface, "scope", "link")
    return end.node, {entry["local"] for link in json.loads(shown.stdout) for entry in link.get("addr_info", [])}


def expect_paths(answer, hops):
    """Raise Failed unless `answer` is {router: address} for `hops`, interface → (router, its addresses)."""
    shape = "a dict: the name of each spine, and the address of the next hop as text"
    expect(bool(answer), "paths is empty", expected=shape, actual=answer)
    interfaces = sorted({"eth1", "eth2"} & set(map(str, answer if isinstance(answer, (dict, list)) else [answer])))
    expect(
        not interfaces,
        f"paths names {' and '.join(interfaces)}: these are interfaces",
        expected=shape,
        actual=answer,
        help="Whose `hostname` is there? leaf1's `show bgp summary json` knows who is at the other end of each.",
    )
    expect(isinstance(answer, dict), f"paths is a {type(answer).__name__}, not a dict", expected=shape, actual=answer)
    names = sorted(router for router, _ in hops.values())
    expect(
        sorted(answer) == names,
        f"paths names {', '.join(sorted(answer))}; leaf1 sends packets for leaf4 to {len(names)} neighbours",
        expected="the `hostname` of the neighbour behind each next hop",
        actual=sorted(answer),
        help="Where one is missing, the cell has asked too early: wait until leaf1 has both next hops.",
    )
    for interface, (router, addresses) in sorted(hops.items()):
        expect(
            same_address(answer[router], addresses),
            f"paths[{router!r}] is {answer[router]!r}, which is not the next hop that leaf1 has by {interface}",
            expected=f"`ip` of the next hop by {interface}, from leaf1's `show ip route {LEAF4}/32 json`",
            actual=answer[router],
            help="These addresses are drawn anew for every network, the grader's too. Have the cell ask for them.",
        )


def same_address(given, addresses):
    """Return whether the text `given` is one of `addresses`, however it is written."""
    try:
        return isinstance(given, str) and ipaddress.ip_address(given) in {
            ipaddress.ip_address(address) for address in addresses
        }
    except ValueError:
        return False
