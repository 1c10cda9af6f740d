"""A network reaches nothing outside, and a node harms nothing of its host or its neighbours."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from netdojo import places, runtimes
from netdojo.model import Network, Topology

from .conftest import Trial

LOOPBACK = "0100007F"
"""127.0.0.1 as the kernel's tables write it."""
LISTENS = "0A"


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


def typed(network: Network, node: str, *lines: str, terminal: bool = False) -> str:
    """Type `lines` into an SSH session of a node, and return all that it showed."""
    command = ["ssh", "-F", str(network.ssh_config), *(["-tt"] if terminal else []), node]
    given = "\n".join([*lines, "exit", ""])
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("shows", ["show running-config", "show running-config | include .", "show version"])
def test_session_has_no_pager_to_escape_from(pair: Network, shows: str) -> None:
    """However much is shown, no pager waits for `!`, and what is typed after it is a line like any other."""
    escapes = ["!touch /etc/netdojo-mark", "|touch /etc/netdojo-mark"]
    shown = typed(pair, "left", "terminal paginate", shows, shows, shows, *escapes, "show version", terminal=True)

    assert "FRRouting" in shown.rpartition("|touch")[2]
    assert not runtimes.execute(pair, "left", ["test", "-e", "/etc/netdojo-mark"]).ok


@pytest.mark.parametrize(
    "way", ["start-shell", "start-shell sh", "start-shell bash", "!sh", "ssh 127.0.0.1", "telnet ::"]
)
def test_session_starts_no_shell(fabric: Network, way: str) -> None:
    """No line of a session leads to a shell of the node."""
    shown = typed(fabric, "leaf1", way, "echo $((40+2))", "id")

    assert "\n42" not in shown
    assert "uid=" not in shown


def test_session_copies_nothing_of_the_host(fabric: Network, tmp_path: Path) -> None:
    """`copy FILE running-config`, which repeats the lines that it does not know, finds no file worth reading."""
    secret = tmp_path / "secret"
    secret.write_text("s3cret of the host\n")
    files = [str(secret), "/etc/shadow", "/etc/gshadow", "/proc/1/environ", str(places.home()), str(fabric.known_hosts)]
    for file in files:
        shown = typed(fabric, "leaf1", f"copy {file} running-config")
        assert f"Can't open configuration file {file}" in shown, shown
        assert "s3cret" not in shown


def test_graders_environment_is_in_no_process_of_a_network(
    pair_topology: Topology, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token in the environment of whoever deploys is found neither in a node's processes nor in its first one."""
    monkeypatch.setenv("FORGE_TOKEN", "s3cret-of-the-grader")
    monkeypatch.setenv("VTYSH_PAGER", "/bin/echo s3cret-of-the-grader")
    network = runtimes.deploy(pair_topology)
    script = "cat /proc/1/environ /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>&1 | tr '\\0' '\\n'; env"
    try:
        found = [runtimes.execute(network, "left", ["sh", "-c", script]).stdout]
        found += [typed(network, "left", "show running-config", terminal=True)]
        found += [joined(network, "sh", "-c", "cat /proc/1/environ | tr '\\0' '\\n'").stdout]
    finally:
        runtimes.destroy(network)

    assert "zebra" in found[0]
    assert [] == [text for text in found if "s3cret-of-the-grader" in text]


def test_ssh_of_a_node_listens_on_the_hosts_loopback_alone(fabric: Network) -> None:
    """Nobody beyond this machine can try a node's password: each port is open at 127.0.0.1 and nowhere else."""
    listening: dict[int, set[str]] = {}
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *_ = row.split()
            address, _, port = local.rpartition(":")
            if state == LISTENS:
                listening.setdefault(int(port, 16), set()).add(address)

    assert {access.name: {LOOPBACK} for access in fabric.access} == {
        access.name: listening.get(access.port) for access in fabric.access
    }
