"""What may be left of a network of which a process was killed, and how that is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ...soak import machine, tallies
from ...soak.attempts import excused
from ...soak.victims import OF_ITS_OWN, WITH_DOCKER, Outcome, Place

KILLED = -9


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the soak's machine be this folder."""
    monkeypatch.setenv(machine.MARK, str(tmp_path))
    return tmp_path


def waiting(place: Place, phase: str, victim: str, code: int, *found: str) -> list[str]:
    """Return what of the census may wait for the next client."""
    return [*filter(excused(place, Outcome(phase, victim, 0.0), code), found)]


@pytest.mark.parametrize(
    ("phase", "victim", "code", "may"),
    [
        ("deploy", "client", KILLED, True),
        ("restore", "client", KILLED, True),
        ("destroy", "client", KILLED, False),
        ("deploy", "keeper", 3, False),
        ("run", "first", 3, False),
        ("run", "both", 3, True),
        ("deploy", "both", 3, False),
        ("deploy", "both", 0, True),
        ("destroy", "both", 0, False),
    ],
)
def test_folder_may_wait_where_nothing_was_left_to_clear_it(
    folder: Path, phase: str, victim: str, code: int, may: bool
) -> None:
    """A client about to fill it was killed, or all of a supervisor that no client followed any more."""
    its = [f"file {folder}/home/networks/pair", f"file {folder}/home/networks/pair/log"]
    others = [f"file {folder}/home/networks/pairs", "process 7 netdojo-first"]

    assert (its if may else []) == waiting(OF_ITS_OWN, phase, victim, code, *its, *others)


def test_containers_may_wait_where_all_of_a_supervisor_was_killed() -> None:
    """What runs beside them may not, nor may a client that is killed leave any."""
    found = ["container 1a2b", "contained 8 bgpd", "process 7 ip", "interface clab-1"]

    assert found[:2] == waiting(WITH_DOCKER, "run", "both", 3, *found)
    assert [] == waiting(WITH_DOCKER, "deploy", "client", KILLED, *found)


def test_what_was_asked_for_is_not_left(folder: Path) -> None:
    """What lies beside it is, and is told apart as half-written."""
    for name in ("capture.pcap", ".save-0.0123456789abcdef"):
        (machine.here() / machine.RESULTS / name).touch()
    (folder / "tmp" / "other").touch()

    found = set(machine.files())
    half = f"file {folder}/results/.save-0.0123456789abcdef"
    assert {half, f"file {folder}/tmp/other"} == found
    assert [half] == [*filter(machine.is_half_written, found)]


def test_table_counts_kills() -> None:
    """A row for each phase and victim that was tried, in their order, and one of all."""
    found = [
        Outcome("run", "client", 0.1, half=["a", "b"], again=True),
        Outcome("deploy", "keeper", 0.1, left=["a"], faults=["b"]),
        Outcome("deploy", "keeper", 0.1, waiting=["a", "b"], again=True),
    ]

    assert [
        ["deploy", "keeper", "2", "1", "1", "0", "1", "1"],
        ["run", "client", "1", "0", "0", "1", "0", "1"],
        ["all", "", "3", "1", "1", "1", "1", "2"],
    ] == tallies.rows(found)
    assert "| all |  | 3 | 1 | 1 | 1 | 1 | 2 |" == tallies.markdown(found, 1, "command").splitlines()[-1]
    assert "2 of 3 kills left nothing" in tallies.text(found, 1)
