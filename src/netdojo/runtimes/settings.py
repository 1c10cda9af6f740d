"""The kernel's settings of a node's network: where each is, and which have to wait for an interface."""

from __future__ import annotations

from collections.abc import Mapping

EVERYWHERE = ("all", "default", "lo")
"""Names that every network has settings of before it has a link."""
_WRITE = 'printf %s "$1" > "$0"'


def parts(name: str) -> list[str]:
    """Return `net.ipv4.conf.eth1.rp_filter` by its parts; the name of an interface may itself have dots in it."""
    found = name.split(".")
    if found[2:3] in (["conf"], ["neigh"]) and len(found) > 4:
        return [*found[:3], ".".join(found[3:-1]), found[-1]]
    return found


def interface(name: str) -> str:
    """Return the interface that a setting is of, where that comes with a link, or nothing."""
    found = parts(name)
    return found[3] if len(found) == 5 and found[2] in {"conf", "neigh"} and found[3] not in EVERYWHERE else ""


def path(name: str) -> str:
    """Return where a setting is below /proc/sys."""
    return "/".join(parts(name))


def late(sysctls: Mapping[str, str]) -> list[list[str]]:
    """Return the commands that make the settings of interfaces in a node, once its links are there."""
    return [
        ["sh", "-c", _WRITE, f"/proc/sys/{path(name)}", value] for name, value in sysctls.items() if interface(name)
    ]
