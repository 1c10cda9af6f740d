"""Save, restore and diff do the same in both runtimes, and a save of one is restored in the other."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.errors import InvalidFiles, NetworkExists, NodeUnreachable, RestoreFailed, SaveFailed, WrongUse
from netdojo.model import Network, NodeState, Topology

from .conftest import Trial

TYPED = (
    "vtysh -c 'conf t' -c 'interface lo' -c 'ip address 192.0.2.9/32' -c exit -c 'ip route 198.51.100.0/24 blackhole'",
    "ip link add mine type veth peer name other",
    "ip link set mine mtu 1300 up && ip link set other up && ip link set eth2 mtu 1400",
    "ip address add 203.0.113.1/24 dev mine && ip address add 2001:db8::1/64 dev mine",
    "ip route add 10.99.0.0/16 via 203.0.113.7 && ip -6 route add 2001:db8:9::/48 dev mine proto static",
    "ip route add blackhole 10.97.0.0/16 && ip -6 route add unreachable 2001:db8:97::/48",
    "ip route add 10.98.0.0/16 dev mine table 77 && ip rule add from 203.0.113.0/24 lookup 77 priority 500",
    "echo 2 > /proc/sys/net/ipv4/conf/eth1/rp_filter",
    "mkdir -m 700 /srv/kept && echo plan > /srv/kept/plan && chmod 640 /srv/kept/plan && rm /etc/bash.bashrc",
    "ln -s /srv/kept/plan /home/plan && printf 'a\\0b' > '/home/two words' && echo '# mine' >> /etc/hosts",
    "echo gone > /tmp/gone; echo gone > /run/gone; echo gone > /var/log/gone",
)
RULES = (
    "add table inet mine",
    "add chain inet mine in { type filter hook input priority 0; policy accept; }",
    "add rule inet mine in tcp dport 23 counter drop",
)
FILES = "/srv/kept /srv/kept/plan /home/plan '/home/two words' /etc/bash.bashrc"
LISTING = f"stat -c '%n %F %a %N' {FILES}; cat '/home/two words' /home/plan; tail -1 /etc/hosts"
ASKED = {
    "configuration": "vtysh -c 'show running-config no-header'",
    "rules": "nft -s list ruleset",
    "policy": "ip rule; ip -6 rule",
    "table": "ip route show table 77",
    "setting": "cat /proc/sys/net/ipv4/conf/eth1/rp_filter",
    "nowhere": "ip route show type blackhole; ip -6 route show type unreachable",
    "mine": "ip route show dev mine; ip -6 route show dev mine",
}


def change(network: Network) -> None:
    """Do to the left node what a person may do in a long lab."""
    for line in TYPED:
        answer = runtimes.execute(network, "left", ["sh", "-c", line])
        assert answer.ok, f"{line}: {answer.stderr}"
    assert runtimes.ask(network, "left", ["nft", "; ".join(RULES)]).ok


def answers(network: Network) -> dict[str, object]:
    """Return what the left node tells of itself, but for hardware addresses that the kernel chose."""
    told: dict[str, object] = {
        name: runtimes.ask(network, "left", ["sh", "-c", ask]).stdout for name, ask in ASKED.items()
    }
    configuration = str(told["configuration"])
    told["configuration"] = re.sub(r"frr version .*\n|service integrated-vtysh-config\n", "", configuration)
    shown = json.loads(runtimes.ask(network, "left", ["ip", "-j", "address"]).stdout)
    told["addresses"] = {
        link["ifname"]: (link["mtu"], link["operstate"], [one["local"] for one in link["addr_info"] if not own(one)])
        for link in shown
    }
    told["files"] = runtimes.execute(network, "left", ["sh", "-c", LISTING]).stdout
    return told


def own(address: dict[str, object]) -> bool:
    """Whether the kernel made an address of the hardware's."""
    return str(address["local"]).startswith("fe80::")


def restored(topology: Topology, folder: Path, runtime: str, trial: Trial) -> dict[str, object]:
    """Restore a save and return what its left node tells once the routers have converged."""
    network = runtimes.restore(topology, folder, name="again", runtime=runtime)
    try:
        assert "nothing has changed" == runtimes.diff(network, folder).text()
        trial.wait_until(lambda: "10.0.0.2" in trial.bgp_routes(network, "left"))
        trial.wait_until(lambda: "192.0.2.9" in trial.bgp_routes(network, "right"))
        return answers(network)
    finally:
        runtimes.destroy(network)


def test_restored_network_is_what_was_saved(topology: Topology, runtime: str, trial: Trial, tmp_path: Path) -> None:
    """Configuration, rules, addresses, routes, settings and files come back in this runtime and in the other."""
    network = runtimes.deploy(topology, runtime=runtime)
    try:
        change(network)
        before = answers(network)
        saved = runtimes.save(network, tmp_path / "saved")
    finally:
        runtimes.destroy(network)

    assert {} == saved.left_out
    assert before == restored(topology, tmp_path / "saved", runtime, trial)
    other = {"namespaces": "containerlab", "containerlab": "namespaces"}[runtime]
    assert before == restored(topology, tmp_path / "saved", other, trial)


def test_diff_is_what_a_person_changed(topology: Topology, runtime: str) -> None:
    """An untouched network has no changes, nor has one whose configuration was written; then what was typed is told."""
    network = runtimes.deploy(topology, runtime=runtime)
    try:
        assert "nothing has changed" == runtimes.diff(network).text()
        for node in ("left", "right"):
            assert runtimes.execute(network, node, ["vtysh", "-c", "write memory"]).ok
        assert "nothing has changed" == runtimes.diff(network).text()
        change(network)
        changes = runtimes.diff(network)
    finally:
        runtimes.destroy(network)

    assert ["left"] == list(changes.nodes)
    left = changes.nodes["left"]
    added = [line for line in left.configuration.splitlines() if line.startswith(("+ ", "+ip"))]
    assert ["+ip route 198.51.100.0/24 blackhole", "+ ip address 192.0.2.9/32"] == added
    assert "+\t\ttcp dport 23 counter drop" in left.nftables
    assert "+plan" in left.files["/srv/kept/plan"]
    assert "+# mine" in left.files["/etc/hosts"]
    assert "link eth2: mtu 1400 up (before: mtu 1500 up)" in left.settings
    assert "+ route 10.99.0.0/16 via 203.0.113.7 dev mine" in left.settings
    assert "net/ipv4/conf/eth1/rp_filter = 2 (before: 0)" in left.settings
    assert "/home/plan: new link to /srv/kept/plan" in left.others
    assert "/home/two words: new file, mode 0644" in left.others
    assert "gone" not in changes.text()


def test_fault_is_nobodys_change(topology: Topology, runtime: str, trial: Trial, tmp_path: Path) -> None:
    """What a fault did is told as such and not saved; lifted, it leaves no change, though it came before all else."""
    network = runtimes.deploy(topology, runtime=runtime)
    try:
        runtimes.fault(network, "link-down", "left:eth1")
        runtimes.fault(network, "rate", "left:eth2", rate="10mbit")
        with pytest.raises(
            WrongUse, match=r"link-down at left:eth1 \(fault 1\), rate at left:eth2 \(fault 2\)"
        ) as told:
            runtimes.save(network, tmp_path / "saved")
        assert "netdojo lab lift pair --all" in told.value.help
        assert "what faults did is among this: link-down at left:eth1 (fault 1)" in runtimes.diff(network).text()
        runtimes.lift(network)
        trial.wait_until(lambda: "nothing has changed" == runtimes.diff(network).text())
        runtimes.save(network, tmp_path / "saved")
    finally:
        runtimes.destroy(network)


def test_ssh_session_is_too_late_to_change_the_start(topology: Topology, runtime: str) -> None:
    """The start is remembered before the first session in a node begins, so that what it does is a change."""
    network = runtimes.deploy(topology, runtime=runtime)
    try:
        line = "conf t\ninterface lo\ndescription typed first\nend\nexit\n"
        command = ["ssh", "-F", str(network.ssh_config), "left"]
        subprocess.run(command, input=line, capture_output=True, text=True, timeout=30, check=False)
        changes = runtimes.diff(network)
    finally:
        runtimes.destroy(network)

    assert "+ description typed first" in changes.nodes["left"].configuration


def test_what_cannot_be_saved_is_told(topology: Topology, runtime: str, trial: Trial, tmp_path: Path) -> None:
    """A pipe is left out and named; a file that is too large, or a router without a daemon, is an error."""
    network = runtimes.deploy(topology, runtime=runtime)
    try:
        assert runtimes.execute(network, "left", ["mkfifo", "/home/pipe"]).ok
        assert {"left": ("'/home/pipe' is no file, folder or link",)} == runtimes.save(network, tmp_path / "a").left_out
        assert runtimes.execute(network, "left", ["truncate", "-s", "9M", "/home/large"]).ok
        with pytest.raises(SaveFailed, match="left: /home/large has 9437184 bytes: at most 8 MiB can be saved"):
            runtimes.save(network, tmp_path / "b")
        assert runtimes.execute(network, "left", ["rm", "/home/large"]).ok
        assert runtimes.execute(network, "right", ["pkill", "-9", "bgpd"]).ok
        trial.wait_until(lambda: runtimes.inspect(network).nodes["right"] is NodeState.degraded)
        with pytest.raises(NodeUnreachable, match="right of 'pair' has stopped, or a daemon of it has"):
            runtimes.save(network, tmp_path / "b")
    finally:
        runtimes.destroy(network)

    assert ["a", "course", "home"] == sorted(one.name for one in tmp_path.iterdir())


def test_restore_wants_a_fresh_network_of_the_same_topology(topology: Topology, runtime: str, tmp_path: Path) -> None:
    """A deployed network is left alone; a save of another topology is refused with what differs."""
    network = runtimes.deploy(topology, runtime=runtime)
    try:
        runtimes.save(network, tmp_path / "saved")
        with pytest.raises(NetworkExists, match="End it first: netdojo lab destroy pair"):
            runtimes.restore(topology, tmp_path / "saved", runtime=runtime)
        assert runtimes.execute(network, "left", ["true"]).ok
    finally:
        runtimes.destroy(network)
    another = topology.model_copy(update={"nodes": topology.nodes[:1], "links": ()})
    with pytest.raises(InvalidFiles, match=r"topology\.nodes\.right: must be a node of this topology"):
        runtimes.restore(another, tmp_path / "saved", runtime=runtime)
    assert [] == runtimes.networks()


def test_failed_restore_leaves_nothing(topology: Topology, runtime: str, tmp_path: Path) -> None:
    """Rules that nft does not take, and a configuration that FRR does not, end the restored network."""
    network = runtimes.deploy(topology, runtime=runtime)
    try:
        change(network)
        runtimes.save(network, tmp_path / "saved")
    finally:
        runtimes.destroy(network)
    rules = tmp_path / "saved" / "nodes" / "left" / "nftables.nft"
    kept = rules.read_text()
    rules.write_text("table inet mine {\n no rules\n}\n")
    with pytest.raises(RestoreFailed, match="left: nft did not take the rules"):
        runtimes.restore(topology, tmp_path / "saved", runtime=runtime)
    rules.write_text(kept)
    configuration = tmp_path / "saved" / "nodes" / "left" / "running.conf"
    configuration.write_text(configuration.read_text().replace("router bgp", "router bpg"))
    with pytest.raises(RestoreFailed, match="left: the daemons did not take the configuration"):
        runtimes.restore(topology, tmp_path / "saved", runtime=runtime)
    assert [] == runtimes.networks()


RESTORE = """
import sys
from pathlib import Path
from netdojo import runtimes
from netdojo.content import read_topology
tell = lambda step: print(step.phase, flush=True)
runtimes.restore(read_topology(Path(sys.argv[1])), Path(sys.argv[2]), runtime=sys.argv[3], tell=tell)
"""


def test_killed_restore_leaves_nothing(topology: Topology, runtime: str, trial: Trial, tmp_path: Path) -> None:
    """A client that is killed while it restores takes the network with it."""
    network = runtimes.deploy(topology, runtime=runtime)
    try:
        change(network)
        runtimes.save(network, tmp_path / "saved")
    finally:
        runtimes.destroy(network)
    words = [sys.executable, "-c", RESTORE, str(topology.file), str(tmp_path / "saved"), runtime]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=os.environ) as client:
        assert client.stdout is not None
        assert any(line == "ready\n" for line in client.stdout)
        client.send_signal(signal.SIGKILL)
        assert "" == client.stdout.read().replace("restoring\n", "")
    folder = network.folder
    trial.wait_until(lambda: not folder.exists())

    assert [] == runtimes.networks()
