"""A program on a terminal that nobody sits at is never held up, and does not fill the log."""

from __future__ import annotations

from typing import Any

import pytest

from netdojo.runtimes.serving.processes import Processes
from netdojo.runtimes.serving.terminals import LOGGED, start_on_terminal

from .conftest import ENV, sh


def test_a_program_has_a_terminal_of_its_own(serve: Any) -> None:
    """Its input and both outputs are a terminal, and that controls its session."""

    async def work(processes: Processes) -> int:
        script = "test -t 0 && test -t 1 && test -t 2 && : >/dev/tty && exit 6"
        return await start_on_terminal(processes, sh(script), ENV)

    assert 6 == serve(work)


def test_what_it_says_is_logged_up_to_a_limit(serve: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """Ten times what is kept is read all the same, so the program comes to its end."""

    async def work(processes: Processes) -> int:
        return await start_on_terminal(processes, sh(f"head -c {LOGGED * 10} /dev/zero | tr '\\0' x; exit 3"), ENV)

    assert 3 == serve(work)
    assert LOGGED // 2 < capfd.readouterr().out.count("x") <= LOGGED
