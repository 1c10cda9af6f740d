"""In the grader's sandbox the learner's verbs are all there, and none of them changes or judges anything."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from netdojo import runtimes
from netdojo.errors import NotFound
from netdojo.model import Lab, Network
from netdojo.notebook import attached, session
from netdojo.notebook.attached import AttachedSession, attached_network
from netdojo.notebook.session import LabSession, open_lab

PLAIN = {"deploy", "show", "inspect", "check", "reset", "save", "restore", "diff", "submit", "faults", "lift"}
"""The verbs that can be called without a word."""
VERBS = PLAIN | {"connect", "hint", "capture", "inventory", "fault"}


@pytest.fixture
def given(lab: Lab, network: Network, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> AttachedSession:
    """A session in a sandbox; a runtime is out of reach there."""
    for verb in ("deploy", "destroy", "find", "networks", "inspect", "execute"):
        monkeypatch.setattr(runtimes, verb, out_of_reach)
    return AttachedSession(lab, workspace, network)


def out_of_reach(*_: object, **__: object) -> None:
    raise AssertionError("the sandbox has no runtime")


def test_the_network_is_the_one_that_the_grader_names(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable names the file; without it this is no sandbox."""
    monkeypatch.delenv(attached.VARIABLE, raising=False)
    assert attached_network() is None

    file = tmp_path / "network.json"
    file.write_text(network.model_dump_json(), encoding="utf-8")
    monkeypatch.setenv(attached.VARIABLE, str(file))
    assert network == attached_network()


def test_a_notebook_finds_its_lab_in_the_sandbox_as_at_home(
    lab: Lab, network: Network, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same line opens the learner's session here and the grader's there."""
    monkeypatch.setattr(session, "find_course", lambda: SimpleNamespace(labs=(lab,)))
    monkeypatch.delenv(attached.VARIABLE, raising=False)
    home = open_lab()
    file = workspace / "network.json"
    file.write_text(network.model_dump_json(), encoding="utf-8")
    monkeypatch.setenv(attached.VARIABLE, str(file))
    there = open_lab()

    assert (LabSession, AttachedSession) == (type(home), type(there))
    assert (workspace, workspace) == (home.folder, there.folder)
    assert network == there.network


@pytest.mark.parametrize("verb", sorted(PLAIN))
def test_a_verb_says_that_the_grader_does_it(given: AttachedSession, workspace: Path, verb: str) -> None:
    """A cell with any of them runs to its end, changes nothing, and reads as what it is."""
    shown = getattr(given, verb)()

    assert shown.text.endswith(".")
    assert [] == list(workspace.iterdir())


@pytest.mark.parametrize("verb", ["check", "hint"])
def test_a_task_that_is_not_there_is_refused_as_at_home(given: AttachedSession, verb: str) -> None:
    """A typo in a notebook shows before it is handed in as well as after."""
    assert getattr(given, verb)("second").text

    with pytest.raises(NotFound, match="second"):
        getattr(given, verb)("secnd")


def test_sessions_have_the_same_verbs() -> None:
    """Whatever a learner's session can do in a notebook can be written in one that is graded."""
    here, there = (
        {name for name in vars(session) if not name.startswith("_")} for session in (LabSession, AttachedSession)
    )

    assert VERBS == here & there
