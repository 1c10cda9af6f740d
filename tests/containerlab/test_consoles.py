"""A node's console by its name: in a terminal, in JupyterLab's, and by plain ssh; the same in both runtimes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from jupyter_server_terminals.terminalmanager import TerminalManager

from netdojo import runtimes
from netdojo.content import find_course, find_lab, read_topology
from netdojo.model import Network
from netdojo.portal import consoles

SLUG = "netmiko-first-contact"
DEADLINE = 30


@pytest.fixture(scope="module")
def lab_network(runtime: str, session_home: Path) -> Iterator[Network]:
    """The network of a lab, in one runtime and then in the other."""
    lab = find_lab(find_course(), SLUG)
    network = runtimes.deploy(read_topology(lab.topology_file), name=SLUG, overlay=lab.start, runtime=runtime)
    yield network
    runtimes.destroy(network)


@pytest.fixture(autouse=True)
def nothing_is_left() -> None:
    """The network is the module's, whose end is what takes it away."""


class Screen:
    """What a page that shows the terminal is sent."""

    def __init__(self) -> None:
        self.shown = ""

    def on_pty_read(self, text: str) -> None:
        self.shown += text

    def on_pty_died(self) -> None:
        self.shown += "[ended]"

    async def until(self, words: str) -> None:
        """Wait until `words` are shown; raises AssertionError at the deadline."""
        end = time.monotonic() + DEADLINE
        while words not in self.shown:
            assert time.monotonic() < end, self.shown
            await asyncio.sleep(0.05)


def test_console_in_jupyterlabs_terminal(lab_network: Network) -> None:
    """The terminal that a page opens by a node's name is the router's, is found again, and talks both ways."""

    async def talk() -> None:
        terminals = TerminalManager(shell_command=["sh"])
        try:
            name = consoles.open_console(terminals, lab_network, SLUG, "leaf1")
            screen = Screen()
            terminals.terminals[name].clients.append(screen)
            assert (name, [name]) == (
                consoles.open_console(terminals, lab_network, SLUG, "leaf1"),
                list(terminals.terminals),
            )
            await screen.until("leaf1#")
            terminals.terminals[name].ptyproc.write("show bgp summary\n")
            await screen.until("local AS number 65011")
        finally:
            await terminals.terminate_all()

    asyncio.run(talk())


def test_console_in_a_terminal(lab_network: Network) -> None:
    """The command gives the terminal to the router and takes it back with its exit code."""
    words = ["-m", "netdojo.cli", "lab", "console", SLUG, "leaf1"]
    with pexpect.spawn(sys.executable, words, timeout=DEADLINE, env=dict(os.environ)) as terminal:
        terminal.expect_exact("leaf1#")
        terminal.sendline("show bgp summary")
        terminal.expect_exact("local AS number 65011")
        terminal.sendline("exit")
        terminal.expect(pexpect.EOF)
        terminal.close()
    assert 0 == terminal.exitstatus


def test_console_by_plain_ssh(lab_network: Network) -> None:
    """`ssh -F ssh_config NAME` logs into each node by its name with nothing to be confirmed or typed."""
    for access in lab_network.access:
        words = ["ssh", "-F", str(lab_network.ssh_config), "-o", "BatchMode=yes", access.name, "show version"]
        shown = subprocess.run(words, capture_output=True, text=True, timeout=DEADLINE, check=False)
        assert (0, "") == (shown.returncode, shown.stderr)
        assert f"({access.name})" in shown.stdout
