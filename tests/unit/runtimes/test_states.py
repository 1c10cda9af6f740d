"""What iproute2, tc and FRR tell of a node, read into what can be said to them again."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from netdojo.model import FileKind, LinkSetting
from netdojo.runtimes import qdiscs, states

LINKS: list[dict[str, Any]] = [
    {"ifname": "lo", "flags": ["LOOPBACK", "UP"], "mtu": 65536, "address": "00:00:00:00:00:00"},
    {"ifname": "eth1", "flags": ["UP"], "mtu": 1500, "address": "be:64:d6:fb:a7:b8", "linkinfo": {"info_kind": "veth"}},
]
VLAN = {
    "ifname": "eth1.10",
    "link": "eth1",
    "flags": [],
    "mtu": 1400,
    "address": "be:64:d6:fb:a7:b8",
    "linkinfo": {"info_kind": "vlan", "info_data": {"protocol": "802.1Q", "id": 10}},
}
BRIDGE = {"ifname": "br0", "flags": ["UP"], "mtu": 1500, "linkinfo": {"info_kind": "bridge", "info_data": {}}}
PORT = {"ifname": "p1", "link": "p2", "flags": [], "mtu": 1500, "master": "br0", "linkinfo": {"info_kind": "veth"}}


def told(links: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Return what a node tells at one moment."""
    return {"links": json.dumps(links), "configuration": "hostname a\n", **more}


def compared(now: dict[str, Any], *files: dict[str, Any], start: dict[str, Any] | None = None) -> states.NodeState:
    """Return what a node is now."""
    return states.read_states({"start": start or told(LINKS), "now": now, "files": list(files)})[1]


def test_links_that_a_person_made_have_the_words_that_make_them() -> None:
    """A VLAN, a bridge and its port come with their kinds; those of the start with none."""
    links = compared(told([*LINKS, VLAN, BRIDGE, PORT])).kernel.links

    assert LinkSetting(mtu=1500, up=True, mac="be:64:d6:fb:a7:b8") == links["eth1"]
    assert LinkSetting(mtu=1400, up=False, made="link eth1 type vlan protocol 802.1Q id 10") == links["eth1.10"]
    assert LinkSetting(made="type bridge") == links["br0"]
    assert ("br0", "type veth peer name p2") == (links["p1"].master, links["p1"].made)


def test_a_link_of_another_kind_is_left_out_with_its_addresses() -> None:
    """What cannot be made again is named, and nothing is said of it; a daemon's own interface is not a person's."""
    strange = {"ifname": "wg0", "flags": [], "mtu": 1420, "linkinfo": {"info_kind": "wireguard"}}
    daemons = {"ifname": "pimreg", "flags": [], "mtu": 1472, "linkinfo": {"info_kind": "pimreg"}}
    shown = [
        {"ifname": "wg0", "addr_info": [{"family": "inet", "local": "10.1.1.1", "prefixlen": 24, "scope": "global"}]}
    ]
    shaped = "qdisc noqueue 0: dev lo root refcnt 2 \nqdisc htb 1: dev eth1 root refcnt 2 r2q 10\n"
    now = compared(told([*LINKS, strange, daemons], addresses=json.dumps(shown), qdiscs=shaped))

    assert ("interface wg0 of kind wireguard", "qdisc htb of eth1") == now.left_out
    assert ({"lo", "eth1"}, ()) == (set(now.kernel.links), now.kernel.addresses)


def test_addresses_that_nobody_gave_are_not_a_persons() -> None:
    """Link-local addresses of the hardware and advertised ones are left out; a link-local of one's own stays."""
    given = [
        {"family": "inet", "local": "10.0.0.1", "prefixlen": 32, "scope": "global", "label": "eth1"},
        {
            "family": "inet",
            "local": "10.0.0.2",
            "address": "10.0.0.3",
            "prefixlen": 32,
            "scope": "link",
            "label": "eth1:a",
        },
        {"family": "inet6", "local": "fe80::bc64:d6ff:fefb:a7b8", "prefixlen": 64, "scope": "link"},
        {"family": "inet6", "local": "fe80::1", "prefixlen": 64, "scope": "link"},
        {"family": "inet6", "local": "2001:db8::9", "prefixlen": 64, "scope": "global", "dynamic": True},
    ]
    shown = json.dumps([{}, {"ifname": "eth1", "addr_info": given}])

    assert (
        "10.0.0.1/32 dev eth1",
        "10.0.0.2 peer 10.0.0.3/32 label eth1:a scope link dev eth1",
        "fe80::1/64 dev eth1",
    ) == compared(told(LINKS, addresses=shown)).kernel.addresses


def test_routes_of_daemons_and_of_the_kernel_are_not_a_persons() -> None:
    """Only what came by `ip route` stays, also where FRR's own static routes have nearly the same name."""
    shown = (
        "10.0.0.0/24 dev eth1 proto 2 scope 253 src 10.0.0.1 \n"
        "10.1.0.0/24 via 10.0.0.9 dev eth1 linkdown \n"
        "10.2.0.0/24 proto 4 metric 5 \\\tnexthop via 10.0.0.8 dev eth1 weight 1 "
        "\\\tnexthop via 10.0.0.9 dev eth1 weight 1 \n"
        "10.3.0.0/24 nhid 12 via 10.0.0.9 dev eth1 proto 196 metric 20 \n"
        "10.4.0.0/24 nhid 13 via 10.0.0.9 dev eth1 proto 186 metric 20 \n"
        "6 10.5.0.0/24 table 77 \n"
        "7 10.6.0.0/24 scope 253 \n"
    )

    assert [
        "10.1.0.0/24 via 10.0.0.9 dev eth1",
        "10.2.0.0/24 proto 4 metric 5 nexthop via 10.0.0.8 dev eth1 weight 1 nexthop via 10.0.0.9 dev eth1 weight 1",
        "blackhole 10.5.0.0/24 table 77",
        "unreachable 10.6.0.0/24 scope 253",
    ] == list(states.routes(shown))


def test_rules_of_the_kernel_are_not_a_persons() -> None:
    shown = "0:\tfrom all lookup 255\n500:\tfrom 10.0.0.0/8 lookup 77\n32766:\tfrom all lookup 254\n"
    assert ["priority 500 from 10.0.0.0/8 lookup 77"] == list(states.rules(shown))


def test_settings_of_a_new_interface_are_not_changes() -> None:
    """A setting that was not there at the start came with an interface; what counts up by itself is none."""
    start = told(LINKS, sysctls="/proc/sys/net/ipv4/ip_forward:1\n/proc/sys/net/core/rmem:1\t2  3\n")
    shown = "/proc/sys/net/ipv4/ip_forward:0\n/proc/sys/net/core/rmem:1 2 3\n"
    shown += "/proc/sys/net/ipv4/conf/new/forwarding:1\n/proc/sys/net/netfilter/nf_conntrack_count:9\n"
    now = compared(told(LINKS, sysctls=shown), start=start)

    assert {"net/ipv4/ip_forward": "0", "net/core/rmem": "1 2 3"} == now.kernel.sysctls


def test_vlans_are_said_as_bridge_takes_them() -> None:
    """A range, a port's own VLAN, and one of the bridge itself."""
    shown = [
        {"ifname": "p1", "vlans": [{"vlan": 1, "flags": ["PVID", "Egress Untagged"]}, {"vlan": 10, "vlanEnd": 12}]},
        {"ifname": "br0", "vlans": [{"vlan": 5}]},
    ]
    now = compared(told([*LINKS, BRIDGE, PORT], vlans=json.dumps(shown)))

    assert ("dev p1 vid 1 pvid untagged", "dev p1 vid 10-12", "dev br0 vid 5 self") == now.kernel.vlans


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("qdisc noqueue 0: dev lo root refcnt 2", []),
        ("qdisc fq_codel 0: dev eth1 root refcnt 2 limit 10240p", []),
        ("qdisc htb 1: dev eth1 root refcnt 2 r2q 10", []),
        (
            "qdisc tbf 8001: dev eth1 root refcnt 2 rate 1Mbit burst 5Kb lat 50ms",
            ["dev eth1 root handle 8001: tbf rate 1Mbit burst 5Kb lat 50ms"],
        ),
        ("qdisc pfifo 2: dev eth1 parent 1:1 limit 9p", ["dev eth1 parent 1:1 handle 2: pfifo limit 9"]),
        ("qdisc ingress ffff: dev eth1 parent ffff:fff1 ----------------", ["dev eth1 ingress"]),
    ],
)
def test_qdiscs_are_said_as_tc_takes_them(shown: str, words: list[str]) -> None:
    """The kernel's own are left alone, and so are those that classes belong to."""
    assert words == list(qdiscs.lines(shown))


def test_files_are_read_with_what_they_were() -> None:
    """A new file has nothing before it; a pipe, and a name that no text can hold, are left out and named."""
    side = {"kind": "file", "mode": 0o640, "size": 2, "target": "", "data": base64.b64encode(b"hi").decode()}
    new = {"path": "/home/a", "was": None, "now": side}
    pipe = {"path": "/home/p", "was": None, "now": {**side, "kind": "other", "data": None}}
    odd = {"path": "/home/\udcff", "was": None, "now": side}
    start, now = states.read_states({"start": told(LINKS), "now": told(LINKS), "files": [new, pipe, odd]})

    assert FileKind.absent is start.files["/home/a"].what.kind
    assert (b"hi", "0640") == (now.files["/home/a"].data, now.files["/home/a"].what.mode)
    assert ("'/home/p' is no file, folder or link", "'/home/\\udcff' is no file, folder or link") == now.left_out


def test_what_frr_puts_in_by_itself_is_no_configuration() -> None:
    """Separators, the version and the end differ between a running and a written configuration."""
    running = "frr version 8.4.4\nhostname a\n!\nrouter bgp 1\nexit\n!\nend\n"
    written = "frr version 8.5\nhostname a\nservice integrated-vtysh-config\n!\nrouter bgp 1\nexit\n"

    assert ["hostname a", "router bgp 1", "exit"] == states.plain(running) == states.plain(written)
