"""A node's state as its kernel, daemons and files tell it: read from the words of iproute2 and written in them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from netdojo.model import FileKind, KernelState, LinkSetting, SavedFile
from netdojo.runtimes import qdiscs

BOOT, STATIC = "3", "4"
"""Protocols of routes that no daemon set; FRR's own static routes have another number."""
KERNEL_RULES = re.compile(r"^(0|1000|32766|32767):")
STATES = frozenset({"linkdown", "dead", "offload", "trap", "rt_offload", "rt_trap", "pervasive", "notify"})
"""Words that tell what became of a route, and that are not taken back."""
ROUTE_TYPES = {"6": "blackhole", "7": "unreachable", "8": "prohibit", "9": "throw"}
"""The number that `ip -N` tells before a route that is no plain one, and the word that `ip route add` takes."""
SIDES = re.compile(
    r"^net/(netfilter/nf_conntrack_count|ipv[46]/route/|ipv6/conf/[^/]+/(mtu|stable_secret)$)"
    r"|/(base_reachable_time|retrans_time)$"
)
"""Settings that change by themselves, or say twice what another says."""
ETHERNET = 6
"""Bytes of a hardware address."""
DAEMONS_OWN = ("pimreg", "pim6reg")
"""Names of interfaces that a daemon makes for itself begin like this."""


@dataclass(frozen=True)
class FileSeen:
    """What is at a path; `data` is None where a file's bytes are not known."""

    what: SavedFile
    size: int = 0
    data: bytes | None = None


ABSENT = FileSeen(SavedFile(kind=FileKind.absent, mode="0000"))


@dataclass(frozen=True)
class NodeState:
    """All that is known of a node at one moment. `files` are those that differ from the start."""

    configuration: str | None
    nftables: str
    kernel: KernelState
    files: Mapping[str, FileSeen]
    left_out: tuple[str, ...] = ()


def read_states(told: Mapping[str, Any]) -> tuple[NodeState, NodeState]:
    """Return what a node was at its start and what it is now, from what its network's supervisor told."""
    plain = [one for one in told["files"] if not is_odd(one)]
    odd = tuple(f"{one['path']!r} is no file, folder or link" for one in told["files"] if is_odd(one) and one["now"])
    before = {link["ifname"] for link in json.loads(told["start"].get("links") or "[]")}
    strange = [link for link in links_of(told["now"]) if link["ifname"] not in before and not made(link)]
    left = (*odd, *(f"interface {link['ifname']} of kind {kind_of(link) or 'unknown'}" for link in strange))
    known = before | {link["ifname"] for link in links_of(told["now"]) if link not in strange}
    shaped = set(qdiscs.others(told["start"].get("qdiscs", "")))
    left += tuple(one for one in qdiscs.others(told["now"].get("qdiscs", "")) if one not in shaped)
    start, now = (
        NodeState(
            configuration=told[when]["configuration"],
            nftables=told[when].get("nftables", ""),
            kernel=read_kernel(told[when], before, known),
            files={one["path"]: read_file(one[key]) for one in plain},
            left_out=left if when == "now" else (),
        )
        for when, key in (("start", "was"), ("now", "now"))
    )
    return start, replace(now, kernel=without_new(now.kernel, start.kernel))


def without_new(now: KernelState, start: KernelState) -> KernelState:
    """Return a kernel's state without the settings that came with a new interface or a part of the kernel."""
    return now.model_copy(update={"sysctls": {key: now.sysctls[key] for key in now.sysctls if key in start.sysctls}})


def is_odd(change: Mapping[str, Any]) -> bool:
    """Whether a changed path is neither file, folder nor link, or cannot be written in a text."""
    sides = [side for side in (change["was"], change["now"]) if side]
    words = [change["path"], *(side["target"] for side in sides)]
    unwritable = any(not word.isprintable() for word in words)
    return unwritable or any(side["kind"] == "other" for side in sides)


def read_file(told: Mapping[str, Any] | None) -> FileSeen:
    """Return what is at a path."""
    if told is None:
        return ABSENT
    what = SavedFile(kind=FileKind(told["kind"]), mode=f"{told['mode']:04o}", target=told["target"])
    data = None if told["data"] is None else base64.b64decode(told["data"])
    return FileSeen(what, told["size"], data)


def read_kernel(told: Mapping[str, Any], before: set[str], known: set[str]) -> KernelState:
    """Return what is set in a kernel, as far as interfaces are `known`; those not there `before` a person made."""
    links = {link["ifname"]: setting(link, before) for link in links_of(told) if link["ifname"] in known}
    macs = {link["ifname"]: str(link.get("address", "")) for link in links_of(told)}
    return KernelState(
        links=links,
        addresses=tuple(line for line in addresses(told, macs) if line.rpartition(" dev ")[2].split()[0] in known),
        vlans=tuple(vlans(told)),
        rules_ipv4=tuple(rules(told.get("rules4", ""))),
        rules_ipv6=tuple(rules(told.get("rules6", ""))),
        routes_ipv4=tuple(routes(told.get("routes4", ""))),
        routes_ipv6=tuple(routes(told.get("routes6", ""))),
        qdiscs=tuple(qdiscs.lines(told.get("qdiscs", ""))),
        sysctls=dict(sysctls(told.get("sysctls", ""))),
    )


def links_of(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the interfaces, in the order in which they were made."""
    found = json.loads(told.get("links") or "[]")
    return [link for link in found if not link["ifname"].startswith(DAEMONS_OWN)]


def setting(link: Mapping[str, Any], before: set[str]) -> LinkSetting:
    """Return how an interface is set."""
    made_here = "" if link["ifname"] in before else made(link)
    inherits = bool(made_here) and kind_of(link) in {"vlan", "bridge", "macvlan"}
    return LinkSetting(
        mtu=link["mtu"],
        up="UP" in link["flags"],
        master=link.get("master", ""),
        mac="" if inherits or link["ifname"] == "lo" else link.get("address", ""),
        made=made_here,
    )


def kind_of(link: Mapping[str, Any]) -> str:
    return str(link.get("linkinfo", {}).get("info_kind", ""))


def made(link: Mapping[str, Any]) -> str:
    """Return the words that make an interface again, "" for a kind of which they are not known."""
    data = link.get("linkinfo", {}).get("info_data", {})
    kind = kind_of(link)
    if kind == "dummy":
        return "type dummy"
    if kind == "veth" and "link" in link:
        return f"type veth peer name {link['link']}"
    if kind == "vrf":
        return f"type vrf table {data['table']}"
    if kind == "vlan":
        return f"link {link['link']} type vlan protocol {data['protocol']} id {data['id']}"
    if kind == "bridge":
        options = [f" {key} {data[key]}" for key in ("stp_state", "vlan_filtering") if data.get(key)]
        return f"type bridge{''.join(options)}"
    if kind == "vxlan":
        return " ".join(vxlan_words(link, data))
    return ""


def vxlan_words(link: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words that make a VXLAN interface."""
    yield f"type vxlan id {data['id']} dstport {data['port']}"
    for word, keys in (
        ("group", ("group", "group6")),
        ("remote", ("remote", "remote6")),
        ("local", ("local", "local6")),
    ):
        yield from (f"{word} {data[key]}" for key in keys if key in data)
    if "link" in link:
        yield f"dev {link['link']}"
    if not data.get("learning", True):
        yield "nolearning"


def addresses(told: Mapping[str, Any], macs: Mapping[str, str]) -> Iterator[str]:
    """Yield each address that neither the kernel nor a router's advertisement gave: `10.0.0.1/32 dev lo`."""
    for interface in json.loads(told.get("addresses") or "[]"):
        name = interface.get("ifname", "")
        if not name or name.startswith(DAEMONS_OWN):
            continue
        for one in interface["addr_info"]:
            own = one.get("local", "") == link_local(macs.get(name, ""))
            if not own and not one.get("dynamic") and one.get("protocol") != "kernel_ll" and "local" in one:
                yield address_words(one, name)


def address_words(one: Mapping[str, Any], interface: str) -> str:
    """Return an address as `ip address add` takes it."""
    peer = f"{one['local']} peer {one['address']}" if "address" in one else one["local"]
    broadcast = f" broadcast {one['broadcast']}" if "broadcast" in one else ""
    label = f" label {one['label']}" if one.get("label", interface) != interface else ""
    scope = f" scope {one['scope']}" if one["family"] == "inet" and one["scope"] != "global" else ""
    return f"{peer}/{one['prefixlen']}{broadcast}{label}{scope} dev {interface}"


def link_local(mac: str) -> str:
    """Return the address that the kernel makes of a hardware address."""
    import ipaddress

    parts = mac.split(":")
    if len(parts) != ETHERNET:
        return ""
    first = f"{int(parts[0], 16) ^ 2:02x}"
    return str(ipaddress.IPv6Address(f"fe80::{first}{parts[1]}:{parts[2]}ff:fe{parts[3]}:{parts[4]}{parts[5]}"))


def vlans(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield the VLANs of a bridge's ports, and of the bridge itself: `dev eth1 vid 10 pvid untagged`."""
    bridges = {link["ifname"] for link in links_of(told) if kind_of(link) == "bridge"}
    for port in json.loads(told.get("vlans") or "[]"):
        own = " self" if port["ifname"] in bridges else ""
        for one in port["vlans"]:
            last = f"-{one['vlanEnd']}" if "vlanEnd" in one else ""
            flags = one.get("flags", [])
            words = [word for word, flag in (("pvid", "PVID"), ("untagged", "Egress Untagged")) if flag in flags]
            yield " ".join([f"dev {port['ifname']} vid {one['vlan']}{last}{own}", *words])


def rules(text: str) -> Iterator[str]:
    """Yield the rules that a person gave: `priority 100 from 10.0.0.1 lookup 7`."""
    for line in text.splitlines():
        if line.strip() and not KERNEL_RULES.match(line) and " proto " not in line:
            priority, _, words = line.partition(":")
            yield f"priority {priority} {' '.join(words.split())}"


def routes(text: str) -> Iterator[str]:
    """Yield the routes that a person gave, as `ip route add` takes them."""
    for line in text.splitlines():
        words = [word for word in line.replace("\\", " ").split() if word not in STATES]
        words[:1] = [ROUTE_TYPES.get(word, word) for word in words[:1]]
        protocol = words[words.index("proto") + 1] if "proto" in words else BOOT
        if words and protocol in {BOOT, STATIC} and "cache" not in words:
            if "nhid" in words:
                at = words.index("nhid")
                del words[at : at + 2]
            yield " ".join(words)


def sysctls(text: str) -> Iterator[tuple[str, str]]:
    """Yield (setting, value) of the network's settings, with single spaces in the value."""
    for line in text.splitlines():
        path, _, value = line.partition(":")
        key = path.removeprefix("/proc/sys/")
        if key.startswith("net/") and not SIDES.search(key):
            yield key, " ".join(value.split())


def plain(configuration: str) -> list[str]:
    """Return a configuration's lines without what FRR puts in by itself: separators, comments, version and end.

    Where vtysh writes to is a setting of vtysh's own, which each runtime's image gives it.
    """
    lines = (line.rstrip() for line in configuration.splitlines())
    own = ("!", "#", "frr version ", "service integrated-vtysh-config")
    return [line for line in lines if line and line != "end" and not line.lstrip().startswith(own)]
