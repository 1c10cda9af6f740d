"""What only the grader asks: other fabrics for the function, all that is announced, and the loss of a spine."""
# netdojo-canary: graders-netmiko-first-contact

import json
import time
from pathlib import Path

from netdojo.checks import (
    ANSWERS,
    CONVERGED,
    Failed,
    check,
    expect,
    expect_established,
    expect_next_hops,
    ping,
    session_states,
    show_bgp_asn,
    show_bgp_prefixes,
    show_bgp_summary,
    show_kernel_route,
    show_kernel_routes,
    show_running_config,
)

ANSWERED = json.loads((Path(__file__).parent / "recorded.json").read_text(encoding="utf-8"))["answers"]
DOWN_ON_SP1 = [["r9", "198.51.100.2"], ["r9", "198.51.100.6"], ["r9", "203.0.113.9"], ["r9", "eth2"]]
"""What is down in each recorded answer of fra-sp1, when it is called r9."""
DOWN_ON_RT5 = [
    ["muc-rt5", "2001:db8:99::25"],
    ["muc-rt5", "2001:db8:99::26"],
    ["muc-rt5", "2001:db8:99::27"],
    ["muc-rt5", "2001:db8:99::28"],
    ["muc-rt5", "203.0.113.21"],
    ["muc-rt5", "203.0.113.22"],
    ["muc-rt5", "203.0.113.23"],
    ["muc-rt5", "203.0.113.24"],
]
"""What is down on muc-rt5: one neighbour in each of eight address families."""
LOOPBACKS = {
    "spine1": "10.0.0.1",
    "spine2": "10.0.0.2",
    "leaf1": "10.0.0.11",
    "leaf2": "10.0.0.12",
    "leaf3": "10.0.0.13",
    "leaf4": "10.0.0.14",
}
AS_NUMBERS = {"spine1": 65000, "spine2": 65000, "leaf1": 65011, "leaf2": 65012, "leaf3": 65013, "leaf4": 65014}
REPAIRED = (
    "every_session_is_up_and_lasts",
    "the_plan_still_holds",
    "all_sessions_are_up_at_once",
    "every_leaf_reaches_every_leaf",
    "every_session_carries_its_routes",
    "the_loopbacks_alone_are_announced",
)
"""The checks of task `repair` that have passed where the repair once held."""
CONFIGURATION = "/etc/frr/frr.conf"
SET_UP = ("router bgp", "interface ")
"""The blocks of a configuration in which a line more may keep a session from coming back."""
CLOCK = 2
"""Seconds by which two readings of a session's start may differ: two clocks of whole seconds give 1, and one more."""
OF_ROUTER = ("routerId", "as", "vrfId", "vrfName")
OF_NEIGHBOR = ("localAs", "version", "idType")
OF_SESSION = ("hostname", "remoteAs")
"""What stays as it is: for a router, for a neighbour, and for one session with it."""
COUNTERS = ("msgRcvd", "msgSent", "connectionsEstablished", "connectionsDropped")
"""What only grows, for a neighbour, whether its session is up or not."""
ECHOES = 3
"""Packets that are counted where they should arrive."""
POLL = 0.2


@check("read", answer="summaries", needs=["summaries_say_what_the_routers_say"])
def summaries_were_read_from_these_routers(answer, network):
    """The summaries were read from this network, not kept from another one."""
    for node in network.devices():
        expect_this_run(node.name, held(answer, node.name), show_bgp_summary(node))


@check("read", needs=["one_parsed_answer_a_router"])
def each_router_was_logged_in_to(network):
    """A session was opened to each router: its answer is its own, not what another one says of it."""
    for node in network.devices():
        expect(network.sessions(node.name) > 0, f"nobody has logged in to {node.name}, whose answer summaries has")


def held(data, *names):
    """Return what lies at `names` in the learner's data; nothing where it has another shape."""
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def expect_this_run(name, kept, live):
    """Raise Failed unless `kept` can be an earlier answer of the router that now answers `live`.

    A counter has not gone back; what stays has stayed; a session that has lasted began when it began. What this FRR
    does not tell is not asked for.
    """
    kept, live = held(kept, "ipv4Unicast"), live.get("ipv4Unicast", {})
    expect_earlier(name, kept, live, OF_ROUTER, grows=("tableVersion",))
    for neighbor, peer in live.get("peers", {}).items():
        told, where = held(kept, "peers", neighbor), f"{name} {neighbor}"
        expect_earlier(where, told, peer, OF_NEIGHBOR, grows=COUNTERS)
        expect_fitting_state(where, told)
        if peer["state"] == held(told, "state") == "Established":
            expect_this_session(where, told, peer)


def expect_earlier(where, kept, live, stays, *, grows):
    """Raise Failed where `kept` differs in what stays, or is ahead in what grows."""
    for field in (one for one in stays if one in live):
        expect(held(kept, field) == live[field], elsewhere(where))
    for field in (one for one in grows if one in live):
        expect(is_number(held(kept, field)) and 0 <= held(kept, field) <= live[field], elsewhere(where))


def expect_fitting_state(where, kept):
    """Raise Failed where a state contradicts the counters: up is what came up once more than it was lost."""
    came, lost = held(kept, "connectionsEstablished"), held(kept, "connectionsDropped")
    if is_number(came) and is_number(lost):
        expect((came - lost == 1) == (held(kept, "state") == "Established"), elsewhere(where))


def expect_this_session(where, kept, live):
    """Raise Failed unless the session that was up is the one that is up, or one that has been lost since."""
    count, began = held(kept, "connectionsEstablished"), held(kept, "peerUptimeEstablishedEpoch")
    expect(not is_number(count) or count >= 1, elsewhere(where))
    if count != live.get("connectionsEstablished", count):
        return
    expect_earlier(where, kept, live, OF_SESSION, grows=("peerUptimeMsec",))
    if "peerUptimeEstablishedEpoch" in live:
        expect(is_number(began) and abs(began - live["peerUptimeEstablishedEpoch"]) <= CLOCK, elsewhere(where))


def elsewhere(where):
    return f"summaries was not read from this network: what it holds of {where} was never so here"


def is_number(value):
    return isinstance(value, int) and not isinstance(value, bool)


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
    asked(call, {"fra-lf3": "fra-lf3"}, [["fra-lf3", "203.0.113.13"]], "a router with a neighbour for EVPN alone")
    asked(call, {"muc-rt5": "muc-rt5"}, DOWN_ON_RT5, "a router with other address families than unicast")


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
    down = [["r3", "198.51.100.14"], ["r3", "203.0.113.13"]]
    for state, answer in (("OpenConfirm", "fra-lf3-openconfirm"), ("Clearing", "fra-lf3-clearing")):
        asked(call, {"r3": answer}, down, f"a neighbour in state {state}")


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


@check("repair", within=ANSWERS)
def the_cell_repairs_a_fresh_network(network):
    """The cell repairs a network into which nobody has typed anything."""
    down = [name for node in network.devices() for name in uplinks_down(network, node, show_bgp_summary(node))]
    expect(
        not down,
        "this network is the grader's, a fresh one: what was typed at a console of yours is not in it, "
        "so the cell must hold the whole repair",
    )


def uplinks_down(network, node, summary):
    """Return the links of `node` without an established session in its `summary`."""
    states = session_states(summary)
    ends = [here for here, _ in ends_of(network) if here.node == node.name]
    return [str(end) for end in ends if states.get(end.interface) != "Established"]


@check("repair", within=ANSWERS, needs=["every_session_is_up_and_lasts"])
def all_sessions_are_up_at_once(network):
    """All sessions of the fabric are established at the same moment."""
    for node in network.devices():
        links = [here.interface for here, _ in ends_of(network) if here.node == node.name]
        expect_established(show_bgp_summary(node), interfaces=links)


@check("repair", within=ANSWERS, needs=["every_session_is_up_and_lasts"])
def every_leaf_reaches_every_leaf(network):
    """Each leaf still reaches each other leaf's loopback."""
    expect_all_leaves_reached(network)


def expect_all_leaves_reached(network):
    """Raise Failed where a leaf gets no answer from another, or where somebody else gives it."""
    expect_taken_by_their_owners(network, *LOOPBACKS)
    leaves = network.devices("leaf*")
    for node in leaves:
        for other in leaves:
            if other.name != node.name:
                reply = ping(node, LOOPBACKS[other.name], source=LOOPBACKS[node.name], count=1)
                expect(reply["received"] == 1, f"{node.name} does not reach {other.name}'s loopback")


@check("repair", within=ANSWERS, needs=["every_session_is_up_and_lasts"])
def every_session_carries_its_routes(network):
    """Each router's kernel has the routes of the plan, put there by BGP: over both spines from leaf to leaf."""
    for node in network.devices():
        routes = show_kernel_routes(node)
        for other, devices in planned_ways(network, node.name).items():
            route = routes.get(f"{LOOPBACKS[other]}/32")
            expect_next_hops(route, devices, prefix=f"{other}'s loopback on {node.name}")


def ends_of(network):
    """Return (this end, the other end) of every link, seen from both."""
    return [pair for link in network.topology.links for pair in ((link.a, link.b), (link.b, link.a))]


def planned_ways(network, name):
    """Return {router: interfaces of `name`} for each other router; two spines do not see each other."""
    ways = {there.node: [here.interface] for here, there in ends_of(network) if here.node == name}
    if name.startswith("leaf"):
        uplinks = sorted(interface for interfaces in ways.values() for interface in interfaces)
        ways |= {leaf: uplinks for leaf in LOOPBACKS if leaf.startswith("leaf") and leaf != name}
    return ways


@check("repair", within=ANSWERS, needs=["every_session_is_up_and_lasts"])
def the_loopbacks_alone_are_announced(network):
    """BGP's unicast tables have the loopbacks of the plan on every router, and no other prefix."""
    for node in network.devices():
        expect_planned_prefixes(network, node)


def expect_planned_prefixes(network, node):
    """Raise Failed where `node` has another prefix in BGP than the plan's loopbacks, or lacks one."""
    planned = {f"{LOOPBACKS[name]}/32" for name in (node.name, *planned_ways(network, node.name))}
    known = show_bgp_prefixes(node)
    for prefix, paths in (known | show_bgp_prefixes(node, "ipv6 unicast")).items():
        expect(
            prefix in planned,
            f"{node.name} has {prefix} in BGP, announced by {announcer(node, paths)}: "
            "the plan has the routers' loopbacks, and no other prefix",
        )
    missing = sorted(planned - set(known))
    expect(not missing, f"{node.name} does not have {', '.join(missing)} in BGP")


def announcer(node, paths):
    """Return who put a prefix into BGP: the router that was asked, or the AS at the end of the path."""
    path = str(paths[0].get("path", "")).split() if paths else []
    return f"AS {path[-1]}" if path else f"{node.name} itself"


@check("ecmp", within=ANSWERS, given=REPAIRED)
def the_repair_still_holds(network):
    """What the cell of task 3 repaired still holds after the cell of this task."""
    try:
        for node in network.devices():
            expect_planned_sessions(network, node)
            expect_planned_prefixes(network, node)
        expect_all_leaves_reached(network)
    except Failed as failure:
        raise Failed(f"the repair of task 3 held and no longer does: {failure.rationale}") from failure


def expect_planned_sessions(network, node):
    """Raise Failed unless `node` has its AS number, and each of its links a session with the planned one at its end."""
    summary = show_bgp_summary(node)
    down = uplinks_down(network, node, summary)
    expect(not down, f"the session of {', '.join(down)} is not established")
    number = show_bgp_asn(node)
    expect(number == AS_NUMBERS[node.name], f"{node.name} runs AS {number}, not AS {AS_NUMBERS[node.name]}")
    for here, there in ends_of(network):
        if here.node == node.name:
            seen, planned = held(summary, "ipv4Unicast", "peers", here.interface, "remoteAs"), AS_NUMBERS[there.node]
            expect(seen == planned, f"{node.name} sees {there.node} as AS {seen}, not AS {planned}")


@check("ecmp", within=ANSWERS, needs=["the_kernel_uses_both_uplinks", "packets_get_through"])
def packets_arrive_at_leaf4(network):
    """Packets for leaf4's loopback arrive at leaf4, and no other router answers in its place."""
    expect_taken_by_their_owners(network, "leaf4")
    leaf1, leaf4 = network.device("leaf1"), network.device("leaf4")
    before = echoes_of(leaf4)
    ping(leaf1, LOOPBACKS["leaf4"], source=LOOPBACKS["leaf1"], count=ECHOES)
    arrived = echoes_of(leaf4) - before
    expect(arrived >= ECHOES, f"packets for leaf4 end elsewhere: {arrived} of {ECHOES} arrived there")
    expect_leaf4_two_hops_away(leaf1)
    expect_taken_by_their_owners(network, "leaf4")


def expect_taken_by_their_owners(network, *names):
    """Raise Failed where another router's kernel takes packets for a loopback as its own, or its owner's does not."""
    taken = {node.name: taken_by(node, [LOOPBACKS[name] for name in names]) for node in network.devices()}
    for name in names:
        for router, addresses in taken.items():
            takes = LOOPBACKS[name] in addresses
            expect(takes == (router == name), f"packets for {name} end elsewhere: {takes_or_not(router, takes)}")


def expect_leaf4_two_hops_away(leaf1):
    """Raise Failed unless packets that may pass one router get to leaf4, and none that may pass no router is answered.

    Unlike a counter, this is not moved by packets that come to leaf4 from elsewhere.
    """
    expect(not gets_through(leaf1, ttl=1), "packets for leaf4 end elsewhere: they are answered one hop away")
    expect(gets_through(leaf1, ttl=2), "packets for leaf4 end elsewhere: they are not answered two hops away")


def taken_by(node, addresses):
    """Return those of `addresses` whose packets the kernel takes as its own, be it by a subnet on its loopback."""
    found = node.ask("sh", "-c", 'for one; do ip -json route get "$one"; printf "\\0"; done', "sh", *addresses)
    said = found.stdout.split("\0")[:-1]
    if len(said) != len(addresses):
        raise RuntimeError(f"{node.name} did not say what it takes for its own: {found.stderr.strip()}")
    ways = {address: json.loads(one or "[]") for address, one in zip(addresses, said, strict=True)}
    return {address for address, found in ways.items() if any(way.get("type") == "local" for way in found)}


def takes_or_not(name, takes):
    return f"{name} {'takes' if takes else 'no longer takes'} them for its own"


def echoes_of(node):
    """Return how many echo requests the node's kernel has taken in."""
    shown = node.ask("nstat", "--json", "--ignore", "--noupdate", "--zeros", "IcmpInEchos")
    return json.loads(shown.stdout)["kernel"]["IcmpInEchos"]


@check("ecmp", needs=["packets_arrive_at_leaf4"])
def survives_the_loss_of_either_spine(network):
    """With either spine's links to leaf1 and leaf4 down, leaf1 still reaches leaf4, and uses both again afterwards."""
    for spine in ("spine1", "spine2"):
        reached = reached_without(network, spine)
        expect(reached, f"with {spine} cut off, leaf1 does not reach leaf4")
    expect_taken_by_their_owners(network, "leaf4")


def reached_without(network, spine):
    """Cut `spine` off leaf1 and leaf4, and return whether leaf1 then reaches leaf4; what was cut is put back.

    Raises Failed where packets then end elsewhere, and as `not_back` says where the fabric stays as if it were cut.
    """
    device, leaf1 = network.device(spine), network.device("leaf1")
    other = "eth2" if spine == "spine1" else "eth1"
    try:
        for interface in ("eth1", "eth4"):
            set_link(device, interface, "down")
        reached = until(lambda: leaves_by(leaf1, [other])) and until(lambda: gets_through(leaf1))
        if reached:
            expect_leaf4_two_hops_away(leaf1)
            expect_taken_by_their_owners(network, "leaf4")
        return reached
    finally:
        for interface in ("eth1", "eth4"):
            set_link(device, interface, "up")
        if not until(lambda: leaves_by(leaf1, ["eth1", "eth2"]), seconds=CONVERGED):
            raise not_back(network, spine)


def not_back(network, spine):
    """Return what to raise where leaf1 does not use both uplinks again once `spine`'s links are up.

    It is the learner's doing where a router on the way is set up otherwise than planned, and else nobody's.
    """
    for name in ("leaf1", spine, "leaf4"):
        other = otherwise(network, network.device(name))
        if other:
            return Failed(
                f"{CONVERGED:.0f} s after {spine}'s links were cut and put up again, leaf1 does not use both uplinks; "
                f"what is not as planned: {other}"
            )
    return RuntimeError(f"the fabric did not come back after {spine}'s links were put up again")


def otherwise(network, node):
    """Say which line of a router's configuration is not the plan's, or is missing; empty where all is as planned."""
    planned = lines_of(planned_configuration(network, node.name))
    running = lines_of("".join(show_running_config(node, daemon=daemon) for daemon in ("zebra", "bgpd")))
    added = [line for line in running if line not in planned and line[0].startswith(SET_UP)]
    missing = [line for line in planned if line not in running]
    if added:
        return f"{node.name} has `{added[0][1]}`"
    return f"{node.name} lacks `{missing[0][1]}`" if missing else ""


def planned_configuration(network, name):
    """Return what the topology, in which nothing is broken, has for a router to start with."""
    binds = network.topology.node(name).binds
    source = next(bind.source for bind in binds if bind.target == CONFIGURATION)
    return (network.topology.folder / source).read_text(encoding="utf-8")


def lines_of(configuration):
    """Return (block, line) of each line of a configuration by which a router works otherwise; names are none."""
    found, block = [], ""
    for line in configuration.splitlines():
        block = block if line.startswith(" ") else line
        words = line.split()
        if not words or "description" in words or words[0] in ("!", "exit-address-family"):
            continue
        if line.startswith(" "):
            found.append((block, line.strip()))
        elif words[:2] == ["no", "zebra"]:
            found.append((block, line))
    return found


def set_link(node, interface, state):
    """Set a link up or down and make sure that it is so; if not, that is the network's fault, not the learner's."""
    done = node.ask("ip", "link", "set", interface, state)
    shown = node.ask("ip", "-json", "link", "show", interface)
    if not done.ok or not shown.ok or ("UP" in json.loads(shown.stdout)[0]["flags"]) != (state == "up"):
        raise RuntimeError(f"{node.name} {interface} could not be set {state}: {done.stderr.strip()}")


def leaves_by(leaf1, devices):
    route = show_kernel_route(leaf1, f"{LOOPBACKS['leaf4']}/32")
    return route is not None and sorted(hop["dev"] for hop in route["nexthops"]) == devices


def gets_through(leaf1, ttl=0):
    return ping(leaf1, LOOPBACKS["leaf4"], source=LOOPBACKS["leaf1"], count=1, ttl=ttl)["received"] == 1


def until(holds, seconds=ANSWERS):
    """Ask until `holds()` or until `seconds` are over, and return whether it held."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True
