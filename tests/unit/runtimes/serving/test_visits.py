"""Sessions that are held neither run nor take input, and go on where they were."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

import asyncssh

from netdojo.runtimes.serving.processes import Processes, session_members
from netdojo.runtimes.serving.sessions import Session
from netdojo.runtimes.serving.visits import Visits

from .conftest import PlainNode
from .test_sessions import Channel


def come(processes: Processes, node: PlainNode, visits: Visits, command: str) -> tuple[Session, Channel]:
    session, channel = Session(processes, visits, node), Channel(command)
    session.connection_made(cast("asyncssh.SSHServerChannel[bytes]", channel))
    session.session_started()
    return session, channel


def states(leader: int) -> set[str]:
    """Return the kernel's letter for what each process of a session does."""
    return {
        Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        for pid in session_members(leader)
    }


async def until(processes: set[str], leader: int) -> None:
    while states(leader) != processes:
        await asyncio.sleep(0.01)


def test_a_held_session_stops_whole_and_goes_on(serve: Any, node: PlainNode) -> None:
    """Every process of it is stopped, what is typed meanwhile waits, and nothing of it is lost."""

    async def work(processes: Processes) -> bytes:
        visits = Visits()
        session, channel = come(processes, node, visits, "sleep 60 & cat")
        session.data_received(b"before ", None)
        await channel.heard(b"before ")
        visits.hold()
        await until({"T"}, session.leader)
        session.data_received(b"meanwhile ", None)
        await asyncio.sleep(0.1)
        assert b"before " == channel.said[None]
        visits.go_on()
        await channel.heard(b"meanwhile ")
        await until({"S"}, session.leader)
        session.connection_lost(None)
        return channel.said[None]

    assert b"before meanwhile " == serve(work)


def test_a_session_that_comes_meanwhile_waits(serve: Any, node: PlainNode) -> None:
    """It begins once sessions may go on, unless its client has gone by then; both are counted."""

    async def work(processes: Processes) -> tuple[int, int, int]:
        visits = Visits()
        visits.hold()
        waits, channel = come(processes, node, visits, "echo here")
        goes, _ = come(processes, node, visits, "echo here")
        await asyncio.sleep(0.1)
        goes.connection_lost(None)
        before = waits.leader
        visits.go_on()
        return before, await channel.code, goes.leader

    assert (0, 0, 0) == serve(work)


def test_sessions_are_counted_by_node(serve: Any, node: PlainNode) -> None:
    """A session counts once it was begun, and still when it is over."""

    async def work(processes: Processes) -> Visits:
        visits = Visits()
        for _ in range(2):
            session, channel = come(processes, node, visits, "true")
            await channel.code
            session.connection_lost(None)
        return visits

    visits = serve(work)
    assert (2, 0) == (visits.begun[node.name], visits.begun["r2"])
