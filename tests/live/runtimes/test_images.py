"""The campus in namespaces: its hosts, switch, firewall and router, its slow link; and a switch on another kernel."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.content import read_topology
from netdojo.model import Network

from .conftest import IMAGES, Trial

CAMPUS = IMAGES.parent / "campus" / "campus.clab.yml"
SERVER = "10.0.20.10"
OWN = ("unshare", "--user", "--map-root-user", "--net", "env", "-i")
IP = """#!/bin/sh
case "$*" in
    *"show type veth") for port in $LINKS; do echo "2: $port@if7: <BROADCAST>"; done ;;
    *) echo "ip $*" >> "$CALLED" ;;
esac
"""
BRIDGE = '#!/bin/sh\necho "bridge $*" >> "$CALLED"\n'


@pytest.fixture(scope="module")
def campus(session_home: Path, trial: Trial) -> Iterator[Network]:
    """The course's campus, once packets get through."""
    network = runtimes.deploy(read_topology(CAMPUS), name="campus-live", runtime="namespaces")
    trial.wait_until(lambda: runtimes.ask(network, "h1", ["ping", "-c", "1", "-W", "1", SERVER]).ok)
    yield network
    runtimes.destroy(network)


def test_campus_is_what_its_file_says(campus: Network) -> None:
    """A page of the other VLAN's host arrives by way of firewall and router, and the administrators' does not."""
    for port, code, text in ((80, 0, "h2\n"), (8080, 7, "")):
        words = ["curl", "-sS", "--max-time", "5", f"http://{SERVER}:{port}/"]
        answer = runtimes.execute(campus, "h1", words)
        assert (code, text) == (answer.code, answer.stdout), answer.stderr
    assert "ttl=62 " in runtimes.ask(campus, "h1", ["ping", "-c", "1", "-W", "2", SERVER]).stdout


def test_slow_link_is_slow(campus: Network) -> None:
    """The link of 10 Mbit/s carries about as much."""
    words = ["iperf3", "--client", SERVER, "--time", "3", "--json"]
    found = json.loads(runtimes.execute(campus, "h1", words).stdout)
    assert 7e6 < found["end"]["sum_received"]["bits_per_second"] < 11e6


def test_program_that_gives_up_root_runs(campus: Network) -> None:
    """tcpdump and nginx become users of their own, and leave root's groups, wherever a network may be."""
    sniff = ["sh", "-c", "ping -c 1 -W 2 10.0.10.1 > /dev/null & exec tcpdump -n -c 1 -i eth1"]
    assert runtimes.execute(campus, "h1", sniff).ok
    assert "" == runtimes.execute(campus, "h2", ["cat", "/var/log/nginx/error.log"]).stdout


def switch(folder: Path, links: str, **settings: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run the switch's entrypoint where `ip` and `bridge` do all that they are told; return it, and what that was."""
    programs, called = folder / "programs", folder / "called"
    programs.mkdir()
    for name, text in (("ip", IP), ("bridge", BRIDGE)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    called.touch()
    variables = {"PATH": f"{programs}:/usr/bin:/bin", "LINKS": links, "CALLED": str(called), **settings}
    words = [*OWN, *(f"{name}={value}" for name, value in variables.items()), str(IMAGES / "switch" / "entrypoint")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)
    return done, called.read_text().splitlines()


def test_switch_has_one_bridge_where_the_kernel_tells_vlans_apart(tmp_path: Path) -> None:
    """Access ports give and take their VLAN untagged, a trunk its VLANs tagged; the others are in VLAN 1."""
    settings = {"eth1": "access 10", "e1-2": "trunk 10,20 native 99", "eth3": "trunk 4094"}
    done, called = switch(tmp_path, "eth1 e1-2 eth3 eth4", **settings)

    assert (0, "") == (done.returncode, done.stderr)
    assert [line for line in called if line.startswith("ip link add")] == [
        "ip link add br0 type bridge mcast_snooping 0 vlan_filtering 1 vlan_default_pvid 0"
    ]
    assert [
        "bridge vlan add dev eth1 vid 10 pvid untagged",
        "bridge vlan add dev e1-2 vid 10",
        "bridge vlan add dev e1-2 vid 20",
        "bridge vlan add dev e1-2 vid 99 pvid untagged",
        "bridge vlan add dev eth3 vid 4094",
        "bridge vlan add dev eth4 vid 1 pvid untagged",
    ] == [line for line in called if line.startswith("bridge")]
    for port in ("eth1", "e1-2", "eth3", "eth4"):
        assert f"ip link set dev {port} master br0" in called
        assert f"ip link set dev {port} up" in called


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("access", "eth1 must be 'access VLAN', 'trunk VLAN,VLAN…' or 'trunk VLAN,VLAN… native VLAN' (got 'access')"),
        ("access 0", "eth1 must have a VLAN from 1 to 4094 (got '0')"),
        ("access 10 20", "(got 'access 10 20')"),
        ("trunk 10,,4095", "eth1 must have a VLAN from 1 to 4094 (got '4095')"),
        ("trunk 10 untagged 1", "(got 'trunk 10 untagged 1')"),
        ("trunk 1 native x", "eth1 must have a VLAN from 1 to 4094 (got 'x')"),
    ],
)
def test_bad_port_is_told(tmp_path: Path, setting: str, said: str) -> None:
    """What a port is to be and cannot be is said in one line, with what was given."""
    done, _ = switch(tmp_path, "eth1", eth1=setting)

    assert 1 == done.returncode
    assert done.stderr.startswith("switch: eth1 ")
    assert said in done.stderr


def test_variables_that_are_no_ports_are_passed_over(tmp_path: Path) -> None:
    """A node's other variables may be anything; one that says what port it is needs a link."""
    done, called = switch(tmp_path, "eth1", NOTE="access is granted", eth1="access 7")
    assert (0, "") == (done.returncode, done.stderr)
    assert "bridge vlan add dev eth1 vid 7 pvid untagged" in called
