"""Queueing disciplines: what `tc qdisc show` tells, in the words that `tc qdisc` takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

RESTORABLE = frozenset({"tbf", "netem", "fq_codel", "fq", "pfifo", "bfifo", "sfq", "codel", "ingress", "clsact"})
"""Disciplines that are the whole of what they do; others have classes and filters of their own."""
ROOT = 4
"""Words before a discipline's place: qdisc, its kind, its handle, dev, the interface come before it."""
_PACKETS = re.compile(r"^(\d+)p$")


def lines(text: str) -> Iterator[str]:
    """Yield each discipline that is not the kernel's own: `dev eth1 root handle 1: pfifo limit 5`."""
    for line in text.splitlines():
        words = [_PACKETS.sub(r"\1", word) for word in line.split()]
        if len(words) > ROOT and words[1] in RESTORABLE and words[2] != "0:":
            yield " ".join(_words(words))


def others(text: str) -> Iterator[str]:
    """Yield each discipline of a kind that cannot be put back as it is told: `qdisc htb of eth1`."""
    for line in text.splitlines():
        words = line.split()
        if len(words) > ROOT and words[1] not in RESTORABLE and words[2] != "0:":
            yield f"qdisc {words[1]} of {words[4]}"


def _words(words: list[str]) -> Iterator[str]:
    _, kind, handle, _, interface, *rest = words
    yield f"dev {interface}"
    if kind in {"ingress", "clsact"}:
        yield kind
        return
    taken = 2 if rest[:1] == ["parent"] else 1
    yield from rest[:taken]
    options = rest[taken:]
    if "refcnt" in options:
        at = options.index("refcnt")
        del options[at : at + 2]
    yield from ("handle", handle, kind, *options)


def place_of(line: str) -> str:
    """Return where a discipline is, as `tc qdisc del` takes it: `dev eth1 root`."""
    words = line.split()
    return " ".join(words[: 4 if words[2] == "parent" else 3])
