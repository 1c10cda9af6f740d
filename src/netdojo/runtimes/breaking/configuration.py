"""A router that runs with other lines than before, and what restores the lines that it had.

FRR's running configuration is read as lines below other lines. What a fault has changed is what was there before and is
not, and what is there and was not; so it is taken back line by line, and whatever else was typed meanwhile stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from netdojo.errors import FaultFailed, FaultRefused
from netdojo.runtimes.breaking import places
from netdojo.runtimes.breaking.cases import SOON, Before, Case
from netdojo.runtimes.breaking.places import FRR

Line = tuple[str, ...]
"""A line of a configuration, with the lines that it is below in front of it."""
PASSES = 4
"""How often what is missing is typed and what is too much is taken away: FRR drops lines that hang on others."""
_NOISE = re.compile(r"frr version .*|hostname .*|exit.*|end|!.*|Building configuration.*|Current configuration.*|")
_PEER = re.compile(r"neighbor (\S+) (?:interface )?remote-as (\S+)")


def running(case: Case, node: str, daemon: str = "") -> str:
    """Return what FRR runs with, or one of its daemons; raises FaultFailed when it does not say."""
    only = ("-d", daemon) if daemon else ()
    return case.do(node, "vtysh", *only, "-c", "show running-config no-header")


def read(text: str) -> list[Line]:
    """Return the lines of a configuration, each once."""
    found: dict[Line, None] = {}
    above: list[str] = []
    for line in text.splitlines():
        words = line.strip()
        depth = len(line) - len(line.lstrip())
        if not _NOISE.fullmatch(words):
            above = [*above[:depth], words]
            found[tuple(above)] = None
    return list(found)


def load(case: Case, node: str, daemon: str, text: str) -> None:
    """Have a daemon that was started anew take its configuration again; raises FaultFailed when it does not."""
    wanted = set(read(text))
    case.until(lambda: case.run(node, "vtysh", "-d", daemon, "-c", "show version").ok, f"{daemon} does not answer")

    def loaded() -> bool:
        case.run(node, "vtysh", "-d", daemon, "-f", "/dev/stdin", stdin=text)
        return wanted <= set(read(running(case, node, daemon)))

    case.until(loaded, f"{daemon} of {node} does not take its configuration again", SOON)


def touches(case: Case) -> list[str]:
    """A drift has the configuration and its daemons to itself, and addresses where its lines name some."""
    node = places.node(case.topology, case.target)
    ends = [cable.near for cable in places.cables_of(case.topology, node)]
    named = [f"the addresses of {end}" for end in ends if any("address " in line for line in case.options.lines)]
    return [f"the configuration of {node}", *(f"the daemon {daemon} of {node}" for daemon in FRR), *named]


def prepare(case: Case) -> Before:
    """Read what the router runs with, and find out what it is to run with; raises FaultRefused."""
    node = places.node(case.topology, case.target)
    answer = case.run(node, "vtysh", "-c", "show running-config no-header")
    if not answer.ok:
        raise FaultRefused(f"{node} runs no FRR whose configuration could drift: {answer.stderr.strip()}")
    lines = list(case.options.lines) or usual(answer.stdout)
    if not lines:
        raise FaultRefused(f"{node} has no BGP neighbour that could be wrong", help="say which lines to type: --line")
    return {"mechanism": "; ".join(lines), "typed": lines, "config": answer.stdout}


def usual(text: str) -> list[str]:
    """Return a drift for a router of BGP: its first neighbour is expected in another AS, or shut where it has none."""
    for line in read(text):
        peer = _PEER.fullmatch(line[-1]) if line[0].startswith("router bgp ") else None
        if peer and peer[2].isdigit():
            return [line[0], f"neighbor {peer[1]} remote-as {int(peer[2]) + 1}"]
        if peer and (line[0], f"neighbor {peer[1]} shutdown") not in read(text):
            return [line[0], f"neighbor {peer[1]} shutdown"]
    return []


def drift(case: Case, before: Before) -> str:
    """Type the lines; return which are there now and which are not any more."""
    node = places.node(case.topology, case.target)
    type_in(case, node, before["typed"])
    gone, new = changed(before["config"], running(case, node))
    if not gone and not new:
        raise FaultFailed(f"{node} runs with what it ran with before: the lines changed nothing")
    before.update(gone=[list(line) for line in gone], new=[list(line) for line in new])
    return ", ".join([*(f"new: {line[-1]}" for line in new), *(f"gone: {line[-1]}" for line in gone)])


def type_in(case: Case, node: str, lines: Iterable[str]) -> None:
    """Type lines in FRR's configuration mode; raises FaultFailed with what FRR says of one that it does not take."""
    words = [word for line in ("configure terminal", *lines) for word in ("-c", line)]
    answer = case.run(node, "vtysh", *words)
    said = (answer.stdout + answer.stderr).strip()
    if not answer.ok or said.startswith("%"):
        raise FaultFailed(f"FRR on {node} does not take this: {said}")


def changed(before: str, after: str) -> tuple[list[Line], list[Line]]:
    """Return the lines that are gone, and those that are new."""
    had, has = read(before), read(after)
    return [line for line in had if line not in has], [line for line in has if line not in had]


def restore(case: Case, before: Before) -> None:
    """Type what is gone and take away what is new, and leave the rest as it is now."""
    node = places.node(case.topology, case.target)
    gone, new = _of_fault(case, node, before)
    target = [line for line in read(running(case, node)) if line not in new] + gone
    for _ in range(PASSES):
        _type_missing(case, node, target)
        present = set(read(running(case, node)))
        for line in (one for one in new if one in present and one[:-1] not in new):
            case.run(node, "vtysh", *_words((*line[:-1], _negated(line[-1]))))
        if _is_restored(case, node, gone, new, target):
            return
    raise FaultFailed(f"{node} does not run again with what it ran with before: {_unlike(case, node, gone, new)}")


def _of_fault(case: Case, node: str, before: Before) -> tuple[list[Line], list[Line]]:
    """Return what the fault has changed; where it had not come to look, all that is other than before."""
    if "gone" in before:
        return [tuple(line) for line in before["gone"]], [tuple(line) for line in before["new"]]
    return changed(before["config"], running(case, node))


def _type_missing(case: Case, node: str, target: list[Line]) -> None:
    present = set(read(running(case, node)))
    for line in (one for one in target if one not in present):
        case.run(node, "vtysh", *_words(line))


def _words(line: Line) -> list[str]:
    return [word for one in ("configure terminal", *line) for word in ("-c", one)]


def _negated(line: str) -> str:
    return line.removeprefix("no ") if line.startswith("no ") else f"no {line}"


def _is_restored(case: Case, node: str, gone: list[Line], new: list[Line], target: list[Line]) -> bool:
    present = set(read(running(case, node)))
    return set(target) <= present and set(gone) <= present and not set(new) & present


def _unlike(case: Case, node: str, gone: list[Line], new: list[Line]) -> str:
    present = set(read(running(case, node)))
    missing = [f"missing: {' / '.join(line)}" for line in gone if line not in present]
    return ", ".join([*missing, *(f"still there: {' / '.join(line)}" for line in new if line in present)])
