"""A request to end becomes an exception once, and what clears up after it is not broken off by the next."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from netdojo.grading.stopping import REQUESTS, stops_cleanly


@pytest.fixture(autouse=True)
def own_handlers() -> Iterator[None]:
    """Begin with what a process has that nobody has told otherwise, and end with what was there."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in REQUESTS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def handlers() -> list[object]:
    return [signal.getsignal(number) for number in REQUESTS]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_request_ends_the_work(number: signal.Signals, code: int) -> None:
    """The exit code is the signal's, and afterwards signals do what they did before."""
    with pytest.raises(SystemExit) as ended, stops_cleanly():
        signal.raise_signal(number)

    assert code == ended.value.code
    assert [signal.SIG_DFL, signal.SIG_DFL] == handlers()


def test_next_request_does_not_break_off_the_clearing_up() -> None:
    """A terminal and its shell both ask; also between a grading and what it is part of the second is passed over."""
    cleared: list[str] = []
    with pytest.raises(SystemExit) as ended, stops_cleanly():
        ask_again_while_clearing_up(cleared)

    assert 129 == ended.value.code
    assert ["inner", "outer"] == cleared
    assert [signal.SIG_DFL, signal.SIG_DFL] == handlers()


def ask_again_while_clearing_up(cleared: list[str]) -> None:
    """Be asked to end within work that is within work, and again while each clears up."""
    try:
        with stops_cleanly():
            try:
                signal.raise_signal(signal.SIGHUP)
            finally:
                signal.raise_signal(signal.SIGTERM)
                cleared.append("inner")
    finally:
        signal.raise_signal(signal.SIGHUP)
        cleared.append("outer")


def test_work_goes_on_to_hear_when_a_part_of_it_is_over() -> None:
    """The end of the part gives the signals back to what it was part of."""
    with stops_cleanly():
        with stops_cleanly():
            pass
        with pytest.raises(SystemExit) as ended:
            signal.raise_signal(signal.SIGTERM)

    assert 143 == ended.value.code


def test_what_is_ignored_stays_ignored() -> None:
    """Work under nohup outlives its terminal."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with stops_cleanly():
        signal.raise_signal(signal.SIGHUP)

    assert [signal.SIG_DFL, signal.SIG_IGN] == handlers()
