"""A network reaches nothing outside, and a node harms nothing of its host or its neighbours."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

from netdojo import places, runtimes
from netdojo.model import Network

from .conftest import Trial


def joined(network: Network, *words: str) -> subprocess.CompletedProcess[str]:
    command = [*runtimes.join_command(network), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


def greets(network: Network, host: str, port: int) -> bool:
    code = f"import socket; s = socket.create_connection(({host!r}, {port}), 3); print(s.recv(8))"
    return joined(network, "python3", "-I", "-c", code).stdout.startswith("b'")


def test_joined_program_reaches_the_nodes(fabric: Network) -> None:
    """A program that has joined the network finds each node's SSH at the same address and port."""
    assert all(greets(fabric, access.host, access.port) for access in fabric.access)


def test_joined_program_reaches_nothing_else(fabric: Network) -> None:
    """Neither the host's loopback nor any address outside can be reached from the network."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not greets(fabric, "127.0.0.1", server.getsockname()[1])
    assert "Network is unreachable" in joined(fabric, "ping", "-c1", "-W1", "192.0.2.1").stderr
    interfaces = joined(fabric, "ip", "-br", "link").stdout.splitlines()
    assert ["lo"] == [line.split()[0] for line in interfaces]


def test_node_reaches_no_host(fabric: Network) -> None:
    """A node's own loopback is not the host's, nor has it a default route."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 3)"
        assert not runtimes.execute(fabric, "leaf1", ["python3", "-I", "-c", code]).ok
    assert "" == runtimes.execute(fabric, "leaf1", ["ip", "route", "show", "default"]).stdout


def test_node_sees_no_home(fabric: Network) -> None:
    """The homes of the host's people, netdojo's own and the course's files are not in a node."""
    for path in (places.home(), fabric.folder, Path(__file__)):
        assert not runtimes.execute(fabric, "leaf1", ["test", "-e", str(path)]).ok, path
    seen = set(runtimes.execute(fabric, "leaf1", ["ls", "-A", str(Path.home())]).stdout.split())
    assert seen <= {".history_frr"}


def test_host_cannot_be_changed_from_a_node(fabric: Network) -> None:
    """The host's programs are read-only, its settings fixed, its disks absent; the node's own network is its own."""
    for path in ("/usr/bin/netdojo-mark", "/opt/netdojo-mark", "/proc/sys/kernel/core_pattern", "/sys/power/state"):
        assert not runtimes.execute(fabric, "leaf1", ["sh", "-c", f"echo x > {path}"]).ok, path
    masked = runtimes.execute(fabric, "leaf1", ["stat", "-c", "%t:%T", "/proc/sysrq-trigger"]).stdout.strip()
    assert masked in ("1:3", "")
    assert "" == runtimes.execute(fabric, "leaf1", ["find", "/dev", "-type", "b"]).stdout
    assert runtimes.execute(fabric, "leaf1", ["sysctl", "-w", "net.ipv4.ip_forward=1"]).ok
    assert runtimes.execute(fabric, "leaf1", ["sh", "-c", "echo x > /etc/netdojo-mark"]).ok
    assert not Path("/etc/netdojo-mark").exists()


def test_node_kills_its_own_processes_only(pair: Network, trial: Trial) -> None:
    """`pkill` in a node touches that node alone, and not its first process."""
    assert runtimes.execute(pair, "left", ["pkill", "-9", "zebra|sleep"]).ok
    trial.wait_until(lambda: "zebra" not in runtimes.execute(pair, "left", ["ps", "-e"]).stdout)
    assert "zebra" in runtimes.execute(pair, "right", ["ps", "-e"]).stdout
    assert runtimes.execute(pair, "left", ["true"]).ok


def test_node_knows_its_name(fabric: Network) -> None:
    """Name and addresses of the machine are the node's."""
    assert "leaf2\n" == runtimes.execute(fabric, "leaf2", ["hostname"]).stdout
    assert "leaf2\n" == runtimes.execute(fabric, "leaf2", ["cat", "/etc/hostname"]).stdout
    assert "127.0.0.1" in runtimes.execute(fabric, "leaf2", ["getent", "ahostsv4", "leaf2"]).stdout


def test_node_knows_nothing_of_the_callers_environment(fabric: Network) -> None:
    """A node's processes do not carry the environment of the person who deployed it."""
    script = "cat /proc/[0-9]*/environ | tr '\\0' '\\n'"
    assert "NETDOJO_HOME" not in runtimes.execute(fabric, "leaf1", ["sh", "-c", script]).stdout
