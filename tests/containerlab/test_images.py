"""Host, switch, firewall and router do the same in both runtimes, and so does what a topology asks of its links."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.content import read_topology
from netdojo.errors import DeployFailed, TopologyUnsupported
from netdojo.model import Answer, Network
from netdojo.runtimes import impairments

from .conftest import IMAGES, Trial

Deploy = Callable[[str], Network]
CAMPUS = IMAGES.parent / "campus" / "campus.clab.yml"
SERVER = "10.0.20.10"
ADDRESSES = {name: f"10.0.0.{number}" for number, name in enumerate("abcdef", 1)}
TRUNK = """
  nodes:
    a: {exec: [ip address add 10.0.0.1/24 dev eth1]}
    b: {exec: [ip address add 10.0.0.2/24 dev eth1], env: {SERVICES: nginx}}
    c: {exec: [ip address add 10.0.0.3/24 dev eth1]}
    d: {exec: [ip address add 10.0.0.4/24 dev eth1]}
    e: {exec: [ip address add 10.0.0.5/24 dev eth1]}
    f: {exec: [ip address add 10.0.0.6/24 dev eth1]}
    left:
      image: netdojo/switch
      env: &is {eth1: access 10, eth2: access 20, eth3: access 30, eth9: "trunk 10,20 native 30"}
    right: {image: netdojo/switch, env: *is}
  links:
    - endpoints: ["a:eth1", "left:eth1"]
    - endpoints: ["c:eth1", "left:eth2"]
    - endpoints: ["e:eth1", "left:eth3"]
    - endpoints: ["b:eth1", "right:eth1"]
    - endpoints: ["d:eth1", "right:eth2"]
    - endpoints: ["f:eth1", "right:eth3"]
    - endpoints: ["left:eth9", "right:eth9"]
"""
NETEM_IS_ABSENT = "kernel has no netem"
BAD = {
    "a ruleset that does not load": (
        '{image: netdojo/firewall, binds: ["broken:/etc/nftables.conf"]}',
        "(?s)broken.*/etc/nftables.conf does not load",
    ),
    "no ruleset": ("{image: netdojo/firewall}", "bind the topology's ruleset"),
    "a VLAN that is none": (
        "{image: netdojo/switch, env: {eth1: access 4095}}",
        r"eth1 must have a VLAN from 1 to 4094 \(got '4095'\)",
    ),
    "a port that is none": ("{image: netdojo/switch, env: {eth1: trunk}}", r"eth1 must be .* \(got 'trunk'\)"),
    "a port without a link": (
        "{image: netdojo/switch, env: {eth7: access 10}}",
        "eth7 is to be 'access 10', and there is no link",
    ),
    "a server that is none": ("{image: netdojo/host, env: {SERVICES: nginx ftp}}", r"must be .* \(got 'ftp'\)"),
    "a configuration that nginx refuses": (
        '{image: netdojo/host, env: {SERVICES: nginx}, binds: ["broken:/etc/nginx/nginx.conf"]}',
        '(?s)unknown directive "broken".*nginx does not start',
    ),
    "a daemon that FRR has not": (
        '{image: netdojo/frr, binds: ["daemons:/etc/frr/daemons"]}',
        "pim6d=yes in /etc/frr/daemons, and this FRR has no pim6d: take the line out, or install",
    ),
}


@pytest.fixture(scope="module")
def campus(runtime: str, session_home: Path, trial: Trial) -> Iterator[Network]:
    """The course's campus in one runtime, then in the other, once packets get through; no test may leave it changed."""
    deployed = runtimes.deploy(read_topology(CAMPUS), name=f"campus-{runtime}", runtime=runtime)
    trial.wait_until(lambda: runtimes.ask(deployed, "h1", ["ping", "-c", "1", "-W", "1", SERVER]).ok)
    yield deployed
    runtimes.destroy(deployed)


@pytest.fixture
def deploy(home: Path, tmp_path: Path, runtime: str) -> Iterator[Deploy]:
    """Return what deploys the `topology` part of a file, in which every node is of kind linux."""
    folder = tmp_path / "topologies" / "trial"
    folder.mkdir(parents=True)
    (folder / "broken").write_text("broken;\n")
    (folder / "daemons").write_text("pim6d=yes\n")

    def write_and_deploy(text: str) -> Network:
        file = folder / "trial.clab.yml"
        file.write_text(f"name: trial\ntopology:\n  defaults: {{kind: linux, image: netdojo/host}}\n{text}\n")
        return runtimes.deploy(read_topology(file), runtime=runtime)

    yield write_and_deploy
    for network in runtimes.networks():
        runtimes.destroy(network)


def run(network: Network, node: str, command: str, timeout: float = 30) -> Answer:
    return runtimes.execute(network, node, ["sh", "-c", command], timeout=timeout)


def captured(network: Network, node: str, interface: str, what: str, cause: tuple[str, str]) -> str:
    """Return the first packet of `what` at a node's interface while another node runs a command that causes it."""
    sniff = f"tcpdump -n -i {interface} -c 1 -w /tmp/seen.pcap '{what}' 2> /tmp/said"
    began = run(network, node, f"{sniff} & until grep -q listening /tmp/said; do sleep 0.05; done; echo $!")
    assert began.ok, began.stderr
    try:
        assert run(network, *cause).ok
        gone = f"until ! kill -0 {began.stdout.strip()} 2> /dev/null; do sleep 0.05; done"
        assert run(network, node, gone, timeout=10).ok
        return run(network, node, "tcpdump -e -n -r /tmp/seen.pcap").stdout
    finally:
        run(network, node, "rm -f /tmp/seen.pcap /tmp/said")


def carried(network: Network, node: str, server: str, *options: str) -> float:
    """Return the Mbit/s that iperf3 gets through in three seconds, as the receiver counts."""
    words = ["iperf3", "--client", server, "--time", "3", "--json", *options]
    answer = runtimes.execute(network, node, words, timeout=30)
    assert answer.ok, answer.stdout + answer.stderr
    return float(json.loads(answer.stdout)["end"]["sum_received"]["bits_per_second"]) / 1e6


def test_hosts_reach_each_other_by_way_of_firewall_and_router(campus: Network) -> None:
    """A ping crosses two VLANs, and has been forwarded twice when it arrives."""
    answer = run(campus, "h1", f"ping -c 2 -i 0.2 -W 2 {SERVER}")
    assert answer.ok, answer.stdout
    assert "ttl=62 " in answer.stdout


def test_firewall_lets_web_pages_through_and_refuses_another_port(campus: Network) -> None:
    """nginx serves both ports; the firewall's rules let one of them be reached."""
    assert "for administrators\n" == run(campus, "h2", "curl -sS http://127.0.0.1:8080/").stdout
    assert "h2\n" == run(campus, "h1", f"curl -sS --max-time 5 http://{SERVER}/").stdout
    assert 7 == run(campus, "h1", f"curl -sS --max-time 5 http://{SERVER}:8080/").code


def test_slow_link_carries_what_it_is_said_to(campus: Network) -> None:
    """Across the link of 10 Mbit/s it is about as much, in both of its directions."""
    assert 7 < carried(campus, "h1", SERVER) < 11
    assert 7 < carried(campus, "h1", SERVER, "--reverse") < 11


def test_vlans_are_apart(campus: Network) -> None:
    """With an address of the other VLAN's network, a host finds nobody of it; with one of its own it does."""
    other = "ip address add 10.0.20.99/24 dev eth1; ping -c 1 -W 1 -I 10.0.20.99 10.0.20.1; code=$?"
    assert 0 != run(campus, "h1", f"{other}; ip address delete 10.0.20.99/24 dev eth1; exit $code").code
    own = "ip address add 10.0.10.99/24 dev eth1; ping -c 1 -W 1 -I 10.0.10.99 10.0.10.1; code=$?"
    assert 0 == run(campus, "h1", f"{own}; ip address delete 10.0.10.99/24 dev eth1; exit $code").code


def test_web_server_has_its_files_in_its_node(campus: Network) -> None:
    """What nginx writes is in the node that runs it, and neither in another nor on this machine."""
    assert run(campus, "h1", f"curl -sS --max-time 5 'http://{SERVER}/?by=me'").ok
    assert run(campus, "h2", "grep '^10.0.10.10 .*GET /?by=me ' /var/log/nginx/access.log").ok
    assert run(campus, "h2", "test -s /run/nginx.pid").ok
    assert not run(campus, "h1", "test -e /run/nginx.pid").ok
    assert not Path("/run/nginx.pid").exists()


@pytest.mark.parametrize("node", ["h1", "sw1", "fw1", "r1"])
def test_packets_are_seen_where_they_pass(campus: Network, node: str) -> None:
    """tcpdump, in the node, writes the ping that h1 sends to a file that can be read again."""
    seen = captured(campus, node, "eth1", "icmp", ("h1", f"ping -c 2 -i 0.2 -W 2 {SERVER}"))
    assert f"10.0.10.10 > {SERVER}: ICMP echo" in seen


@pytest.mark.parametrize("node", ["h1", "sw1", "fw1"])
def test_ssh_is_a_linux_shell(campus: Network, node: str) -> None:
    """A session is bash, in the node; a command gives its output, its errors and its code."""
    ssh = ["ssh", "-F", str(campus.ssh_config), node]
    words = "hostname; echo ${BASH_VERSION:+bash}; pwd; echo no >&2; exit 3"
    shown = subprocess.run([*ssh, words], capture_output=True, text=True, timeout=20, check=False)
    assert (3, f"{node}\nbash\n/root\n", "no\n") == (shown.returncode, shown.stdout, shown.stderr)
    typed = subprocess.run(
        [*ssh, "-tt"], input="echo $((40+2))\nexit 5\n", capture_output=True, text=True, timeout=20, check=False
    )
    assert 5 == typed.returncode
    assert "\n42" in typed.stdout
    assert f"root@{node}:~#" in typed.stdout


def test_router_has_no_shell(campus: Network) -> None:
    """Beside hosts that have one, a router's SSH is its command line alone."""
    ssh = ["ssh", "-F", str(campus.ssh_config), "r1", "touch /srv/no"]
    assert 0 != subprocess.run(ssh, capture_output=True, timeout=20, check=False).returncode
    assert not run(campus, "r1", "test -e /srv/no").ok


@pytest.mark.parametrize("case", BAD)
def test_node_that_cannot_be_what_it_is_to_be_says_why(deploy: Deploy, case: str) -> None:
    """The deployment fails with the image's own words and what the program said."""
    node, reason = BAD[case]
    with pytest.raises(DeployFailed, match=reason):
        deploy(f'  nodes: {{bad: {node}, other: }}\n  links: [{{endpoints: ["bad:eth1", "other:eth1"]}}]')


def test_trunk_carries_vlans_apart(deploy: Deploy) -> None:
    """Over one link between two switches, each host reaches the one of its VLAN alone, with packets of full size."""
    network = deploy(TRUNK)
    pairs = {one: other for vlan in ("ab", "cd", "ef") for one, other in (vlan, reversed(vlan))}
    for one, other in pairs.items():
        assert run(network, one, f"ping -c 1 -W 2 -M do -s 1472 {ADDRESSES[other]}").ok, (one, other)
        strangers = [ADDRESSES[name] for name in pairs if name not in (one, other)]
        assert not any(run(network, one, f"ping -c 1 -W 0.3 {address}").ok for address in strangers), one
    assert "b\n" == run(network, "a", f"curl -sS --max-time 5 http://{ADDRESSES['b']}/").stdout


def test_trunk_tells_vlans_by_their_tags(deploy: Deploy) -> None:
    """On the link between the switches a frame has the tag of its VLAN, and one of the native VLAN has none."""
    network = deploy(TRUNK)
    for one, other, kind in (("a", "b", "vlan 10"), ("c", "d", "vlan 20"), ("e", "f", "ethertype ARP (0x0806)")):
        ping = (one, f"ping -c 1 -W 2 {ADDRESSES[other]}")
        assert kind in captured(network, "left", "eth9", "arp or (vlan and arp)", ping)


def test_delay_is_one_where_the_kernel_can(deploy: Deploy) -> None:
    """A ping takes the delay on its way and back, or nothing is started and the key is named."""
    text = """
  nodes:
    a: {exec: [ip address add 10.0.0.1/24 dev eth1]}
    b: {exec: [ip address add 10.0.0.2/24 dev eth1]}
  links:
    - endpoints: ["a:eth1", "b:eth1"]
      labels: {netdojo.delay: 100ms, netdojo.rate: 1mbit}
"""
    if not impairments.can("delay"):
        with pytest.raises(TopologyUnsupported, match=rf"links\[0\].labels.netdojo.delay: .*{NETEM_IS_ABSENT}"):
            deploy(text)
        assert [] == runtimes.networks()
        return
    answer = run(deploy(text), "a", "ping -c 3 -i 0.3 -W 2 10.0.0.2")
    assert float(answer.stdout.rpartition("= ")[2].split("/")[0]) > 200
