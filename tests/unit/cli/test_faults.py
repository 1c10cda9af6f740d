"""A fault of netdojo's own is told as one, and is nobody's grade; a network's faults are lifted by their numbers."""

from __future__ import annotations

from typing import Any

import pytest

from netdojo import grading, runtimes
from netdojo.cli import faults

from .conftest import run


@pytest.mark.parametrize(
    "fault", [KeyError("peers"), RecursionError(), MemoryError(), OSError(9, "Bad file descriptor")]
)
@pytest.mark.parametrize("more", [[], ["--format", "json"], ["--record"]])
def test_a_fault_of_our_own_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: Exception, more: list[str]
) -> None:
    """`netdojo grade` ends with 3, never 1, prints no report, and says that nothing was scored."""

    def breaks(*_: Any, **__: Any) -> None:
        raise fault

    monkeypatch.setattr(grading, "grade", breaks)
    monkeypatch.setattr(grading, "submit", breaks)

    assert 3 == run(monkeypatch, "grade", "netmiko-first-contact", "--submission", ".", *more)
    said = capsys.readouterr()
    assert "" == said.out
    assert "a fault of netdojo itself; nothing was scored" in " ".join(said.err.split())


@pytest.mark.parametrize(("given", "wanted"), [(["0"], 0), (["7"], 7), (["--all"], None), ([], 3)])
def test_the_named_fault_is_lifted(monkeypatch: pytest.MonkeyPatch, given: list[str], wanted: int | None) -> None:
    """A number is that fault, also 0, which none has; without one it is the only fault that is in force."""
    asked: list[int | None] = []

    def lift(_: object, id: int | None) -> list[Any]:
        asked.append(id)
        return []

    monkeypatch.setattr(faults, "the_network", lambda slug: slug)
    monkeypatch.setattr(faults, "the_only", lambda _: 3)
    monkeypatch.setattr(runtimes, "faults", lambda _: [])
    monkeypatch.setattr(runtimes, "lift", lift)

    assert 0 == run(monkeypatch, "lab", "lift", "netmiko-first-contact", *given)
    assert [wanted] == asked


def test_a_number_and_all_do_not_go_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is lifted that was perhaps not meant."""
    assert 2 == run(monkeypatch, "lab", "lift", "netmiko-first-contact", "7", "--all")
    assert "either the number of a fault, or --all (got 7 and --all)" in capsys.readouterr().err
