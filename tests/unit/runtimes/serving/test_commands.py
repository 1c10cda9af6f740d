"""A command runs to its end or its limit, and what it says is kept up to a limit."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from netdojo.runtimes.serving import commands
from netdojo.runtimes.serving.processes import Processes, end_session

from .conftest import DEADLINE, ENV, PlainNode, alive, is_gone, sh

Said = tuple[int, bytes, bytes]


def test_a_command_gives_its_code_and_both_outputs(serve: Any) -> None:
    """stdout and stderr are told apart, and the code is the command's own."""

    async def work(processes: Processes) -> Said:
        return await commands.run(processes, sh("echo out; echo err >&2; exit 3"), ENV, b"", DEADLINE)

    assert (3, b"out\n", b"err\n") == serve(work)


def test_input_of_any_length_goes_through(serve: Any) -> None:
    """More than a pipe holds is written as the command takes it, while its output is read."""
    given = bytes(range(256)) * 4096

    async def work(processes: Processes) -> Said:
        return await commands.run(processes, sh("cat"), ENV, given, DEADLINE)

    code, out, _ = serve(work)

    assert 0 == code
    assert given == out


def test_a_command_need_not_read_its_input(serve: Any) -> None:
    """Input that nobody takes holds nothing up and is no fault."""

    async def work(processes: Processes) -> Said:
        return await commands.run(processes, sh("exec 0<&-; echo done"), ENV, b"x" * 2**20, DEADLINE)

    assert (0, b"done\n", b"") == serve(work)


def test_a_command_is_ended_at_its_limit_with_all_that_it_started(serve: Any) -> None:
    """What was said until then is kept; the code is that of `timeout`."""

    async def work(processes: Processes) -> Said:
        return await commands.run(processes, sh("sleep 600 & echo $!; wait"), ENV, b"", 2.0)

    code, out, _ = serve(work)

    assert 124 == code
    assert is_gone(int(out))


def test_a_command_that_nobody_waits_for_any_more_is_ended(serve: Any) -> None:
    """A client that goes takes along what it asked for."""
    heard: list[bytes] = []

    async def work(processes: Processes) -> None:
        script = sh("echo $$ >&2; exec sleep 600")
        asked = asyncio.ensure_future(commands.run(processes, script, ENV, b"", DEADLINE, heard.append))
        while not heard:
            await asyncio.sleep(0.01)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    serve(work)

    assert is_gone(int(heard[0]))


def test_output_beyond_the_limit_is_dropped_and_said_so(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that says too much is not held up; its output ends with a word on what is missing."""
    monkeypatch.setattr(commands, "OUTPUT_LIMIT", 1000)

    async def work(processes: Processes) -> Said:
        return await commands.run(processes, sh("head -c 1000000 /dev/zero; exit 4"), ENV, b"", DEADLINE)

    code, out, err = serve(work)

    assert 4 == code
    assert bytes(1000) + commands.CUT == out
    assert b"" == err


def test_output_up_to_the_limit_is_whole(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is called cut that was not."""
    monkeypatch.setattr(commands, "OUTPUT_LIMIT", 1000)

    async def work(processes: Processes) -> Said:
        return await commands.run(processes, sh("head -c 1000 /dev/zero"), ENV, b"", DEADLINE)

    assert (0, bytes(1000), b"") == serve(work)


def test_what_is_left_in_the_background_holds_nobody_up(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that keeps the outputs open is waited for a moment only, and runs on."""
    monkeypatch.setattr(commands, "_LINGER", 0.1)

    async def work(processes: Processes) -> tuple[Said, bool]:
        said = await commands.run(processes, sh("sleep 600 & echo $$ $!"), ENV, b"", DEADLINE)
        leader, left = map(int, said[1].split())
        runs = alive(left)
        end_session(leader)
        assert is_gone(left)
        return said, runs

    (code, _, _), runs = serve(work)

    assert (0, True) == (code, runs)


def test_stderr_is_heard_while_it_comes(serve: Any) -> None:
    """A listener hears what a long command says before the command has ended."""
    heard: list[bytes] = []

    async def work(processes: Processes) -> Said:
        script = sh("echo step >&2; read line; echo $line >&2")
        return await commands.run(processes, script, ENV, b"on\n", DEADLINE, heard.append)

    assert (0, b"", b"step\non\n") == serve(work)
    assert b"step\non\n" == b"".join(heard)


def test_steps_end_at_the_first_that_fails(serve: Any, node: PlainNode, capfd: pytest.CaptureFixture[str]) -> None:
    """What failed is named with its node, its code and its words; no later step is run, and all of it is logged."""
    steps = [sh("echo one"), sh("echo bad >&2; exit 9"), sh("echo three")]

    async def work(processes: Processes) -> str:
        return await commands.run_steps(processes, node, steps, DEADLINE)

    trouble = serve(work)

    assert "node r1: \"/bin/sh -c 'echo bad >&2; exit 9'\" ended with code 9:\nbad" == trouble
    assert "one\nbad\n" == capfd.readouterr().out


def test_steps_that_all_go_well_say_nothing(serve: Any, node: PlainNode) -> None:
    """No words means that nothing went wrong."""

    async def work(processes: Processes) -> str:
        return await commands.run_steps(processes, node, [sh("true"), sh("true")], DEADLINE)

    assert "" == serve(work)
