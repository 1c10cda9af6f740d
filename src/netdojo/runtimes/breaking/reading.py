"""Reads how bad a fault is to be: every option that a kind cannot take is told at once, with what was expected."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netdojo.errors import FaultRefused, NotFound, suggestion
from netdojo.model import FaultKind, FaultOptions

TAKEN: dict[FaultKind, tuple[str, ...]] = {
    FaultKind.link_down: (),
    FaultKind.flap: ("up", "down", "period", "count"),
    FaultKind.loss: ("percent",),
    FaultKind.rate: ("rate",),
    FaultKind.delay: ("delay", "jitter"),
    FaultKind.mtu: ("mtu",),
    FaultKind.daemon_killed: (),
    FaultKind.node_stopped: (),
    FaultKind.config_drift: ("lines",),
    FaultKind.duplicate_address: ("address",),
}
"""The options that a kind has a use for."""
NEEDED = {
    FaultKind.loss: ("percent",),
    FaultKind.rate: ("rate",),
    FaultKind.delay: ("delay",),
    FaultKind.mtu: ("mtu",),
}
SHORTEST, LONGEST = 0.1, 3600.0
"""Seconds that a cable which flaps may be up or down."""
USUAL = 5.0
"""Seconds that it is up, and down, when nothing is said."""
LEAST_LOSS = 0.001
"""Percent: ten packets of a million, which is how finely nftables draws."""
MTU = range(1280, 65536)
"""Bytes: below 1280 the kernel takes IPv6 from an interface, above 65535 a cable has none."""
RATES = {"bit": 1, "kbit": 1_000, "mbit": 1_000_000, "gbit": 1_000_000_000}
SLOWEST = 8_000
TIMES = {"us": 0.001, "ms": 1.0, "s": 1000.0}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z%]*)", re.IGNORECASE)


def kind_of(name: str) -> FaultKind:
    """Return the kind of fault `name`; raises NotFound with the near one."""
    try:
        return FaultKind(name)
    except ValueError:
        raise NotFound("kind of fault", name, [kind.value for kind in FaultKind]) from None


def read(kind: FaultKind, given: Mapping[str, Any]) -> FaultOptions:
    """Return the options of a fault; raises FaultRefused with every one that cannot be."""
    asked = {name: value for name, value in given.items() if value is not None and value not in ([], ())}
    problems = [*unknown(kind, asked), *missing(kind, asked)]
    found: dict[str, Any] = {}
    for name, value in asked.items():
        if name in TAKEN[kind]:
            try:
                found[name] = READERS[name](value)
            except ValueError as error:
                problems.append(f"{name}: must be {error} (got {str(value)!r})")
    if not problems and kind is FaultKind.flap:
        found = durations(found)
    if not problems and (found.get("jitter") or 0) > (found.get("delay") or 0):
        problems.append(f"jitter: must be no more than the delay (got {given['jitter']!r} of {given['delay']!r})")
    if problems:
        raise FaultRefused("\n".join(f"{kind.value}: {problem}" for problem in problems))
    return FaultOptions(**found)


def unknown(kind: FaultKind, asked: Mapping[str, Any]) -> Iterator[str]:
    """Yield a problem for each option that the kind has no use for."""
    for name in asked:
        if name not in TAKEN[kind]:
            hint = suggestion(name, TAKEN[kind]) if TAKEN[kind] else "it takes no options"
            yield f"{name}: must not be given for this kind\n  {hint}"


def missing(kind: FaultKind, asked: Mapping[str, Any]) -> Iterator[str]:
    """Yield a problem for each option that the kind cannot do without."""
    for name in NEEDED.get(kind, ()):
        if name not in asked:
            yield f"{name}: must be given, as {EXAMPLES[name]}"


def durations(found: dict[str, Any]) -> dict[str, Any]:
    """Return the times of a flapping cable: a period is one half up and one half down unless one of them is given."""
    period = found.pop("period", None)
    up, down = found.get("up"), found.get("down")
    if period is not None and up is not None and down is not None and abs(up + down - period) > 0.001:
        raise FaultRefused(f"flap: period: must be up and down together (got {period:g} for {up:g} and {down:g})")
    if period is not None:
        down = down if down is not None else (period - up if up is not None else period / 2)
        up = period - down
    found.update(up=USUAL if up is None else up, down=USUAL if down is None else down)
    if min(found["up"], found["down"]) < SHORTEST:
        raise FaultRefused(f"flap: period: must leave {SHORTEST:g} s or more for up and for down (got {period:g})")
    return found


def percent(value: Any) -> float:
    number, unit = parts(value)
    if unit not in {"", "%"} or not LEAST_LOSS <= number <= 100:
        raise ValueError(f"a percentage from {LEAST_LOSS:g} to 100, as 20 or 0.5%")
    return number


def rate(value: Any) -> int:
    number, unit = parts(value)
    bits = number * RATES.get(unit, 0)
    if bits < SLOWEST or bits > 100 * RATES["gbit"]:
        raise ValueError("a rate from 8kbit to 100gbit, as 512kbit or 10mbit")
    return round(bits)


def time(value: Any) -> float:
    number, unit = parts(value)
    milliseconds = number * TIMES.get(unit or "ms", 0)
    if not 0 < milliseconds <= 60_000:
        raise ValueError("a time over 0 and up to 60s, as 20ms or 1.5s")
    return milliseconds


def seconds(value: Any) -> float:
    number, unit = parts(value)
    if unit not in {"", "s"} or not SHORTEST <= number <= LONGEST:
        raise ValueError(f"seconds from {SHORTEST:g} to {LONGEST:g}, as 5 or 0.5s")
    return number


def mtu(value: Any) -> int:
    number, unit = parts(value)
    if unit or int(number) != number or int(number) not in MTU:
        raise ValueError("a number of bytes from 1280 to 65535")
    return int(number)


def count(value: Any) -> int:
    number, unit = parts(value)
    if unit or int(number) != number or not 1 <= number <= 1_000_000:
        raise ValueError("a whole number from 1")
    return int(number)


def lines(value: Any) -> tuple[str, ...]:
    found = tuple(str(line) for line in ([value] if isinstance(value, str) else value))
    if not all(line.strip() and line.isprintable() for line in found):
        raise ValueError("lines of FRR's configuration, one each")
    return found


def address(value: Any) -> str:
    try:
        return str(ipaddress.ip_interface(str(value)))
    except ValueError:
        raise ValueError("an IPv4 or IPv6 address, as 10.0.0.12/32") from None


def parts(value: Any) -> tuple[float, str]:
    """Return a number and its unit in small letters; a thing that is no number has a unit that nobody knows."""
    found = _NUMBER.fullmatch(str(value).strip()) if not isinstance(value, bool) else None
    return (float(found[1]), found[2].lower()) if found else (0.0, "?")


READERS: dict[str, Callable[[Any], Any]] = {
    "percent": percent,
    "rate": rate,
    "delay": time,
    "jitter": time,
    "mtu": mtu,
    "up": seconds,
    "down": seconds,
    "period": seconds,
    "count": count,
    "lines": lines,
    "address": address,
}
EXAMPLES = {"percent": "20", "rate": "10mbit", "delay": "20ms", "mtu": "1400"}
