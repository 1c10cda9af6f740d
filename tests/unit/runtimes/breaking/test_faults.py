"""What a fault is asked for is read or refused, all of it at once, before any network is looked at."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from netdojo.errors import FaultRefused, NetdojoError, NotFound
from netdojo.model import End, Fault, FaultKind, FaultOptions, FaultState, Foreign, Link, Network, Node, Topology
from netdojo.runtimes.breaking import configuration, kinds, places, power, reading, record, traffic
from netdojo.runtimes.breaking.cases import Case

GOLDEN = Path(__file__).parents[3] / "errors" / "runtimes" / "faults"
REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "percent-too-much": ("loss", {"percent": "120%"}),
    "percent-too-little": ("loss", {"percent": "0.00001%"}),
    "percent-absent": ("loss", {}),
    "rate-in-bytes": ("rate", {"rate": "10MB"}),
    "delay-and-jitter": ("delay", {"delay": "fast", "jitter": -1}),
    "jitter-over-delay": ("delay", {"delay": "5ms", "jitter": "6ms"}),
    "mtu-without-ipv6": ("mtu", {"mtu": 1279}),
    "times-of-flapping": ("flap", {"up": "soon", "down": 0.01, "count": 0}),
    "period-that-does-not-add-up": ("flap", {"period": 3, "up": 1, "down": 1}),
    "period-too-short": ("flap", {"period": 5, "up": 4.95}),
    "options-of-another-kind": ("link-down", {"mtu": 1400, "percnt": 5}),
    "lines-that-are-none": ("config-drift", {"lines": ["router bgp 1", "a\nb"]}),
    "address-that-is-none": ("duplicate-address", {"address": "10.0.0.300"}),
}
CONFIG = """frr version 8.4.4
frr defaults datacenter
hostname left
!
interface lo
 ip address 10.0.0.1/32
exit
!
router bgp 65001
 timers bgp 1 3
 neighbor eth1 interface remote-as external
 neighbor 10.1.0.1 remote-as 65002
 !
 address-family ipv4 unicast
  maximum-paths 8
 exit-address-family
exit
!
end
"""


@pytest.mark.parametrize("name", REFUSED)
def test_options_that_cannot_be_have_their_golden_message(name: str) -> None:
    """Each is told with what was expected and what was given, and every one at once."""
    kind, given = REFUSED[name]
    with pytest.raises(FaultRefused) as refused:
        reading.read(FaultKind(kind), given)
    assert (GOLDEN / f"{name}.txt").read_text(encoding="utf-8") == f"{refused.value}\n"


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        ("loss", {"percent": "0.5%"}, FaultOptions(percent=0.5)),
        ("loss", {"percent": 100}, FaultOptions(percent=100)),
        ("rate", {"rate": "1.5mbit"}, FaultOptions(rate=1_500_000)),
        ("rate", {"rate": "512Kbit"}, FaultOptions(rate=512_000)),
        ("delay", {"delay": "1.5s", "jitter": "20"}, FaultOptions(delay=1500, jitter=20)),
        ("mtu", {"mtu": "1280"}, FaultOptions(mtu=1280)),
        ("flap", {}, FaultOptions(up=5, down=5)),
        ("flap", {"period": 3}, FaultOptions(up=1.5, down=1.5)),
        ("flap", {"period": "3s", "down": "1"}, FaultOptions(up=2, down=1)),
        ("flap", {"up": 2, "count": "4"}, FaultOptions(up=2, down=5, count=4)),
        ("config-drift", {"lines": None}, FaultOptions()),
        ("config-drift", {"lines": "banner motd line no"}, FaultOptions(lines=("banner motd line no",))),
        ("duplicate-address", {"address": "10.0.0.12"}, FaultOptions(address="10.0.0.12/32")),
        ("node-stopped", {"percent": None}, FaultOptions()),
    ],
)
def test_options_are_read_as_a_person_writes_them(kind: str, given: dict[str, Any], wanted: FaultOptions) -> None:
    assert wanted == reading.read(FaultKind(kind), given)


def test_every_kind_has_its_way_and_its_options() -> None:
    """A kind that is named can be imposed."""
    assert set(FaultKind) == set(kinds.WAYS) == set(reading.TAKEN)


def topology() -> Topology:
    nodes = tuple(Node(name=name, kind="linux", image="frr") for name in ("leaf1", "spine1", "alone"))
    links = (Link(a=End(node="leaf1", interface="eth1"), b=End(node="spine1", interface="eth4")),)
    out = Foreign(
        key="link.mgmt-net", path="topology.links[1]", line=9, value="alone:eth1, mgmt-net:a1", nodes=("alone",)
    )
    return Topology(name="t", file=Path("t.clab.yml"), images=Path("images"), nodes=nodes, links=links, foreign=(out,))


def test_cable_is_the_same_from_either_end() -> None:
    near, far = (places.cable(topology(), one) for one in ("leaf1:eth1", "spine1:eth4"))
    assert (near.name, near.near) == (far.name, far.far)


@pytest.mark.parametrize(
    ("place", "target", "said"),
    [
        (places.cable, "leaf1:eth2", "did you mean 'leaf1:eth1'"),
        (places.cable, "leef1:eth1", "did you mean 'leaf1'"),
        (places.cable, "leaf1", r"must be NODE:INTERFACE, as leaf1:eth1 \(got 'leaf1'\)"),
        (places.node, "leaf1:eth1", r"must be a NODE, as leaf1 \(got 'leaf1:eth1'\)"),
        (places.node, "spin1", "did you mean 'spine1'"),
        (
            places.cable,
            "alone:eth1",
            r"cable's between two nodes \(got 'alone:eth1', which leads elsewhere\)",
        ),
        (places.cable, "alone:eth2", "did you mean 'leaf1:eth1'"),
        (places.daemon, "leaf1", "must be NODE:DAEMON, as leaf1:bgpd"),
    ],
)
def test_target_that_is_none_says_what_it_must_be(place: Any, target: str, said: str) -> None:
    with pytest.raises(NetdojoError, match=said):
        place(topology(), target)


def test_kind_with_a_typo_suggests_the_near_one() -> None:
    with pytest.raises(NotFound, match="did you mean 'daemon-killed'"):
        reading.kind_of("deamon-killed")


def test_configuration_is_lines_below_lines() -> None:
    """Contexts are kept, what only frames them is not."""
    found = configuration.read(CONFIG)
    assert ("router bgp 65001", "address-family ipv4 unicast", "maximum-paths 8") in found
    assert ("interface lo", "ip address 10.0.0.1/32") in found
    assert [] == [line for line in found if line[-1].startswith(("exit", "!", "hostname", "end"))]


def test_what_a_drift_changed_is_what_is_gone_and_what_is_new() -> None:
    after = CONFIG.replace("timers bgp 1 3", "timers bgp 7 21").replace("  maximum-paths 8\n", "")
    gone, new = configuration.changed(CONFIG, after)
    ipv4 = ("router bgp 65001", "address-family ipv4 unicast", "maximum-paths 8")
    assert [("router bgp 65001", "timers bgp 1 3"), ipv4] == gone
    assert [("router bgp 65001", "timers bgp 7 21")] == new


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        (CONFIG, ["router bgp 65001", "neighbor eth1 shutdown"]),
        (
            CONFIG.replace(" neighbor eth1 interface remote-as external\n", ""),
            ["router bgp 65001", "neighbor 10.1.0.1 remote-as 65003"],
        ),
        (
            CONFIG.replace("external\n", "external\n neighbor eth1 shutdown\n"),
            ["router bgp 65001", "neighbor 10.1.0.1 remote-as 65003"],
        ),
        ("router ospf\n network 10.0.0.0/8 area 0\n", []),
    ],
)
def test_usual_drift_is_of_the_first_neighbour_that_can_be_wrong(config: str, wanted: list[str]) -> None:
    assert wanted == configuration.usual(config)


def case(**options: Any) -> Case:
    network = Network.model_construct(name="t", topology=topology())
    return Case(network, 3, FaultKind.loss, "leaf1:eth1", FaultOptions(**options))


def test_rule_draws_lots_unless_every_packet_is_lost() -> None:
    """A percentage is parts of a million; all of them is no draw, which nftables would refuse."""
    end = End(node="leaf1", interface="eth1")
    assert "numgen random mod 1000000 < 125000 counter drop" in traffic.ruleset(case(percent=12.5), end)
    assert "netdev netdojo_fault_3_0 loss counter drop" in traffic.ruleset(case(percent=100), end)


def test_counters_are_read_from_what_nftables_lists() -> None:
    """The first rule counts what came in, the second what was lost, as nftables 1.0.6 lists them."""
    listed = (
        '{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"family": "netdev", "name": "t"}}, '
        '{"rule": {"expr": [{"counter": {"packets": 201, "bytes": 20864}}]}}, '
        '{"rule": {"expr": [{"match": {"op": "<", "left": {"numgen": {"mode": "random", "mod": 1000000, "offset": 0}}, '
        '"right": 300000}}, {"counter": {"packets": 54, "bytes": 5576}}, {"drop": null}]}}]}'
    )
    assert (201, 54) == traffic.counted(listed)


def test_line_of_a_client_that_was_killed_as_it_wrote_is_passed_over(tmp_path: Path) -> None:
    """The last whole line of a fault says how it stands."""
    imposed = datetime(2026, 3, 1, 9, 0, tzinfo=timezone.utc)
    fault = Fault(id=1, kind=FaultKind.mtu, target="leaf1:eth1", state=FaultState.imposing, imposed=imposed)
    entry = record.Entry(fault=fault, touches=("the mtu of leaf1:eth1",), before={"mtu": 1500})
    with (tmp_path / "faults.jsonl").open("w+b") as file:
        kept = record.Record(file)
        kept.add(entry)
        kept.add(entry.now(FaultState.in_force, seen="1400"))
        file.write(b'{"fault": {"id": 1, "kind": "mt')
    with (tmp_path / "faults.jsonl").open("r+b") as file:
        again = record.Record(file)
    assert [FaultState.in_force] == [one.fault.state for one in again.lasting]
    assert 1 == len(again.entries)


@pytest.mark.parametrize(
    ("name", "argv", "words"),
    [
        ("bgpd", ["/usr/lib/frr/bgpd", "-F", "datacenter"], ["/usr/lib/frr/bgpd", "-F", "datacenter"]),
        ("trunk", ["python3", "/netdojo/trunk", "--vlan", "7"], ["/netdojo/trunk", "--vlan", "7"]),
        ("a-name-that-is-", ["/bin/sh", "/srv/a-name-that-is-longer"], ["/srv/a-name-that-is-longer"]),
        ("renamed", ["/usr/bin/perl", "-w", "/srv/x"], ["/usr/bin/perl", "-w", "/srv/x"]),
    ],
)
def test_a_process_is_started_under_the_name_that_it_had(name: str, argv: list[str], words: list[str]) -> None:
    """A script is started by itself: by its interpreter it would be another process to whoever looks for it."""
    assert words == power.as_started({"name": name, "argv": argv})
