"""The learner's verbs, as far as they need no network."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdojo import checks, runtimes
from netdojo.checks import Check
from netdojo.checks.memory import opened_hints
from netdojo.errors import NotFound, WrongUse
from netdojo.model import Lab, Network, Progress, Result, TaskReport, Verdict
from netdojo.notebook import session
from netdojo.notebook.session import LabSession

PASSED, FAILED = Verdict.passed, Verdict.failed


@pytest.fixture
def opened(lab: Lab, workspace: Path) -> LabSession:
    return LabSession(lab, workspace)


def found(check: str, verdict: Verdict, node: str = "") -> Result:
    return Result(task="first", check=check, title="T", verdict=verdict, node=node)


def check(task: str, name: str) -> Check:
    return Check(task=task, name=name, title="T", run=lambda: None, arguments=())


def test_without_a_network_the_next_step_is_named(opened: LabSession) -> None:
    """What needs the network says how to get one."""
    with pytest.raises(WrongUse, match="not deployed") as told:
        opened.connect("r1")

    assert "lab.deploy()" in told.value.help


def test_a_network_that_runs_is_not_deployed_again(
    opened: LabSession, network: Network, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The learner's work stays, and he is told how to begin anew."""
    monkeypatch.setattr(runtimes, "networks", lambda: [network])
    monkeypatch.setattr(LabSession, "show", lambda _, running: running)
    monkeypatch.setattr(LabSession, "deploy_anew", lambda _: None)

    shown: object = opened.deploy()

    assert network == shown
    assert "lab.reset()" in capsys.readouterr().out


def test_what_was_checked_is_forgotten_with_a_reset(
    opened: LabSession, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What passed before has passed on another network; the hints that were read stay read."""
    checks.remember(opened.folder, [TaskReport(id="first", title="T", verdict=PASSED, points=1, of=1)])
    checks.open_hint(opened.folder, "first", 3)
    monkeypatch.setattr(runtimes, "networks", lambda: [network])
    monkeypatch.setattr(LabSession, "deploy_anew", lambda _, instead: instead)

    shown: object = opened.reset()

    assert network == shown
    assert {} == checks.recall(opened.folder)
    assert {"first": 1} == opened_hints(opened.folder)


def test_another_labs_network_is_not_this_one(
    opened: LabSession, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network of another name is left alone, and the lab gets its own."""
    other = network.model_copy(update={"name": "large"})
    monkeypatch.setattr(runtimes, "networks", lambda: [other])
    monkeypatch.setattr(LabSession, "deploy_anew", lambda _: "its own")

    shown: object = opened.deploy()

    assert "its own" == shown


def test_hints_open_one_after_the_other(opened: LabSession) -> None:
    """Each call gives the next, over a restart of the kernel too; the last one stays."""
    first = opened.hint("first").text
    again = LabSession(opened.lab, opened.folder)

    assert "Hint 1 of 2: Look." == first
    assert ["Hint 2 of 2: Type this."] * 2 == [again.hint("first").text, again.hint("first").text]


def test_a_task_without_hints_says_so(opened: LabSession) -> None:
    """Nothing is counted, nothing fails."""
    assert "2nd has no hints." == opened.hint("second").text


@pytest.mark.parametrize("verb", ["check", "hint"])
def test_a_task_with_a_typo_suggests_the_near_one(opened: LabSession, verb: str) -> None:
    """The name of a task is refused before anything is asked."""
    with pytest.raises(NotFound, match="first"):
        getattr(opened, verb)("frist")


def test_a_check_that_failed_on_one_node_does_not_hold() -> None:
    """What other checks wait for is a check that passed wherever it asked."""
    results = [found("up", PASSED, "r1"), found("up", FAILED, "r2"), found("routes", PASSED, "r1")]

    assert {"routes"} == session.passed_names(results)


def test_a_task_that_passed_before_guards_for_its_checks() -> None:
    """A check may wait for one of another task, which was checked earlier and passed."""
    known = (check("first", "up"), check("second", "routes"))

    assert {"up"} == session.guards(known, {"first": PASSED, "second": FAILED})


@pytest.mark.parametrize(
    ("progress", "line"),
    [
        (Progress(phase="wiring", elapsed=0.04), "wiring (0.0 s)"),
        (Progress(phase="ready", node="r1", done=2, total=6, elapsed=1.25), "ready r1 2 of 6 (1.2 s)"),
    ],
)
def test_a_step_of_long_work_is_a_line(progress: Progress, line: str) -> None:
    """Node and count are there where the step has them; seconds always."""
    assert line == session.timed(progress)


def test_checks_are_remembered_for_whoever_looks(
    opened: LabSession, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page shows what the notebook has checked; tasks that were not asked for keep what they had."""
    before = TaskReport(id="second", title="2nd", verdict=PASSED, points=1, of=1, results=())
    checks.remember(opened.folder, [before])
    opened.lab.folder.mkdir(parents=True)
    (opened.lab.folder / "checks.py").write_text(CHECKS, encoding="utf-8")
    monkeypatch.setattr(runtimes, "find", lambda _: network)
    checked = opened.check("first")

    assert not checked.passed
    assert {"first": FAILED, "second": PASSED} == {
        task: report.verdict for task, report in checks.recall(opened.folder).items()
    }


CHECKS = '''
from netdojo.checks import check, expect

@check("first", answer="nowhere_defined")
def has_it(answer):
    """It is there."""
'''


def test_a_folder_that_is_no_labs_is_told_how_to_name_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name, the folder's is taken for the lab's; the message says so, and both ways out."""
    course = Path(__file__).parents[3]
    monkeypatch.setenv("NETDOJO_COURSE", str(course))
    (tmp_path / "tmp").mkdir()
    monkeypatch.chdir(tmp_path / "tmp")
    with pytest.raises(WrongUse) as told:
        session.open_lab()

    golden = course / "tests" / "errors" / "notebook" / "folder-of-no-lab.txt"
    assert golden.read_text() == f"{told.value}\n".replace(str(tmp_path), "")
    with pytest.raises(NotFound, match="did you mean 'netmiko-first-contact'"):
        session.open_lab("netmiko-first-contct")
