"""The kernel's tables of sockets, read for this very process."""

from __future__ import annotations

import os
import socket

import pytest

from netdojo.runtimes.serving import kinship, ports


def test_addresses_are_as_people_write_them() -> None:
    """Words of 32 bits in this machine's order become addresses of both families."""
    written = {"0100007F": "127.0.0.1", "00000000000000000000000001000000": "::1", "0" * 32: "::"}
    assert dict(written) == {text: ports.readable(text) for text in written}


@pytest.mark.parametrize(("kind", "protocol"), [(socket.SOCK_STREAM, "tcp"), (socket.SOCK_DGRAM, "udp")])
def test_own_port_is_found_with_its_program(kind: socket.SocketKind, protocol: str) -> None:
    """What waits for anybody is there; what is connected, or only bound, is not."""
    with socket.socket(socket.AF_INET, kind) as waiting, socket.socket(socket.AF_INET, kind) as talking:
        waiting.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            waiting.listen()
        talking.connect(waiting.getsockname())
        found = ports.listeners(os.getpid(), {os.getpid(): "me"})
        (port, other) = (one.getsockname()[1] for one in (waiting, talking))

    assert {"protocol": protocol, "address": "127.0.0.1", "port": port, "program": "me"} in found
    assert [] == [one for one in found if (one["protocol"], one["port"]) == (protocol, other)]


def test_port_of_no_known_process_has_no_program() -> None:
    """It is shown all the same."""
    with socket.create_server(("127.0.0.1", 0)) as waiting:
        port = waiting.getsockname()[1]
        assert [""] == [one["program"] for one in ports.listeners(os.getpid(), {}) if one["port"] == port]


def test_ancestry_ends_where_the_parents_do() -> None:
    """Each is followed by its parent; a circle, which reading while processes end can show, ends as well."""
    assert [3, 2, 1] == list(kinship.ancestry(3, {3: 2, 2: 1, 1: 0}))
    assert [3, 2] == list(kinship.ancestry(3, {3: 2, 2: 3}))
    assert os.getppid() == kinship.parent_of(os.getpid())
    assert 0 == kinship.parent_of(2**30)
