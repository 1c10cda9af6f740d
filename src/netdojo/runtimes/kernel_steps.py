"""What has to be said to a node's kernel so that it is set as it was when it was saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from netdojo.model import KernelState, LinkSetting
from netdojo.runtimes.qdiscs import place_of

SET_ALL = (
    "sh",
    "-c",
    'code=0; while IFS="=" read -r k v; do printf %s "$v" > "/proc/sys/$k" || code=1; done; exit $code',
)
SPREADING = ("/all/", "/default/", "net/ipv4/ip_forward")
"""Settings that set others as well, and so come first."""
FIELDS = ("addresses", "vlans", "rules_ipv4", "rules_ipv6", "routes_ipv4", "routes_ipv6", "qdiscs")
"""Parts of a kernel's state that are lists of lines."""


@dataclass(frozen=True)
class Step:
    """A program of the host's, and what it reads."""

    argv: tuple[str, ...]
    text: str


def wanted(fresh: KernelState, saved: KernelState) -> KernelState:
    """Return what a kernel that is `fresh` must become: as saved, and as it is where the save says nothing."""
    links = {**fresh.links}
    for name, one in saved.links.items():
        if one.gone:
            links.pop(name, None)
            continue
        links[name] = one.model_copy(update={"mac": one.mac or (fresh.links[name].mac if name in fresh.links else "")})
    return saved.model_copy(update={"links": links, "sysctls": {**fresh.sysctls, **saved.sysctls}})


def differences(now: KernelState, target: KernelState, before: str = "is") -> list[str]:
    """Return what has to change for the target, a line each: + is added, - taken away; `before` names what is now."""
    found = [f"{sign} {kind} {line}" for kind, gone, new in _lists(now, target) for sign, line in _signed(gone, new)]
    for name in sorted(now.links.keys() | target.links.keys()):
        a, b = now.links.get(name), target.links.get(name)
        if a is None or b is None or not same_link(a, b):
            found.append(f"link {name}: {_told(b, a)} ({before}: {_told(a, b)})")
    return found + [
        f"{key} = {value} ({before}: {now.sysctls.get(key, 'not there')})"
        for key, value in target.sysctls.items()
        if now.sysctls.get(key) != value
    ]


def same_link(now: LinkSetting, target: LinkSetting) -> bool:
    """Whether an interface is set as it should be; a hardware address that nobody chose may be any."""
    return now.model_copy(update={"mac": target.mac and now.mac}) == target


def _told(link: LinkSetting | None, other: LinkSetting | None) -> str:
    """Return how an interface is set; its hardware address only where that is what differs from the `other`."""
    if link is None:
        return "not there"
    mac = link.mac if other and other.mac and other.mac != link.mac else ""
    words = [link.made, f"mtu {link.mtu}", "up" if link.up else "down", link.master and f"master {link.master}"]
    return " ".join(word for word in (*words, mac and f"address {mac}") if word)


def _signed(gone: Iterable[str], new: Iterable[str]) -> Iterator[tuple[str, str]]:
    yield from (("-", line) for line in gone)
    yield from (("+", line) for line in new)


def _lists(now: KernelState, target: KernelState) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield (kind, lines too much, lines missing) for each list of a kernel's state."""
    for field in FIELDS:
        have, want = getattr(now, field), getattr(target, field)
        kind = {"addresses": "address", "vlans": "vlan", "qdiscs": "qdisc"}.get(field, field.partition("_")[0][:-1])
        yield kind, [line for line in have if line not in want], [line for line in want if line not in have]


def steps(now: KernelState, target: KernelState) -> list[Step]:
    """Return what takes a kernel to the target, in an order that works; a batch goes on after a line that fails."""
    lists = {field: (gone, new) for field, (_, gone, new) in zip(FIELDS, _lists(now, target), strict=True)}
    settings = [f"{key}={value}" for key, value in target.sysctls.items() if now.sysctls.get(key) != value]
    batches = [
        Step(SET_ALL, _text(sorted(settings, key=lambda line: not any(word in line for word in SPREADING)))),
        _batch("ip", "", _link_lines(now, target)),
        _batch("bridge", "", _changed("vlan", *lists["vlans"])),
        _batch("ip", "", _changed("address", *lists["addresses"])),
        *(
            _batch("ip", version, _changed(kind, *lists[f"{kind}s_ipv{version[-1]}"]))
            for version in ("-4", "-6")
            for kind in ("rule", "route")
        ),
        _batch("tc", "", _qdisc_lines(*lists["qdiscs"])),
    ]
    return [step for step in batches if step.text]


def _batch(program: str, version: str, lines: Iterable[str]) -> Step:
    return Step((program, *([version] if version else []), "-force", "-batch", "-"), _text(lines))


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _changed(kind: str, gone: Iterable[str], new: Iterable[str]) -> Iterator[str]:
    yield from (f"{kind} del {line}" for line in gone)
    yield from (f"{kind} add {line}" for line in new)


def _qdisc_lines(gone: Iterable[str], new: Iterable[str]) -> Iterator[str]:
    kept = {place_of(line) for line in new}
    yield from (f"qdisc del {place_of(line)}" for line in gone if place_of(line) not in kept)
    yield from (f"qdisc replace {line}" for line in new)


def _link_lines(now: KernelState, target: KernelState) -> Iterator[str]:
    """Yield what is said of interfaces: make and delete, then who is whose port, then the rest, up last."""
    yield from (f"link del {name}" for name in now.links if name not in target.links)
    there = set(now.links)
    for name, link in target.links.items():
        peer = link.made.rpartition(" peer name ")[2]
        if name not in now.links and link.made and (peer == link.made or peer in there):
            yield f"link add name {name} {link.made}"
        there.add(name)
    for name, link in target.links.items():
        is_now = now.links.get(name, LinkSetting(mtu=1, up=False))
        if not same_link(is_now, link):
            yield from _setting_lines(name, is_now, link)


def _setting_lines(name: str, now: LinkSetting, link: LinkSetting) -> Iterator[str]:
    if link.master != now.master:
        yield f"link set dev {name} " + (f"master {link.master}" if link.master else "nomaster")
    if link.mac and link.mac != now.mac:
        yield f"link set dev {name} address {link.mac}"
    if link.mtu != now.mtu:
        yield f"link set dev {name} mtu {link.mtu}"
    if link.up != now.up:
        yield f"link set dev {name} {'up' if link.up else 'down'}"
