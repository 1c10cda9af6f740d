"""A connection is made to the node that is named and meant, or refused in a sentence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import asyncssh
import pytest

from netdojo.errors import NodeUnreachable, NotFound
from netdojo.model import Network
from netdojo.notebook.connecting import connection

KEY = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
STRANGER = """
import asyncio, asyncssh
async def listen():
    key = asyncssh.generate_private_key("ssh-ed25519")
    async with await asyncssh.listen("127.0.0.1", 0, server_host_keys=[key]) as server:
        print(server.get_port(), flush=True)
        await asyncio.Event().wait()
asyncio.run(listen())
"""


@pytest.fixture
def stranger() -> Iterator[int]:
    """The port of an SSH server of this machine that is no node of the network."""
    with subprocess.Popen([sys.executable, "-c", STRANGER], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.kill()


def test_a_node_that_is_not_there_suggests_the_near_one(network: Network) -> None:
    """A typo is no connection that fails after ten seconds."""
    with pytest.raises(NotFound, match="r1"):
        connection(network, "r11")


def test_a_node_that_does_not_answer_is_named_with_its_address(network: Network) -> None:
    """What netmiko says over many lines is one sentence, with the next step."""
    with pytest.raises(NodeUnreachable) as told:
        connection(network, "r1")

    at = f"127.0.0.1:{network.access[0].port}"
    assert f"r1 does not answer at {at}: TCP connection to device failed." == told.value.message
    assert "lab.reset()" in told.value.help


def test_a_server_with_another_key_is_not_spoken_to(network: Network, stranger: int) -> None:
    """Whoever listens at a node's port without the network's own host key does not get its password."""
    network.known_hosts.write_text(f"[127.0.0.1]:{stranger} {KEY}\n", encoding="ascii")
    taken = network.access[0].model_copy(update={"port": stranger})
    with pytest.raises(NodeUnreachable, match=r"r1 does not answer.*: Host key for server .* does not match"):
        connection(network.model_copy(update={"access": (taken,)}), "r1")
