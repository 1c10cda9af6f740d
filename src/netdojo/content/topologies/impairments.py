"""What the labels of a cable ask of it: rate, delay, jitter and loss, which containerlab has no keys for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from netdojo.content.topologies.faults import Fault
from netdojo.errors import suggestion
from netdojo.model import Impairment
from netdojo.yaml_files import Location

PREFIX = "netdojo."
RATES = {"bit": 1, "kbit": 10**3, "mbit": 10**6, "gbit": 10**9}
TIMES = {"us": 1, "ms": 10**3, "s": 10**6}
SLOWEST, FASTEST = 8_000, 400 * 10**9
"""bit/s that a rate may be."""
LONGEST = 10 * TIMES["s"]
"""Microseconds that a delay may be."""
AMOUNT = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s*([A-Za-z]+|%)?")


class Unreadable(Exception):
    """A value that is none; the message is what it must be."""


def amount(text: str, units: Mapping[str, int], wanted: str) -> float:
    """Return a number with a unit in the smallest of `units`; raises Unreadable with what was `wanted`."""
    found = AMOUNT.fullmatch(text.strip())
    unit = (found[2] or "").lower() if found else ""
    if not found or unit not in units:
        raise Unreadable(wanted)
    return float(found[1]) * units[unit]


def rate(text: str) -> int:
    wanted = "from 8kbit to 400gbit, in bit, kbit, mbit or gbit a second"
    found = round(amount(text, RATES, wanted))
    if not SLOWEST <= found <= FASTEST:
        raise Unreadable(wanted)
    return found


def time(text: str) -> int:
    wanted = "from 1us to 10s, in us, ms or s"
    found = round(amount(text, TIMES, wanted))
    if not 1 <= found <= LONGEST:
        raise Unreadable(wanted)
    return found


def share(text: str) -> float:
    wanted = "more than 0% and at most 100%"
    found = amount(text, {"": 1, "%": 1}, wanted)
    if not 0 < found <= 100:
        raise Unreadable(wanted)
    return found


LABELS: dict[str, Callable[[str], float]] = {
    f"{PREFIX}rate": rate,
    f"{PREFIX}delay": time,
    f"{PREFIX}jitter": time,
    f"{PREFIX}loss": share,
}
"""A label → what reads its value; each is a field of Impairment."""


def impairment_of(labels: Mapping[str, str]) -> Impairment | None:
    """Return what a cable's labels ask for; what cannot be read is told by `label_faults`."""
    found: dict[str, float] = {}
    for label in LABELS.keys() & labels.keys():
        try:
            found[label.removeprefix(PREFIX)] = LABELS[label](labels[label])
        except Unreadable:
            continue
    return Impairment.model_validate(found) if found else None


def label_faults(labels: Mapping[str, str], where: Location, *, is_cable: bool) -> Iterator[Fault]:
    """Yield a fault for each label of ours that is unknown, cannot be read, or has no cable."""
    ours = {label: value for label, value in labels.items() if label.startswith(PREFIX)}
    for label, value in ours.items():
        if label not in LABELS:
            yield Fault((*where, label), "must be a label that netdojo knows", suggestion(label, LABELS, "label"))
        elif not is_cable:
            yield Fault((*where, label), f"must be at a link between two nodes (got {value!r})")
        else:
            yield from value_faults(label, value, (*where, label))
    if is_cable:
        yield from jitter_faults(labels, where)


def value_faults(label: str, value: str, where: Location) -> Iterator[Fault]:
    try:
        LABELS[label](value)
    except Unreadable as error:
        yield Fault(where, f"must be {error} (got {value!r})")


def jitter_faults(labels: Mapping[str, str], where: Location) -> Iterator[Fault]:
    """Yield a fault for a jitter without a delay, or with a smaller one."""
    label = f"{PREFIX}jitter"
    asked = impairment_of(labels) or Impairment()
    if asked.jitter and f"{PREFIX}delay" not in labels:
        yield Fault((*where, label), f"must be beside a netdojo.delay (got {labels[label]!r} alone)")
    elif asked.jitter > asked.delay > 0:
        delay = labels[f"{PREFIX}delay"]
        yield Fault((*where, label), f"must be no more than the delay, {delay} (got {labels[label]!r})")
