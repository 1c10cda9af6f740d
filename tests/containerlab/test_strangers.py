"""Another user of this machine gets neither in nor at the files, and nothing in a network gets out."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.model import Network, Topology

STRANGER = 65534
BECOME = ["setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"]
PYTHON = "/usr/bin/python3"
ASK = (
    "import os, socket, sys; s = socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect(sys.argv[1]); "
    's.sendall(b\'{"verb": "inspect"}\\n\'); print(s.recv(9))'
)


@pytest.fixture
def open_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home that everybody may walk into, so that the network's own locks are what keeps them out."""
    folder = Path(tempfile.mkdtemp(prefix="netdojo-open-"))
    folder.chmod(0o755)
    monkeypatch.setenv("NETDOJO_HOME", str(folder))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def exposed(topology: Topology, open_home: Path, runtime: str) -> Iterator[Network]:
    """A network in such a home, whose folder of networks stands open as well."""
    network = runtimes.deploy(topology, runtime=runtime)
    network.folder.parent.chmod(0o755)
    yield network
    runtimes.destroy(network)


def as_stranger(*words: str, **how: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload,no-any-return]  # what `how` is depends on the test
        [*BECOME, *words], capture_output=True, text=True, timeout=30, check=False, cwd="/", **how
    )


def test_files_cannot_be_read(exposed: Network) -> None:
    """The folder is shut, and so is each file by itself: keys, password, log and what is staged."""
    assert "Permission denied" in as_stranger("ls", str(exposed.folder)).stderr
    files = [one for one in sorted(exposed.folder.iterdir()) if one.name != "control"]
    assert {"network.json", "id_ed25519", "ssh_config", "log", "known_hosts"} <= {one.name for one in files}
    for file in files:
        assert "Permission denied" in as_stranger("ls" if file.is_dir() else "cat", str(file)).stderr, file
    secrets = ("network.json", "id_ed25519", "ssh_config", "log", "known_hosts")
    exposed.folder.chmod(0o755)
    for name in secrets:
        assert "Permission denied" in as_stranger("cat", str(exposed.folder / name)).stderr, name


def test_control_socket_answers_nobody_else(exposed: Network) -> None:
    """Shut by the folder, by its own mode, and, if both stood open, by who asks."""
    control = exposed.folder / "control"
    assert "Permission" in as_stranger(PYTHON, "-I", "-c", ASK, str(control)).stderr
    exposed.folder.chmod(0o755)
    assert "Permission" in as_stranger(PYTHON, "-I", "-c", ASK, str(control)).stderr
    control.chmod(0o666)
    asked = as_stranger(PYTHON, "-I", "-c", ASK, str(control))
    assert "" == asked.stdout.replace("b''\n", "")
    assert "Permission" not in asked.stderr
    owner = subprocess.run([PYTHON, "-I", "-c", ASK, str(control)], capture_output=True, text=True, check=True)
    assert "b'{\"nodes\":'\n" == owner.stdout


def test_password_is_in_no_command_line(exposed: Network) -> None:
    """What every user may see of the processes holds neither password nor key."""
    seen = as_stranger("sh", "-c", "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'").stdout
    assert "netdojo" in seen
    assert exposed.password not in seen
    environments = as_stranger("sh", "-c", "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'").stdout
    assert exposed.password not in environments


@pytest.mark.parametrize("way", ["a key of his own", "a wrong password", "no password"])
def test_ssh_lets_nobody_else_in(exposed: Network, tmp_path: Path, way: str) -> None:
    """Another user reaches the port, and is refused with a key or a password that is not the network's."""
    access = exposed.node("left")
    words = ["ssh", "-F", "/dev/null", "-p", str(access.port), "-o", "StrictHostKeyChecking=no"]
    words += ["-o", "UserKnownHostsFile=/dev/null", "-o", "NumberOfPasswordPrompts=1", "-o", "IdentityAgent=none"]
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, STRANGER, STRANGER)
        key, says = Path(folder, "key"), Path(folder, "says")
        as_stranger("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key))
        says.write_text(f"#!/bin/sh\necho {'' if way == 'no password' else exposed.password[::-1]}\n")
        says.chmod(0o755)
        choice = "publickey" if way == "a key of his own" else "password"
        words += ["-i", str(key), "-o", f"PreferredAuthentications={choice}"]
        env = {"PATH": os.environ["PATH"], "SSH_ASKPASS": str(says), "SSH_ASKPASS_REQUIRE": "force", "HOME": folder}
        tried = as_stranger(*words, f"{exposed.username}@127.0.0.1", "show version", env=env, stdin=subprocess.DEVNULL)
    assert (255, "") == (tried.returncode, tried.stdout)
    assert "Permission denied" in tried.stderr


def test_right_password_is_what_lets_in(exposed: Network) -> None:
    """The same words with the network's password give an answer, so that what refuses the others is the password."""
    access = exposed.node("left")
    words = ["ssh", "-F", "/dev/null", "-p", str(access.port), "-o", "StrictHostKeyChecking=no", "-i", "/dev/null"]
    words += ["-o", "UserKnownHostsFile=/dev/null", "-o", "PreferredAuthentications=password"]
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, STRANGER, STRANGER)
        says = Path(folder, "says")
        says.write_text(f"#!/bin/sh\necho '{exposed.password}'\n")
        says.chmod(0o755)
        env = {"PATH": os.environ["PATH"], "SSH_ASKPASS": str(says), "SSH_ASKPASS_REQUIRE": "force", "HOME": folder}
        tried = as_stranger(*words, f"{exposed.username}@127.0.0.1", "show version", env=env, stdin=subprocess.DEVNULL)
    assert tried.stdout.startswith("FRRouting"), tried.stderr


def test_way_by_which_networks_are_found_is_shut_to_others(exposed: Network) -> None:
    """What leads this user from a network's keeper to its folder is refused to another by the kernel."""
    status = Path(f"/proc/{exposed.pid}/status").read_text()
    keeper = next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:"))
    assert str(exposed.folder) in {os.readlink(one) for one in Path(f"/proc/{keeper}/fd").iterdir()}
    for name in ("fd", "environ", "mem", "root/"):
        assert "Permission denied" in as_stranger("ls" if name == "fd" else "cat", f"/proc/{keeper}/{name}").stderr


def listening(port: int) -> set[str]:
    """Return the addresses at which this host listens on a port, of both families, as the kernel writes them."""
    rows = [row.split() for name in ("tcp", "tcp6") for row in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}


def test_ssh_listens_on_the_loopback_alone(network: Network) -> None:
    """Each node's port is at 127.0.0.1 and at no other address."""
    assert [{"0100007F"}] * 2 == [listening(access.port) for access in network.access]


def own_addresses() -> list[str]:
    """Return this host's IPv4 addresses, the bridge of docker among them."""
    shown = subprocess.run(["ip", "-4", "-o", "address"], capture_output=True, text=True, check=True).stdout
    return [line.split()[3].split("/")[0] for line in shown.splitlines()]


def test_nothing_gets_out_of_a_node(network: Network) -> None:
    """From inside a node, neither the host's loopback, nor its other addresses, nor any beyond can be reached."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("0.0.0.0", 0)))
        hidden = stack.enter_context(socket.socket(socket.AF_UNIX))
        hidden.bind(b"\0netdojo-outside")
        hidden.listen()
        port = server.getsockname()[1]
        socket.create_connection(("127.0.0.1", port)).close()
        assert "127.0.0.1" in own_addresses()
        for address in [*own_addresses(), "192.0.2.1", "1.1.1.1"]:
            script = f"exec 3<>/dev/tcp/{address}/{port}"
            tried = runtimes.execute(network, "left", ["bash", "-c", script], timeout=10)
            assert 1 == tried.code, address
            assert "refused" in tried.stderr or "unreachable" in tried.stderr, (address, tried.stderr)
        code = "import socket; socket.socket(socket.AF_UNIX).connect(b'\\0netdojo-outside')"
        assert "refused" in runtimes.ask(network, "left", ["python3", "-I", "-c", code]).stderr
    assert "" == runtimes.execute(network, "left", ["ip", "-6", "route", "show", "default"]).stdout
