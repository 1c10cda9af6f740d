"""A deployed network takes commands at once, converges, and goes without a trace; what fails leaves nothing."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from netdojo import places, runtimes
from netdojo.errors import (
    DeployFailed,
    DeployTimeout,
    HostNotReady,
    NetworkComingUp,
    NetworkExists,
    NodeUnreachable,
    NotFound,
)
from netdojo.model import Bind, ListedState, Network, NodeState, Progress, Topology
from netdojo.runtimes.namespaces import runtime as namespaces

from .conftest import Trial


def changed(topology: Topology, node: str, **change: object) -> Topology:
    """Return the topology with one node changed."""
    nodes = tuple(one.model_copy(update=change) if one.name == node else one for one in topology.nodes)
    return topology.model_copy(update={"nodes": nodes})


def refusal(network: Network, node: str) -> str:
    """Return why `node` does not take a command, or nothing when it does."""
    try:
        runtimes.execute(network, node, ["true"])
    except NodeUnreachable as error:
        return error.message
    return ""


def test_every_node_accepts_ssh_once_deployed(pair: Network) -> None:
    """When deploy returns, an SSH server greets at every node's port."""
    for access in pair.access:
        with socket.create_connection((access.host, access.port), timeout=5) as connection:
            assert b"SSH-2.0-" == connection.recv(8)


def test_bgp_converges_on_every_leaf(fabric: Network, trial: Trial) -> None:
    """Every leaf's kernel has every other node's loopback."""
    loopbacks = {f"10.0.0.{number}" for number in range(1, 7)}
    for number, leaf in enumerate(trial.leaves, 3):
        assert loopbacks - {f"10.0.0.{number}"} == trial.bgp_routes(fabric, leaf)


def test_a_leaf_reaches_another_over_both_spines(fabric: Network) -> None:
    """The kernel of leaf 1 has two next hops towards leaf 4, and a ping arrives."""
    route = runtimes.ask(fabric, "leaf1", ["ip", "route", "show", "10.0.0.6"]).stdout
    assert 2 == route.count("nexthop")
    assert runtimes.ask(fabric, "leaf1", ["ping", "-c1", "-W2", "-I10.0.0.3", "10.0.0.6"]).ok


def test_deployment_tells_each_step(pair_topology: Topology) -> None:
    """Progress names the wiring, each node, and ends with ready; its clock only goes forward."""
    told: list[Progress] = []
    runtimes.destroy(runtimes.deploy(pair_topology, tell=told.append))
    assert ["ready", "starting", "starting", "wiring"] == sorted(step.phase for step in told)
    assert ("ready", 2, 2) == (told[-1].phase, told[-1].done, told[-1].total)
    assert {"left", "right"} == {step.node for step in told if step.phase == "starting"}
    assert sorted(told, key=lambda step: step.elapsed) == told


def test_links_have_the_names_and_mtu_of_the_topology(pair: Network) -> None:
    """A link's ends are named and sized as the topology says, and its offloads are off."""
    assert " mtu 1400 " in runtimes.ask(pair, "left", ["ip", "link", "show", "eth1"]).stdout
    offloads = runtimes.ask(pair, "left", ["ethtool", "-k", "eth1"]).stdout
    assert "tx-checksumming: off" in offloads
    assert "tx-tcp-segmentation: off" in offloads
    assert "generic-receive-offload: off" in offloads


def test_deployed_networks_are_found_by_name(pair: Network) -> None:
    """A deployed network is listed, and found again as it was returned."""
    assert [pair] == runtimes.networks()
    assert pair == runtimes.find("pair")
    with pytest.raises(NotFound, match="did you mean 'pair'"):
        runtimes.find("pear")


def test_files_are_for_this_user_alone(pair: Network) -> None:
    """Nobody else can read the network's folder, its keys or its control socket."""
    assert 0o700 == stat.S_IMODE(pair.folder.stat().st_mode)
    for name in ("network.json", "id_ed25519", "known_hosts", "ssh_config", "log", "control"):
        assert 0o600 == stat.S_IMODE((pair.folder / name).stat().st_mode), name


def test_second_deploy_of_a_name_is_refused(pair: Network, pair_topology: Topology) -> None:
    """A network that lives is never replaced; the error says how to end it, and the network lives on."""
    with pytest.raises(NetworkExists, match="netdojo lab reset pair"):
        runtimes.deploy(pair_topology)
    assert runtimes.execute(pair, "left", ["true"]).ok


def test_what_comes_up_is_told_and_can_be_ended(
    pair_topology: Topology, trial: Trial, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A network that is not up yet has its name and is listed; ended then, its deployment fails and leaves nothing.

    It is the same by another name of the home.
    """
    places.home().mkdir(exist_ok=True)
    (tmp_path / "another").symlink_to(places.home())
    monkeypatch.setenv("NETDOJO_HOME", str(tmp_path / "another"))
    slow = changed(pair_topology, "left", exec=("sleep 60",))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(runtimes.deploy, slow)
        trial.wait_until(lambda: [ListedState.starting] == [one.state for one in runtimes.listed()])
        with pytest.raises(NetworkComingUp, match="a network named 'pair' is being deployed already"):
            runtimes.deploy(pair_topology)
        runtimes.destroy("pair")
        with pytest.raises(DeployFailed, match="network 'pair' ended before it was up"):
            first.result()
    assert ([], []) == (runtimes.coming_up(), list(places.networks().iterdir()))


def test_two_names_of_one_topology_live_side_by_side(pair: Network, pair_topology: Topology) -> None:
    """Another name is another network, with ports and a password of its own."""
    other = runtimes.deploy(pair_topology, name="pair-2")
    try:
        assert not {node.port for node in pair.access} & {node.port for node in other.access}
        assert pair.password != other.password
    finally:
        runtimes.destroy(other)


def test_destroyed_network_leaves_nothing(pair: Network, trial: Trial) -> None:
    """No process, port or file outlives destroy; a second destroy is no error, and to ask is one."""
    processes = trial.processes_of(pair) | {trial.keeper_of(pair)}
    assert len(processes) > 8
    runtimes.destroy(pair)
    assert [] == trial.left_of(pair, processes)
    assert [] == list(places.networks().iterdir())
    runtimes.destroy(pair)
    with pytest.raises(NodeUnreachable, match="is not running"):
        runtimes.execute(pair, "left", ["true"])


@pytest.mark.parametrize("victims", [("keeper",), ("first",), ("keeper", "first")])
def test_killed_supervisor_leaves_nothing(pair: Network, trial: Trial, victims: tuple[str, ...]) -> None:
    """SIGKILL of either half of the supervisor, or of both, ends all of the network; the name is free again."""
    pids = {"keeper": trial.keeper_of(pair), "first": pair.pid}
    processes = trial.processes_of(pair) | set(pids.values())
    for victim in victims:
        os.kill(pids[victim], signal.SIGKILL)
    trial.wait_until(lambda: not runtimes.networks() and not trial.left_of(pair, processes))
    assert [] == list(places.networks().iterdir())


def test_client_killed_during_deploy_takes_it_back(pair_topology: Topology, trial: Trial) -> None:
    """A deployment whose client dies before it is ready is rolled back."""
    slow = changed(pair_topology, "left", exec=("sleep 60",))
    code = (
        "import sys; from netdojo import runtimes; from netdojo.model import Topology; "
        "topology = Topology.model_validate_json(sys.stdin.read()); "
        "runtimes.deploy(topology, tell=lambda step: print(step.phase, flush=True))"
    )
    words = [sys.executable, "-c", code]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        client.stdin.write(slow.model_dump_json())
        client.stdin.close()
        assert "wiring\n" == client.stdout.readline()
        assert [] == runtimes.networks()
        client.kill()
    trial.wait_until(lambda: not list(places.networks().iterdir()))


def test_interrupted_deployment_leaves_nothing(pair_topology: Topology) -> None:
    """Ctrl-C while a network comes up takes it back before the client goes on."""

    def interrupt(step: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runtimes.deploy(pair_topology, tell=interrupt)
    assert [] == list(places.networks().iterdir())


def test_deployment_ends_at_its_deadline(pair_topology: Topology, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that is not ready in time is an error, and nothing of it is left."""
    monkeypatch.setattr(namespaces.NamespacesRuntime, "way", replace(namespaces.WAY, ready=2.0, ready_a_node=0.0))
    with pytest.raises(
        DeployTimeout, match=r"network 'pair' was not ready after 2 s: nodes that were not .*left"
    ) as late:
        runtimes.deploy(changed(pair_topology, "left", exec=("sleep 60",)))
    assert "/pair/pair.clab.yml, or deploy it while this machine has less to do" in late.value.help
    assert [] == list(places.networks().iterdir())


def test_failing_exec_line_fails_the_deployment(pair_topology: Topology) -> None:
    """A node whose `exec` fails is named with what the command said, and nothing is left running."""
    with pytest.raises(
        DeployFailed, match=r"(?s)node left: .*ended with code 7.*no such luck.*\n  Mend it in \S+/pair/pair\."
    ):
        runtimes.deploy(changed(pair_topology, "left", exec=("sh -c 'echo no such luck; exit 7'",)))
    assert [] == list(places.networks().iterdir())


def test_failing_entrypoint_fails_the_deployment(pair_topology: Topology) -> None:
    """A daemon that cannot start is told of."""
    (pair_topology.folder / "daemons").write_text("bgpd_options='--no-such-option'\n")
    bind = Bind(source="daemons", target="/etc/frr/daemons")
    with pytest.raises(DeployFailed, match="node left"):
        runtimes.deploy(changed(pair_topology, "left", binds=(bind,)))


def test_refused_namespaces_name_the_setting(pair_topology: Topology) -> None:
    """Where namespaces are switched off, the error names the setting that is really set, and leaves nothing."""
    code = (
        "import sys; from netdojo import runtimes; from netdojo.model import Topology; "
        "runtimes.deploy(Topology.model_validate_json(sys.stdin.read()))"
    )
    inside = 'echo 0 > /proc/sys/user/max_net_namespaces; exec "$@"'
    words = ["unshare", "--user", "--map-root-user", "sh", "-c", inside, "sh", sys.executable, "-c", code]
    tried = subprocess.run(words, input=pair_topology.model_dump_json(), capture_output=True, text=True, check=False)
    assert HostNotReady.__name__ in tried.stderr
    assert "sudo sysctl -w user.max_net_namespaces=15000" in tried.stderr
    assert [] == list(places.networks().iterdir())


def test_overlay_stands_in_and_originals_stay(pair_topology: Topology, tmp_path: Path) -> None:
    """A file of the overlay replaces the topology's of the same path; `write memory` changes neither."""
    original = pair_topology.folder / "configs/left/frr.conf"
    overlay = tmp_path / "start"
    (overlay / "configs/left").mkdir(parents=True)
    mine = overlay / "configs/left/frr.conf"
    mine.write_text(original.read_text().replace("router-id 10.0.0.1", "router-id 10.0.0.99"))
    before = (original.read_text(), mine.read_text())
    network = runtimes.deploy(pair_topology, overlay=overlay)
    try:
        lines = ("conf t", "interface eth1", "description changed", "end", "write")
        words = ["vtysh", *(word for line in lines for word in ("-c", line))]
        assert runtimes.execute(network, "left", words).ok
        saved = runtimes.execute(network, "left", ["cat", "/etc/frr/frr.conf"]).stdout
    finally:
        runtimes.destroy(network)
    assert "router-id 10.0.0.99" in saved
    assert "description changed" in saved
    assert before == (original.read_text(), mine.read_text())


def test_read_only_bind_cannot_be_written(pair_topology: Topology) -> None:
    """A bind with `:ro` is read-only in the node."""
    (pair_topology.folder / "notes").write_text("kept\n")
    bind = Bind(source="notes", target="/srv/deep/notes", read_only=True)
    network = runtimes.deploy(changed(pair_topology, "left", binds=(bind,), env={"COLOUR": "red 'and' blue"}))
    try:
        script = 'cat /srv/deep/notes; echo x > /srv/deep/notes; echo "$COLOUR"'
        answer = runtimes.execute(network, "left", ["sh", "-c", script])
        assert "kept\nred 'and' blue\n" == answer.stdout
        assert "Read-only file system" in answer.stderr
    finally:
        runtimes.destroy(network)


def test_long_home_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pair_topology: Topology) -> None:
    """A home whose path is longer than a socket's may be, with spaces and commas, is as good as any."""
    monkeypatch.setenv("NETDOJO_HOME", str(tmp_path / "a long, and: spaced name" / ("x" * 120)))
    network = runtimes.deploy(pair_topology)
    try:
        assert runtimes.execute(network, "left", ["true"]).ok
        words = ["ssh", "-F", str(network.ssh_config), "left", "show version"]
        assert 0 == subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode
    finally:
        runtimes.destroy(network)


def test_dead_daemon_degrades_its_node(pair: Network, trial: Trial) -> None:
    """A node whose daemon has died is degraded, still takes commands, and its neighbour goes on."""
    assert {"left": NodeState.running, "right": NodeState.running} == runtimes.inspect(pair).nodes
    assert runtimes.execute(pair, "left", ["pkill", "bgpd"]).ok
    trial.wait_until(lambda: runtimes.inspect(pair).nodes["left"] is NodeState.degraded)
    assert runtimes.execute(pair, "left", ["true"]).ok
    assert NodeState.running is runtimes.inspect(pair).nodes["right"]


def test_dead_node_stops(pair: Network, trial: Trial) -> None:
    """A node whose first process has died is stopped, and says so when it is asked."""
    namespace = runtimes.execute(pair, "left", ["readlink", "/proc/1/ns/net"]).stdout.strip()
    first = min(pid for pid in trial.processes_of(pair) if os.readlink(f"/proc/{pid}/ns/net") == namespace)
    os.kill(first, signal.SIGKILL)
    trial.wait_until(lambda: "has stopped" in refusal(pair, "left"))
    assert NodeState.stopped is runtimes.inspect(pair).nodes["left"]


def test_inspect_sees_links_and_memory(pair: Network, trial: Trial) -> None:
    """A link is up when both of its ends are; memory and uptime are those of the network."""
    found = runtimes.inspect(pair)
    assert [("left:eth1", "right:eth1", True)] == [(link.a, link.b, link.up) for link in found.links]
    assert 20e6 < found.memory < 200e6
    assert 0 < found.uptime < 60
    assert runtimes.execute(pair, "right", ["ip", "link", "set", "eth1", "down"]).ok
    trial.wait_until(lambda: not runtimes.inspect(pair).links[0].up)
