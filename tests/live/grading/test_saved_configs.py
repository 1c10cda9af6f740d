"""What was typed at a console and saved: the grader's routers start with it, where the lab hands configs/ in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.content import find_course, find_lab
from netdojo.errors import SubmissionUnusable
from netdojo.grading import grade, prepare_workspace, prove
from netdojo.model import Lab, Network, Verdict
from netdojo.notebook import LabSession

REPAIR = ["router bgp 65001", "no neighbor eth1 shutdown"]


@pytest.fixture(scope="module")
def saved(course: Path) -> Lab:
    return find_lab(find_course(course), "saved")


@pytest.fixture
def session(saved: Lab, home: Path) -> Iterator[LabSession]:
    """Give the lab with its network deployed, in a workspace of its own."""
    found = LabSession(saved, prepare_workspace(saved).parent)
    found.deploy()
    yield found
    runtimes.destroy(found.network)


def running(network: Network, node: str) -> str:
    """Return a router's running configuration, but for its version."""
    shown = runtimes.execute(network, node, ["vtysh", "-c", "show running-config no-header"])
    assert shown.ok, shown.stderr
    return shown.stdout


def test_a_repair_that_was_typed_and_saved_passes(session: LabSession) -> None:
    """What was typed over SSH counts once lab.save() has written it; the notebook repairs nothing."""
    with session.connect("r1") as r1:
        r1.send_config_set(REPAIR)
    untouched = grade(session.lab, session.folder)
    session.save()
    report = grade(session.lab, session.folder)

    assert [Verdict.failed, Verdict.passed] == [untouched.tasks[0].verdict, report.tasks[0].verdict]
    assert [] == [note for note in report.notes if "configs/" in note]
    assert untouched.submission_digest != report.submission_digest


def test_what_is_saved_reads_back_to_the_same(session: LabSession, tmp_path: Path) -> None:
    """A network that starts with the saved files has the same running configuration on each router."""
    with session.connect("r1") as r1:
        r1.send_config_set([*REPAIR, "interface lo", "ip address 192.0.2.1/32", "description a b"])
    session.save()
    (tmp_path / "configs").mkdir()
    for node in ("r1", "r2"):
        (tmp_path / "configs" / f"{node}.conf").write_bytes((session.folder / "configs" / f"{node}.conf").read_bytes())
    network = runtimes.deploy(session.network.topology, name="read-back", overlay=tmp_path)
    try:
        again = {node: running(network, node) for node in ("r1", "r2")}
    finally:
        runtimes.destroy(network)

    assert {node: running(session.network, node) for node in ("r1", "r2")} == again


def test_a_lab_that_hands_no_configs_in_applies_none(saved: Lab, home: Path) -> None:
    """Without configs/ in lab.yml the grader's routers start as the lab has them, whatever lies in the workspace."""
    workspace = hand_in(saved, solution(saved))
    plain = saved.model_copy(update={"manifest": saved.manifest.model_copy(update={"files": ()})})

    assert [Verdict.passed, Verdict.failed] == [grade(lab, workspace).tasks[0].verdict for lab in (saved, plain)]


def test_a_line_that_frr_refuses_is_told(saved: Lab, home: Path) -> None:
    """A configuration that a router does not take is refused with its lines, and no network is left."""
    bad = "router bgp 65001\n neighbour eth1 foo\nexit\ninterface lo\n ip address 192.0.2.400/32\n"
    with pytest.raises(SubmissionUnusable) as told:
        grade(saved, hand_in(saved, bad))

    assert (
        "configs/r1.conf: line 2: FRR has no such command (got 'neighbour eth1 foo')\n"
        "configs/r1.conf: line 5: FRR has no such command (got 'ip address 192.0.2.400/32')"
    ) == told.value.message
    assert [] == runtimes.networks()


def test_a_file_for_no_router_is_a_note(saved: Lab, home: Path) -> None:
    """What is named after no node is left aside with a word, and the rest is judged."""
    workspace = hand_in(saved, solution(saved))
    (workspace / "configs" / "r11.conf").write_text("!\n", encoding="utf-8")
    report = grade(saved, workspace)

    assert Verdict.passed == report.tasks[0].verdict
    assert "configs/r11.conf was not applied: the network has no node 'r11'; did you mean 'r1'?" == report.notes[0]


def test_the_lab_of_saved_configurations_proves_itself(saved: Lab, home: Path) -> None:
    """Solution and wrong answers that are configurations get the verdicts that they must get."""
    proof = prove(saved)

    assert 0 == proof.exit_code, proof.text()


def solution(lab: Lab) -> str:
    assert lab.grader is not None
    return (lab.grader / "solution" / "configs" / "r1.conf").read_text(encoding="utf-8")


def hand_in(lab: Lab, r1: str) -> Path:
    """Put a configuration of r1 into a fresh workspace and return it."""
    workspace = prepare_workspace(lab).parent
    (workspace / "configs" / "r1.conf").write_text(r1, encoding="utf-8")
    return workspace
