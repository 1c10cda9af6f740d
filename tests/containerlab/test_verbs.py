"""Every verb does the same in both runtimes: each test runs on a network in namespaces and on one in containers."""

from __future__ import annotations

import json
import re
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import netmiko
import pexpect
import pytest

from netdojo import runtimes
from netdojo.errors import HostNotReady, NetworkExists, NodeUnreachable, NotFound
from netdojo.model import Network, NodeState, Progress, Topology
from netdojo.runtimes import programs

from .conftest import Trial

LIES = {
    "a mount over vtysh": "printf '#!/bin/sh\\necho lie\\n' > /tmp/vtysh; chmod +x /tmp/vtysh; "
    "mount --bind /tmp/vtysh /usr/bin/vtysh",
    "a library that is loaded first": "echo /tmp/lie.so > /etc/ld.so.preload",
    "vtysh's own files": "echo 'banner motd line lie' > /etc/frr/vtysh.conf",
    "a mount over the sockets": "mkdir /tmp/frr; mount --bind /tmp/frr /run/frr",
    "a /run of its own": "mount -t tmpfs t /run",
}


def test_nothing_is_left_among_temporary_files(
    topology: Topology, runtime: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """containerlab keeps a copy of each file that it deploys; it goes with the network."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    runtimes.destroy(runtimes.deploy(topology, runtime=runtime))

    assert [] == [*temporary.iterdir()]


def test_deploy_tells_each_step(topology: Topology, runtime: str, trial: Trial) -> None:
    """Progress names the wiring and each node, ends with ready, and its clock only goes forward."""
    told: list[Progress] = []
    deployed = runtimes.deploy(topology, runtime=runtime, tell=told.append)
    runtimes.destroy(deployed)

    assert {"wiring", "starting", "ready"} == {step.phase for step in told} - {"creating"}
    assert ("ready", 2, 2) == (told[-1].phase, told[-1].done, told[-1].total)
    assert {"left", "right"} == {step.node for step in told if step.phase == "starting"}
    assert sorted(told, key=lambda step: step.elapsed) == told
    assert [] == trial.containers() if runtime == "containerlab" else True


def test_network_is_found(network: Network) -> None:
    """A deployed network is listed, found by its name, and its name is taken in every runtime."""
    assert network in runtimes.networks()
    assert network == runtimes.find(network.name)
    for other in ("namespaces", "containerlab"):
        with pytest.raises(NetworkExists, match=f"netdojo lab destroy {network.name}"):
            runtimes.deploy(network.topology, name=network.name, runtime=other)


def test_inspect_tells_nodes_links_and_memory(network: Network) -> None:
    """Nodes run, links are up, and the memory is that of two routers."""
    state = runtimes.inspect(network)

    assert {"left": NodeState.running, "right": NodeState.running} == state.nodes
    assert [True, True] == [link.up for link in state.links]
    assert 10e6 < state.memory < 200e6


def test_execute_is_the_nodes_users(network: Network) -> None:
    """Output, errors, code and stdin; words are not split; a node's environment and name are its own."""
    answer = runtimes.execute(
        network, "left", ["sh", "-c", "cat; echo $SIDE; hostname; echo no >&2; exit 3"], stdin=b"in\n"
    )
    assert (3, "in\nthe left\nleft\n", "no\n") == (answer.code, answer.stdout, answer.stderr)
    words = ["printf", "%s|", "a b", "$HOME", "'", ";", ""]
    assert "a b|$HOME|'|;||" == runtimes.execute(network, "left", words).stdout
    assert 127 == runtimes.execute(network, "left", ["no-such-program"]).code
    with pytest.raises(NotFound, match="did you mean 'left'"):
        runtimes.execute(network, "lefd", ["true"])


def test_time_limit_ends_all_that_was_started(network: Network) -> None:
    """At its limit a command ends with 124, and so do the processes that it started in the node."""
    answer = runtimes.execute(network, "left", ["sh", "-c", "sleep 977 & echo begun; sleep 977"], timeout=0.5)
    assert (124, "begun\n") == (answer.code, answer.stdout)
    assert 1 == runtimes.execute(network, "left", ["pgrep", "-f", "sleep 977"]).code


def test_exec_lines_and_files_are_the_topologys(network: Network) -> None:
    """An exec line has run as words, and the start's file stands in for the topology's."""
    assert runtimes.execute(network, "right", ["test", "-e", "/srv/two words"]).ok
    assert "from the start\n" == runtimes.execute(network, "left", ["cat", "/srv/mark"]).stdout


def test_links_are_the_topologys(network: Network) -> None:
    """Links have their names, an mtu that is 1500 where none is given, and no offloads; there is no other way out."""
    shown = json.loads(runtimes.ask(network, "left", ["ip", "-j", "link"]).stdout)
    links = {one["ifname"]: one for one in shown if one.get("link_type") == "ether"}

    assert {"eth1": 1400, "eth2": 1500} == {name: one["mtu"] for name, one in links.items()}
    offloads = runtimes.ask(network, "left", ["ethtool", "-k", "eth1"]).stdout
    assert "tx-checksumming: off" in offloads
    assert "generic-receive-offload: off" in offloads
    assert "" == runtimes.execute(network, "left", ["ip", "route", "show", "default"]).stdout


def test_routers_converge_and_packets_arrive(network: Network, trial: Trial) -> None:
    """BGP puts the other's loopback into the kernel over both links, and a ping arrives."""
    trial.wait_until(lambda: {"10.0.0.2"} == trial.bgp_routes(network, "left"))
    trial.wait_until(lambda: {"10.0.0.1"} == trial.bgp_routes(network, "right"))
    trial.wait_until(lambda: runtimes.ask(network, "left", ["ip", "route"]).stdout.count("nexthop") == 2)
    assert runtimes.ask(network, "left", ["ping", "-c1", "-W2", "-I10.0.0.1", "10.0.0.2"]).ok


def test_judge_asks_the_daemons_alone(network: Network) -> None:
    """The host's vtysh reaches the node's daemons, says nothing beside, and sees none of the node's files."""
    answer = runtimes.ask(network, "left", ["vtysh", "-c", "show bgp summary json"])
    assert ("", 0) == (answer.stderr, answer.code)
    assert 2 == len(json.loads(answer.stdout)["ipv4Unicast"]["peers"])
    assert runtimes.execute(network, "left", ["sh", "-c", "echo mine > /etc/mark"]).ok
    assert not runtimes.ask(network, "left", ["cat", "/etc/mark"]).ok
    assert 124 == runtimes.ask(network, "left", ["sleep", "977"], timeout=0.2).code


def test_what_a_learner_put_there_does_not_answer(topology: Topology, runtime: str, trial: Trial) -> None:
    """The judge's question gets the daemons' answer whatever the node's files say."""
    deployed = runtimes.deploy(topology, runtime=runtime)
    try:
        trial.wait_until(lambda: trial.bgp_routes(deployed, "left") == {"10.0.0.2"})
        for lie in LIES.values():
            assert runtimes.execute(deployed, "left", ["sh", "-c", lie]).ok, lie
            answer = runtimes.ask(deployed, "left", ["vtysh", "-c", "show bgp summary json"])
            assert (0, "") == (answer.code, answer.stderr), lie
            assert ["eth1", "eth2"] == list(json.loads(answer.stdout)["ipv4Unicast"]["peers"]), lie
            runtimes.execute(deployed, "left", ["rm", "-f", "/etc/ld.so.preload"])
    finally:
        runtimes.destroy(deployed)


def typed(network: Network, *lines: str) -> str:
    """Type `lines` into an SSH session of the left node, and return all that it showed."""
    command = ["ssh", "-F", str(network.ssh_config), "-tt", "left"]
    given = "\n".join([*lines, "exit", ""])
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=20, check=False).stdout


def test_ssh_is_the_routers_command_line(network: Network) -> None:
    """A plain ssh runs a command and gives its status; a session leads to no shell, and to no pager."""
    command = ["ssh", "-F", str(network.ssh_config), "left", "show version"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (0, "") == (shown.returncode, shown.stderr)
    assert shown.stdout.startswith("FRRouting")
    session = typed(network, "start-shell", "echo $((40+2))", "show running-config", "!touch /srv/no", "show version")
    assert "\n42" not in session
    assert "FRRouting" in session.rpartition("touch")[2]
    assert not runtimes.execute(network, "left", ["test", "-e", "/srv/no"]).ok


def test_netmiko_reads_configures_and_saves(topology: Topology, runtime: str) -> None:
    """netmiko's cisco_ios driver does all that a learner does, down to writing the configuration."""
    deployed = runtimes.deploy(topology, runtime=runtime)
    access = deployed.node("left")
    try:
        with netmiko.ConnectHandler(
            device_type="cisco_ios",
            host=access.host,
            port=access.port,
            username=deployed.username,
            password=deployed.password,
            fast_cli=True,
        ) as device:
            assert "left#" == device.find_prompt()
            device.send_config_set(["interface eth1", "description by netmiko"])
            said = str(device.send_command("write memory"))
        assert "Integrated configuration saved to /etc/frr/frr.conf" in said
        assert "by netmiko" in runtimes.execute(deployed, "left", ["cat", "/etc/frr/frr.conf"]).stdout
        assert "by netmiko" not in (topology.folder / "left.conf").read_text()
    finally:
        runtimes.destroy(deployed)


def test_joined_program_reaches_the_nodes_and_nothing_else(network: Network) -> None:
    """Where the sandbox is started, each node's SSH greets at its address, and there is no way further."""
    greet = "import socket, sys; print(socket.create_connection(('127.0.0.1', int(sys.argv[1])), 3).recv(4))"
    join = runtimes.join_command(network)
    for access in network.access:
        words = [*join, "python3", "-I", "-c", greet, str(access.port)]
        assert "b'SSH-'\n" == subprocess.run(words, capture_output=True, text=True, timeout=20, check=False).stdout
    links = subprocess.run([*join, "ip", "-br", "link"], capture_output=True, text=True, timeout=20, check=False)
    assert ["lo"] == [line.split()[0] for line in links.stdout.splitlines()]


def test_files_are_for_this_user_alone(network: Network) -> None:
    """Nobody else can read the network's folder, its keys or its control socket; SSH listens on the loopback alone."""
    assert 0o700 == network.folder.stat().st_mode & 0o777
    for name in ("network.json", "id_ed25519", "known_hosts", "ssh_config", "log", "control"):
        assert 0o600 == (network.folder / name).stat().st_mode & 0o777, name
    listening = Path("/proc/net/tcp").read_text()
    for access in network.access:
        assert [] == re.findall(rf" 00000000:{access.port:04X} .* 0A ", listening)


def test_degraded_node_is_told(topology: Topology, runtime: str, trial: Trial) -> None:
    """A node whose daemons were killed is shown as degraded, and the other still runs."""
    deployed = runtimes.deploy(topology, runtime=runtime)
    try:
        assert runtimes.execute(deployed, "left", ["pkill", "-9", "bgpd"]).ok
        trial.wait_until(lambda: runtimes.inspect(deployed).nodes["left"] is NodeState.degraded)
        assert NodeState.running is runtimes.inspect(deployed).nodes["right"]
    finally:
        runtimes.destroy(deployed)


def test_destroyed_network_leaves_nothing(topology: Topology, runtime: str, trial: Trial) -> None:
    """No container, folder or port outlives destroy; a second destroy is no error, and to ask is one."""
    deployed = runtimes.deploy(topology, runtime=runtime)
    runtimes.destroy(deployed)

    assert not deployed.folder.exists()
    assert [] == [name for name in trial.left() if f"{deployed.name}-left" in name]
    runtimes.destroy(deployed)
    with pytest.raises(NodeUnreachable, match="is not running"):
        runtimes.execute(deployed, "left", ["true"])


def test_network_outlives_a_redeploy_that_cannot_be(
    topology: Topology, runtime: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a host that has lost its programs the old network goes on; with them there, a fresh one takes its place."""
    deployed = runtimes.deploy(topology, runtime=runtime)
    try:
        with monkeypatch.context() as without:
            without.setattr(programs, "PATH", str(tmp_path))
            with pytest.raises(HostNotReady):
                runtimes.redeploy(deployed, topology)
        assert runtimes.execute(deployed, "left", ["touch", "/srv/old"]).ok
        deployed = runtimes.redeploy(deployed, topology)
        assert runtime == deployed.runtime
        assert not runtimes.execute(deployed, "left", ["test", "-e", "/srv/old"]).ok
    finally:
        runtimes.destroy(deployed)


def test_destroy_ends_who_is_still_logged_in(topology: Topology, runtime: str, trial: Trial) -> None:
    """Open sessions go with the network, and hold none of it back."""
    deployed = runtimes.deploy(topology, runtime=runtime)
    with ExitStack() as stack:
        stack.callback(runtimes.destroy, deployed)
        words = ["ssh", "-F", str(deployed.ssh_config), "-tt"]
        sessions = [
            stack.enter_context(subprocess.Popen([*words, node], stdin=subprocess.PIPE, stdout=subprocess.PIPE))
            for node in ("left", "left", "right")
        ]
        for one in sessions:
            assert one.stdout is not None
            assert b"\n" == one.stdout.read(2)[-1:]
        runtimes.destroy(deployed)
        assert [255, 255, 255] == [one.wait(timeout=20) for one in sessions]

    assert not deployed.folder.exists()


def test_ready_means_that_commands_are_taken(topology: Topology, runtime: str) -> None:
    """The first command after deploy finds every daemon that the router has."""
    began = time.monotonic()
    deployed = runtimes.deploy(topology, runtime=runtime)
    try:
        for node in ("left", "right"):
            assert runtimes.execute(deployed, node, ["vtysh", "-c", "show bgp summary"]).ok
        assert time.monotonic() - began < 60
    finally:
        runtimes.destroy(deployed)


def test_held_sessions_wait_and_go_on(network: Network, trial: Trial) -> None:
    """What is typed while sessions are held is done once they go on; who asks for one meanwhile gets it then."""
    before = runtimes.sessions(network)["left"]
    ssh = ["ssh", "-F", str(network.ssh_config), "left"]
    typed_in = pexpect.spawn(ssh[0], [*ssh[1:]], encoding="utf-8", timeout=20)
    try:
        typed_in.expect("left#")
        runtimes.sessions(network, held=True)
        late = subprocess.Popen([*ssh, "show version"], stdout=subprocess.PIPE)
        typed_in.send("configure\ninterface lo\nip address 192.0.2.77/32\nend\n")
        time.sleep(0.5)
        meanwhile = addresses(network), late.poll()
        runtimes.sessions(network, held=False)
        assert late.communicate(timeout=20)[0].startswith(b"FRRouting")
        trial.wait_until(lambda: "192.0.2.77" in addresses(network))
    finally:
        typed_in.close(force=True)
    assert ("192.0.2.77" not in meanwhile[0], meanwhile[1]) == (True, None)
    assert before + 2 == runtimes.sessions(network)["left"]
    undo = ["vtysh", "-c", "configure", "-c", "interface lo", "-c", "no ip address 192.0.2.77/32"]
    assert runtimes.execute(network, "left", undo).ok


def addresses(network: Network) -> str:
    return runtimes.execute(network, "left", ["ip", "address", "show", "dev", "lo"]).stdout
