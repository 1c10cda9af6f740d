"""The SSH front serves the clients that people use, and only the network's own user."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import asyncssh
import netmiko
import pytest

from netdojo import runtimes
from netdojo.model import Network

from .conftest import Trial

T = TypeVar("T")


def ssh(network: Network, *words: str, stdin: Any = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
    command = ["ssh", "-F", str(network.ssh_config), *words]
    return subprocess.run(command, stdin=stdin, capture_output=True, text=True, timeout=30, check=False)


def over_ssh(network: Network, act: Callable[[asyncssh.SSHClientConnection], Awaitable[T]], **changed: Any) -> T:
    """Return what `act` gives on a connection to leaf1, made with the network's password."""

    async def connect() -> T:
        access = network.node("leaf1")
        options = {"username": network.username, "password": network.password, "client_keys": None, **changed}
        known = str(network.known_hosts)
        async with asyncssh.connect(access.host, access.port, known_hosts=known, config=None, **options) as connection:
            return await act(connection)

    return asyncio.run(connect())


def test_openssh_runs_a_command(fabric: Network) -> None:
    """`ssh leaf1 COMMAND` gives the command's output and status, with nothing to be confirmed."""
    shown = ssh(fabric, "leaf1", "show version")
    assert (0, "") == (shown.returncode, shown.stderr)
    assert shown.stdout.startswith("FRRouting")
    wrong = ssh(fabric, "leaf1", "show nothing")
    assert 1 == wrong.returncode
    assert "Unknown command" in wrong.stdout + wrong.stderr


def test_openssh_ends_with_its_input(fabric: Network, tmp_path: Path) -> None:
    """`ssh leaf1 < file` runs the file's lines and ends."""
    script = tmp_path / "lines"
    script.write_text("show version\nshow bgp summary\n")
    with script.open() as lines:
        shown = ssh(fabric, "leaf1", stdin=lines)
    assert 0 == shown.returncode
    assert "FRRouting" in shown.stdout
    assert "spine1" in shown.stdout or "eth1" in shown.stdout


def test_openssh_with_a_terminal_runs_a_command(fabric: Network) -> None:
    """`ssh -t leaf1 COMMAND` gives it a terminal and its status."""
    shown = ssh(fabric, "-tt", "leaf1", "show version")
    assert 0 == shown.returncode
    assert "FRRouting" in shown.stdout


def test_netmiko_reads_and_configures(pair: Network) -> None:
    """netmiko's cisco_ios driver finds the prompt, reads, enters configuration and leaves it."""
    access = pair.node("left")
    with netmiko.ConnectHandler(
        device_type="cisco_ios",
        host=access.host,
        port=access.port,
        username=pair.username,
        password=pair.password,
        fast_cli=True,
    ) as device:
        assert "left#" == device.find_prompt()
        assert "65001" in str(device.send_command("show bgp summary"))
        device.send_config_set(["interface eth1", "description by netmiko"])
        assert "by netmiko" in str(device.send_command("show running-config"))


def test_password_logs_in(fabric: Network) -> None:
    """The network's user and password log in, and the host key is the one in known_hosts."""

    async def version(connection: asyncssh.SSHClientConnection) -> str:
        return str((await connection.run("show version")).stdout)

    assert over_ssh(fabric, version).startswith("FRRouting")


@pytest.mark.parametrize("changed", [{"password": "admin"}, {"username": "root"}, {"password": ""}])
def test_others_are_refused(fabric: Network, changed: dict[str, str]) -> None:
    """Another password or another user does not get in."""

    async def nothing(connection: asyncssh.SSHClientConnection) -> None:
        raise AssertionError("logged in")

    with pytest.raises(asyncssh.PermissionDenied):
        over_ssh(fabric, nothing, **changed)


def test_password_and_key_of_another_network_are_refused(fabric: Network, pair: Network) -> None:
    """What opens one network does not open another."""

    async def nothing(connection: asyncssh.SSHClientConnection) -> None:
        raise AssertionError("logged in")

    with pytest.raises(asyncssh.PermissionDenied):
        over_ssh(fabric, nothing, password=pair.password)
    with pytest.raises(asyncssh.PermissionDenied):
        over_ssh(fabric, nothing, password=None, client_keys=[str(pair.folder / "id_ed25519")])
    with pytest.raises(asyncssh.HostKeyNotVerifiable):
        over_ssh(fabric.model_copy(update={"folder": pair.folder}), nothing)


def test_forwarding_and_files_are_refused(fabric: Network) -> None:
    """No way leads through the front to somewhere else, and no file goes over it."""

    async def forward(connection: asyncssh.SSHClientConnection) -> None:
        await connection.open_connection("127.0.0.1", fabric.node("leaf2").port)

    async def listen(connection: asyncssh.SSHClientConnection) -> None:
        await connection.forward_remote_port("", 0, "127.0.0.1", 22)

    async def files(connection: asyncssh.SSHClientConnection) -> None:
        await connection.start_sftp_client()

    for act in (forward, listen, files):
        with pytest.raises((asyncssh.ChannelOpenError, asyncssh.ChannelListenError)):
            over_ssh(fabric, act)


def test_much_output_does_not_hang(fabric: Network) -> None:
    """A command that writes more than any buffer holds comes through whole."""

    async def tables(connection: asyncssh.SSHClientConnection) -> str:
        return str((await connection.run(input="show version\n" * 5000)).stdout)

    assert 5000 == over_ssh(fabric, tables).count("Copyright 1996-2005") - 1


def test_terminal_has_the_clients_size(fabric: Network) -> None:
    """A window's size arrives with the session and with every change."""

    ask = "stty -F /dev/$(ps -C vtysh -o tty= | grep -m1 pts) size"

    async def sizes(connection: asyncssh.SSHClientConnection) -> list[str]:
        process: asyncssh.SSHClientProcess[str] = await connection.create_process(
            term_type="vt100", term_size=(101, 37)
        )
        await process.stdout.readuntil("leaf1# ")
        found = [await asyncio.to_thread(runtimes.execute, fabric, "leaf1", ["sh", "-c", ask])]
        process.change_terminal_size(122, 41)
        process.stdin.write("\n")
        await process.stdout.readuntil("leaf1# ")
        found.append(await asyncio.to_thread(runtimes.execute, fabric, "leaf1", ["sh", "-c", ask]))
        return [answer.stdout.strip() for answer in found]

    assert ["37 101", "41 122"] == over_ssh(fabric, sizes)


def test_disconnect_ends_what_the_session_started(fabric: Network, trial: Trial) -> None:
    """When a client goes without a word, its shell and what that started end."""

    def shells() -> str:
        return runtimes.execute(fabric, "leaf1", ["pgrep", "-x", "vtysh"]).stdout

    async def leave(connection: asyncssh.SSHClientConnection) -> None:
        process = await connection.create_process(term_type="vt100")
        await process.stdout.readuntil("leaf1# ")
        assert await asyncio.to_thread(shells)
        connection.abort()

    over_ssh(fabric, leave)
    trial.wait_until(lambda: not shells())
    assert runtimes.execute(fabric, "leaf1", ["true"]).ok
