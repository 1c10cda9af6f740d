"""Which files of a submission become a router's configuration, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdojo.errors import DeployFailed, SubmissionUnusable
from netdojo.grading.applying import CONFIG_CAP, Applied, refused, starting_files, submitted_configs
from netdojo.model import Bind, Lab, Node, Topology

FRR = "/etc/frr/frr.conf"


def router(name: str, *binds: tuple[str, str]) -> Node:
    made = tuple(Bind(source=source, target=target) for source, target in binds)
    return Node(name=name, kind="linux", image="frr", binds=made)


TOPOLOGY = Topology(
    name="four",
    file=Path("four.clab.yml"),
    images=Path("images"),
    nodes=(
        router("r1", ("configs/first.conf", FRR), ("configs/daemons", "/etc/frr/daemons")),
        router("r2", ("shared.conf", FRR)),
        router("r3", ("shared.conf", FRR)),
        router("r4", ("../elsewhere.conf", FRR)),
    ),
    links=(),
)


def test_a_router_starts_with_what_was_handed_in_for_it(lab: Lab, tmp_path: Path) -> None:
    """The file takes the place of the router's own start; the lab's other files stay, and its folder is not touched."""
    for name in ("first.conf", "other.conf"):
        (lab.start / "configs").mkdir(exist_ok=True)
        (lab.start / "configs" / name).write_text("start", encoding="utf-8")
    applied = submitted_configs({"configs/r1.conf": b"mine", "small.ipynb": b"{}"}, TOPOLOGY)
    folder = starting_files(lab, applied, tmp_path)

    assert folder is not None
    assert ["mine", "start"] == [(folder / "configs" / name).read_text() for name in ("first.conf", "other.conf")]
    assert "start" == (lab.start / "configs" / "first.conf").read_text()
    assert () == applied.notes


def test_nothing_handed_in_is_the_labs_start(lab: Lab, tmp_path: Path) -> None:
    """Without configurations the grader's network is as the lab has it."""
    assert lab.start == starting_files(lab, submitted_configs({"small.ipynb": b"{}"}, TOPOLOGY), tmp_path)


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("configs/r9.conf", "the network has no node 'r9'; there is: r1, r2, r3, r4"),
        ("configs/r1.txt", "a router's configuration is named configs/<node>.conf"),
        ("configs/deep/r1.conf", "the network has no node 'deep/r1'; there is: r1, r2, r3, r4"),
        ("configs/r2.conf", f"the topology gives r2 no {FRR} of its own"),
        ("configs/r4.conf", f"the topology gives r4 no {FRR} of its own"),
    ],
)
def test_a_file_for_no_router_is_left_aside(name: str, note: str) -> None:
    """What is no router's configuration is a note, and decides nothing."""
    applied = submitted_configs({name: b"!"}, TOPOLOGY)

    assert ({}, (f"{name} was not applied: {note}",)) == (applied.configs, applied.notes)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (b"!" * (CONFIG_CAP + 1), "configs/r1.conf is larger than 256 KiB"),
        (b"\xff\xfe", "configs/r1.conf must be text"),
        (b"hostname \x00", "configs/r1.conf must be text (got the character '\\x00')"),
        (b"hostname \x1b[2J", "configs/r1.conf must be text (got the character '\\x1b')"),
    ],
)
def test_what_cannot_be_a_configuration_is_refused(held: bytes, told: str) -> None:
    """Too much, or no text, is said before any network is deployed."""
    with pytest.raises(SubmissionUnusable) as refusal:
        submitted_configs({"configs/r1.conf": held}, TOPOLOGY)

    assert told == refusal.value.message


def test_the_lines_that_frr_refused_are_told() -> None:
    """Each line that vtysh names is shown as it was handed in, with who refused it."""
    said = (
        "node r1: '/netdojo/entrypoint' ended with code 13:\n"
        "BGP is already running; AS is 65012\n"
        "line 1: % Unknown command[25]: neighbour eth1\n"
        "line 2: Failure to communicate[13] to bgpd, line: router bgp 65013\n"
        "line 1: % Unknown command[41]: neighbour eth1\n"
    )
    found = refused(DeployFailed(said), Applied({"r1": b"neighbour eth1\nrouter bgp 65013\n"}, {"r1": "r1.conf"}))

    assert found is not None
    assert (
        "configs/r1.conf: line 1: FRR has no such command (got 'neighbour eth1')\n"
        "configs/r1.conf: line 2: bgpd refuses it (got 'router bgp 65013')"
    ) == found.message


@pytest.mark.parametrize("said", ["no room", "node r1: it ended\nnode r2: '/netdojo/entrypoint' ended with code 1"])
def test_a_network_that_does_not_start_by_itself_is_no_fault_of_the_submission(said: str) -> None:
    """Where a router failed that the submission says nothing of, or none is named, the error stays what it was."""
    assert refused(DeployFailed(said), Applied({"r1": b"!"}, {"r1": "r1.conf"})) is None
