"""An interface as a fault finds it, and what the kernel forgets of it when it is set down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netdojo.model import End
from netdojo.runtimes.breaking.cases import Case

FOREVER = 4294967295
"""Seconds of life of an address that does not expire."""
BY_HAND = ("boot", "static")
"""Who made a route that nobody makes again: a person or a script. Daemons and the kernel put their own back."""
DEFAULT = {"-4": "0.0.0.0/0", "-6": "::/0"}
"""How a line of a batch names the default route: it has no place for the family."""
_LEFT_OUT = {"linkdown", "dead"}


def state(case: Case, end: End) -> dict[str, Any]:
    """Return an interface as `ip` tells it, with its counters."""
    found: dict[str, Any] = case.asked(end.node, "ip", "-json", "-s", "-s", "link", "show", "dev", end.interface)[0]
    return found


def is_up(case: Case, end: End) -> bool:
    """Whether the interface is set up, with a carrier or without."""
    return "UP" in state(case, end)["flags"]


def has_carrier(case: Case, end: End) -> bool:
    return "LOWER_UP" in state(case, end)["flags"]


def is_settled(case: Case, end: End) -> bool:
    """Whether IPv6 has found out that nobody else has the addresses of the interface; without a carrier it waits."""
    shown = case.asked(end.node, "ip", "-json", "-6", "address", "show", "dev", end.interface)
    return not any(one.get("tentative") for link in shown for one in link.get("addr_info", []))


def carrier_changes(case: Case, end: End) -> int:
    """Return how often the carrier has come or gone since the interface was made."""
    return int(state(case, end)["stats64"]["tx"]["carrier_changes"])


def set_link(case: Case, end: End, *words: str) -> None:
    case.do(end.node, "ip", "link", "set", "dev", end.interface, *words)


def forgotten(case: Case, end: End) -> list[str]:
    """Return lines of `ip -batch` that make anew what the kernel drops when the interface is set down."""
    return [*_addresses(case, end), *_routes(case, end), *_neighbours(case, end)]


def restore(case: Case, end: End, lines: list[str]) -> None:
    """Make anew what was dropped, and look that the addresses are there again.

    What is there already is left as it is; so is a route that cannot be any more, since somebody has taken away what
    it goes by.
    """
    if not lines:
        return
    case.run(end.node, "ip", "-force", "-batch", "-", stdin="".join(f"{line}\n" for line in lines))
    addresses = {line for line in lines if line.startswith("address ")}
    case.until(lambda: addresses <= set(_addresses(case, end)), f"{end} has not all of its addresses again")


def _addresses(case: Case, end: End) -> Iterator[str]:
    """Yield IPv6 addresses, which go when an interface is set down; those of IPv4 stay."""
    shown = case.asked(end.node, "ip", "-json", "-6", "address", "show", "dev", end.interface)
    for one in (info for link in shown for info in link.get("addr_info", [])):
        if one.get("scope", "link") != "link" and one["valid_life_time"] == FOREVER:
            yield f"address replace {one['local']}/{one['prefixlen']} dev {end.interface} nodad"


def _routes(case: Case, end: End) -> Iterator[str]:
    for family, default in DEFAULT.items():
        for maker in BY_HAND:
            words = ("route", "show", "table", "all", "dev", end.interface, "proto", maker)
            for line in case.do(end.node, "ip", family, *words).splitlines():
                kept = (default if word == "default" else word for word in line.split() if word not in _LEFT_OUT)
                yield f"route replace {' '.join(kept)} proto {maker} dev {end.interface}"


def _neighbours(case: Case, end: End) -> Iterator[str]:
    shown = case.asked(end.node, "ip", "-json", "neigh", "show", "dev", end.interface, "nud", "permanent")
    for one in shown:
        if "lladdr" in one and one.get("protocol", "boot") in BY_HAND:
            yield f"neigh replace {one['dst']} lladdr {one['lladdr']} dev {end.interface} nud permanent"
