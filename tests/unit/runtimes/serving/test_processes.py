"""Processes are started as leaders of sessions, reaped whoever started them, and ended whole."""

from __future__ import annotations

import os
from typing import Any

import pytest

from netdojo.runtimes.serving.processes import Processes, end_session, session_members

from .conftest import ENV, alive, is_gone, sh

STANDARD = (0, 1, 2)


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -KILL $$", 137)])
def test_an_end_is_told_as_a_shell_tells_it(serve: Any, script: str, code: int) -> None:
    """The exit code is the program's own, or 128 and the number of the signal that ended it."""

    async def work(processes: Processes) -> int:
        return await processes.start(sh(script), STANDARD, ENV)[1]

    assert code == serve(work)


def test_a_pipe_that_breaks_ends_a_program(serve: Any) -> None:
    """Python ignores SIGPIPE, and what it starts must not inherit that: `yes | head` would never end."""

    async def work(processes: Processes) -> int:
        return await processes.start(sh("kill -PIPE $$; exit 0"), STANDARD, ENV)[1]

    assert 141 == serve(work)


def test_a_program_gets_the_environment_that_is_given(serve: Any) -> None:
    """Nothing of this process's own environment goes along."""

    async def work(processes: Processes) -> int:
        script = 'test "$ROUTER" = r1 && test -z "$NETDOJO_HOME"'
        return await processes.start(sh(script), STANDARD, {**ENV, "ROUTER": "r1"})[1]

    assert "NETDOJO_HOME" in os.environ
    assert 0 == serve(work)


def test_a_session_is_ended_with_all_that_it_started(serve: Any) -> None:
    """What a program left in the background ends with its session, even when the program itself is over."""

    async def work(processes: Processes) -> tuple[int, list[int]]:
        read, write = os.pipe()
        leader, ended = processes.start(sh("sleep 600 & sleep 600 & echo; wait"), (0, write, 2), ENV)
        os.close(write)
        os.read(read, 1)
        os.close(read)
        members = list(session_members(leader))
        end_session(leader)
        return await ended, members

    code, members = serve(work)

    assert 137 == code
    assert 3 == len(members)
    assert [True, True, True] == [is_gone(pid) for pid in members]


def test_another_session_is_left_alone(serve: Any) -> None:
    """Ending one session ends no other that was started beside it."""

    async def work(processes: Processes) -> tuple[bool, int]:
        first, first_ended = processes.start(sh("exec sleep 600"), STANDARD, ENV)
        second, second_ended = processes.start(sh("exec sleep 600"), STANDARD, ENV)
        end_session(first)
        await first_ended
        left = alive(second)
        end_session(second)
        return left, await second_ended

    assert (True, 137) == serve(work)


def test_a_child_that_somebody_else_started_can_be_watched(serve: Any) -> None:
    """Every child is reaped; who watches one is told of its end."""

    async def work(processes: Processes) -> int:
        child = os.posix_spawn("/bin/sh", sh("exit 5"), ENV)
        return await processes.watch(child)

    assert 5 == serve(work)
