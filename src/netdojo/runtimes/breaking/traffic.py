"""Cables that lose packets, carry few, or carry them late. Both ends are changed, so that either direction is so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from netdojo.errors import FaultFailed, FaultRefused, HostNotReady, NetdojoError
from netdojo.model import End
from netdojo.runtimes import packages
from netdojo.runtimes.breaking import interfaces, places
from netdojo.runtimes.breaking.cases import Before, Case

NFTABLES = packages.Program("nftables", "nft", "nftables")
IDLE = {"noqueue", "pfifo_fast", "fq_codel", "pfifo"}
"""What an interface queues by when nobody has said anything."""
PARTS = 1_000_000
"""A packet draws a number below this."""
PROBES = 200
"""Packets of our own by which a loss is measured, 2 ms apart."""
FRAMES = """
import socket, sys, time
interface, count = sys.argv[1], int(sys.argv[2])
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
    sender.bind((interface, 0))
    frame = bytes.fromhex("0180c200000e") + sender.getsockname()[4] + bytes.fromhex("88b5") + bytes(46)
    for _ in range(count):
        sender.send(frame)
        time.sleep(0.002)
"""
"""Sends frames of the EtherType that IEEE 802 keeps for experiments to the address that a bridge does not forward."""
CERTAIN = 10.0
"""Percent from which on it does not happen that none of the probes is lost: 0.9^100 is 3 in 100,000."""
LATENCY = "50ms"
"""How long a packet may wait where the rate is limited."""
BURST = 0.01
"""Seconds of the rate that may go out at once, but no less than two packets."""


def _ends(case: Case) -> places.Cable:
    return places.cable(case.topology, case.target)


def _qdiscs(case: Case) -> list[str]:
    return [f"the queue of {end}" for end in _ends(case)]


def has_netem(case: Case, node: str) -> bool:
    """Find out by using it whether the kernel can lose and delay packets on their way out."""
    tried = case.run(node, "tc", "qdisc", "add", "dev", "lo", "root", "netem", "loss", "0%")
    if tried.ok:
        case.run(node, "tc", "qdisc", "delete", "dev", "lo", "root")
    return tried.ok


def touches_loss(case: Case) -> list[str]:
    """Loss is a cable's own; with netem it takes the queues of both ends as well."""
    queues = _qdiscs(case) if has_netem(case, _ends(case).near.node) else []
    return [f"the loss of {_ends(case).name}", *queues]


def touches_queue(case: Case) -> list[str]:
    return _qdiscs(case)


def prepare_loss(case: Case) -> Before:
    """Choose netem where the kernel has it, else nftables; raises HostNotReady when there is neither."""
    if has_netem(case, _ends(case).near.node):
        return {"mechanism": "netem, at both ends", **_prepare_queue(case)}
    packages.require([NFTABLES])
    return {"mechanism": "nftables, at both ends; no netem here"}


def prepare_rate(case: Case) -> Before:
    return {"mechanism": "tbf, at both ends", **_prepare_queue(case)}


def touches_delay(case: Case) -> list[str]:
    """A delay has both queues to itself; raises HostNotReady without netem: nothing else delays packets."""
    if not has_netem(case, _ends(case).near.node):
        raise HostNotReady(
            "this machine's kernel has no netem, without which no packet can be delayed; nothing was changed",
            help="sudo modprobe sch_netem   (where that is not found, it takes a kernel with CONFIG_NET_SCH_NETEM)",
        )
    return _qdiscs(case)


def prepare_delay(case: Case) -> Before:
    return {"mechanism": "netem, at both ends", **_prepare_queue(case)}


def _prepare_queue(case: Case) -> Before:
    """Refuse to take a queue away that somebody has made; raises FaultRefused."""
    for end in _ends(case):
        kind = root_qdisc(case, end)["kind"]
        if kind not in IDLE:
            raise FaultRefused(
                f"{end} queues by {kind} as it is; that would be lost",
                help=f"take it away first: tc qdisc delete dev {end.interface} root, on {end.node}",
            )
    lengths = {str(end): interfaces.state(case, end).get("txqlen", 0) for end in _ends(case)}
    return {"handle": f"{0xF000 + case.id % 0xFFF:x}:", "lengths": lengths}


def root_qdisc(case: Case, end: End) -> dict[str, Any]:
    """Return how an interface queues what goes out."""
    shown = case.asked(end.node, "tc", "-json", "-s", "qdisc", "show", "dev", end.interface, "root")
    found: dict[str, Any] = next((one for one in shown if one.get("root")), {"kind": "noqueue", "handle": "0:"})
    return found


def impose_loss(case: Case, before: Before) -> str:
    if "handle" in before:
        percent = f"{case.options.percent:g}%"
        _queue(case, before, ["netem", "loss", percent])
        return f"netem at {_ends(case).near} and {_ends(case).far} loses {percent}"
    for end in _ends(case):
        case.do(end.node, "nft", "-f", "-", stdin=ruleset(case, end))
    return measured(case)


def lift_loss(case: Case, before: Before) -> None:
    if "handle" in before:
        return lift_queue(case, before)
    for end in _ends(case):
        case.run(end.node, "nft", "delete", "table", "netdev", table(case, end))
        if case.run(end.node, "nft", "list", "table", "netdev", table(case, end)).ok:
            raise FaultFailed(f"the rule that loses packets at {end} is still there")
    return None


def table(case: Case, end: End) -> str:
    """Return the name of the table at one end of the cable; both ends may be one node's."""
    return f"netdojo_fault_{case.id}_{_ends(case).index(end)}"


def ruleset(case: Case, end: End) -> str:
    """Return nftables' words that count every packet that comes in, and lose as many as the fault says."""
    name, parts = table(case, end), round((case.options.percent or 0) * PARTS / 100)
    drawn = f"numgen random mod {PARTS} < {parts} " if parts < PARTS else ""
    return (
        f"add table netdev {name}\n"
        f'add chain netdev {name} loss {{ type filter hook ingress device "{end.interface}" priority -500; }}\n'
        f"add rule netdev {name} loss counter\n"
        f"add rule netdev {name} loss {drawn}counter drop\n"
    )


def measured(case: Case) -> str:
    """Send packets over the cable and return what the rules counted; raises FaultFailed when they lose none."""
    told = []
    for end, other in (_ends(case), reversed(_ends(case))):
        _probe(case, other)
        came, lost = counted(case.do(end.node, "nft", "-j", "list", "table", "netdev", table(case, end)))
        if came >= PROBES / 2 and lost == 0 and (case.options.percent or 0) >= CERTAIN:
            raise FaultFailed(f"{end} lost none of {came} packets")
        told.append(f"{end} lost {lost} of {came} packets" if came else f"{end} has the rule, and no packet came yet")
    return ", ".join(told)


def _probe(case: Case, end: End) -> None:
    """Send frames from one end to the other, which no bridge there passes on; an end needs no address for that."""
    case.run(end.node, "python3", "-I", "-c", FRAMES, end.interface, str(PROBES))


def counted(listed: str) -> tuple[int, int]:
    """Return how many packets came in and how many were dropped, by what nftables lists of a table as JSON."""
    rules = [one["rule"]["expr"] for one in json.loads(listed)["nftables"] if "rule" in one]
    came, lost = (next(_counters(rule)) for rule in rules)
    return came, lost


def _counters(rule: list[dict[str, Any]]) -> Iterator[int]:
    return (part["counter"]["packets"] for part in rule if "counter" in part)


def impose_rate(case: Case, before: Before) -> str:
    """Limit both ends; return once both say that they are."""
    rate = case.options.rate or 0
    for end in _ends(case):
        frame = interfaces.state(case, end)["mtu"] + 18
        burst = max(round(rate / 8 * BURST), 2 * frame)
        words = ["tbf", "rate", f"{rate}bit", "burst", str(burst), "latency", LATENCY]
        _add_queue(case, before, end, words)
        told = root_qdisc(case, end)
        if told["kind"] != "tbf" or told["options"]["rate"] != rate // 8:
            raise FaultFailed(f"{end} queues by {told['kind']} {told.get('options')}, not by tbf with {rate} bit/s")
    return f"{_ends(case).near} and {_ends(case).far} queue by tbf with {rate} bit/s"


def impose_delay(case: Case, before: Before) -> str:
    jitter = [f"{case.options.jitter:g}ms"] if case.options.jitter else []
    words = ["netem", "delay", f"{case.options.delay:g}ms", *jitter]
    _queue(case, before, words)
    return f"{_ends(case).near} and {_ends(case).far} queue by {' '.join(words)}"


def _queue(case: Case, before: Before, words: list[str]) -> None:
    """Have both ends queue by netem, and read back that they do."""
    for end in _ends(case):
        _add_queue(case, before, end, words)
        if root_qdisc(case, end)["kind"] != words[0]:
            raise FaultFailed(f"{end} does not queue by {words[0]}")


def _add_queue(case: Case, before: Before, end: End, words: list[str]) -> None:
    case.do(end.node, "tc", "qdisc", "add", "dev", end.interface, "root", "handle", before["handle"], *words)


def lift_queue(case: Case, before: Before) -> None:
    """Take the queues of this fault away; one that somebody has put in their place is left."""
    failures = []
    for end in _ends(case):
        if root_qdisc(case, end)["handle"] == before["handle"]:
            try:
                case.do(end.node, "tc", "qdisc", "delete", "dev", end.interface, "root")
                # the kernel gives an interface that had none a queue's length with its first queue
                interfaces.set_link(case, end, "txqueuelen", str(before["lengths"][str(end)]))
            except NetdojoError as error:
                failures.append(error.message)
        if root_qdisc(case, end)["handle"] == before["handle"]:
            failures.append(f"the queue of {end} is still there")
    if failures:
        raise FaultFailed("\n".join(failures))


def touches_mtu(case: Case) -> list[str]:
    return [f"the mtu of {_ends(case).near}"]


def prepare_mtu(case: Case) -> Before:
    """Look that the mtu would be another one, and not the far end's; raises FaultRefused."""
    near, far = _ends(case)
    mine, theirs = (interfaces.state(case, end)["mtu"] for end in (near, far))
    if case.options.mtu in {mine, theirs}:
        whose = near if case.options.mtu == mine else far
        raise FaultRefused(f"mtu: must be another than {whose} has (got {case.options.mtu})")
    return {"mechanism": f"mtu of {near}", "mtu": mine}


def impose_mtu(case: Case, before: Before) -> str:  # noqa: ARG001  # every kind's is called so
    near, far = _ends(case)
    _set_mtu(case, near, case.options.mtu or 0)
    return f"{near} has an mtu of {case.options.mtu}, {far} one of {interfaces.state(case, far)['mtu']}"


def lift_mtu(case: Case, before: Before) -> None:
    _set_mtu(case, _ends(case).near, before["mtu"])


def _set_mtu(case: Case, end: End, mtu: int) -> None:
    interfaces.set_link(case, end, "mtu", str(mtu))
    found = interfaces.state(case, end)["mtu"]
    if found != mtu:
        raise FaultFailed(f"{end} has an mtu of {found}, not {mtu}")
