"""The long work's words and rules, without a network."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from netdojo import runtimes
from netdojo.checks import Check
from netdojo.errors import NetworkComingUp, NotFound, WrongUse
from netdojo.model import Lab, Network, NodeAccess, Result, Topology, Verdict
from netdojo.portal import consoles, serving, work

from .conftest import report, result


def check(name: str, *, answer: str = "") -> Check:
    return Check(task="up", name=name, title="It is up.", run=print, arguments=(), answer=answer)


def verdicts(results: list[Result]) -> dict[str, Verdict]:
    return {one.check: one.verdict for one in results}


def test_what_the_notebook_found_stays_when_the_page_checks() -> None:
    """A check that only the notebook can run keeps its last result, in place of a new "waits"."""
    found = (check("on_the_network"), check("in_the_notebook", answer="paths"))
    before = report(Verdict.failed, result(Verdict.passed, check="in_the_notebook"))
    fresh = [result(Verdict.passed, check="on_the_network"), result(Verdict.skipped, check="in_the_notebook")]

    wanted = {"on_the_network": Verdict.passed, "in_the_notebook": Verdict.passed}
    assert wanted == verdicts(work.with_notebook(found, fresh, before))


def test_without_a_notebook_run_the_check_waits() -> None:
    """Nothing is made up for a check that the notebook never ran."""
    fresh = [result(Verdict.skipped, check="in_the_notebook")]

    assert fresh == work.with_notebook((check("in_the_notebook", answer="paths"),), fresh, None)


def test_a_console_needs_a_network_that_runs() -> None:
    """Without a network there is nothing to open, and the message says what to do first."""
    with pytest.raises(WrongUse, match="The network is not running"):
        consoles.open_console(None, None, "lab", "leaf1")


def test_a_network_that_comes_up_is_not_called_running(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was started elsewhere is waited for; the page says so at the start, the reset and the check of a lab."""

    def refuse(*_: object, **__: object) -> Network:
        raise NetworkComingUp("sessions")

    desk: Any = SimpleNamespace(topology=lambda _: None, forget_look=lambda _: None)
    monkeypatch.setattr(runtimes, "deploy", refuse)
    monkeypatch.setattr(runtimes, "find", refuse)
    monkeypatch.setattr(runtimes, "networks", list)

    for begin in (work.start, work.reset):
        found = begin(desk, lab, print)
        assert ("open", "The network is coming up") == (found.tone, found.headline)
    with pytest.raises(WrongUse, match="The network is coming up"):
        work.running(lab)


def test_a_stop_ends_what_comes_up(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a network is up it can be stopped as well."""

    def refuse(_: str) -> Network:
        raise NetworkComingUp("sessions")

    desk: Any = SimpleNamespace(forget_look=print)
    ended: list[str] = []
    monkeypatch.setattr(runtimes, "find", refuse)
    monkeypatch.setattr(runtimes, "destroy", ended.append)
    work.stop(desk, lab, print)

    assert ["sessions"] == ended


def test_a_console_of_an_unknown_node_suggests_the_near_one(tmp_path: Path) -> None:
    """A node with a typo is refused before anything is started."""
    topology = Topology(name="two", file=tmp_path / "t", images=tmp_path, nodes=(), links=())
    network = Network.model_validate(
        {
            "name": "two",
            "runtime": "namespaces",
            "topology": topology,
            "started": "2026-01-01T00:00:00Z",
            "pid": 1,
            "folder": tmp_path,
            "username": "admin",
            "password": "-",
            "access": (NodeAccess(name="leaf1", host="127.0.0.1", port=2201),),
        }
    )
    with pytest.raises(NotFound) as raised:
        consoles.open_console(None, network, "two", "laef1")

    assert "did you mean 'leaf1'?" == raised.value.help


def test_the_server_listens_here_alone_and_asks_nobody(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The configuration is this machine only, with sign-in, without nbgrader's pages, news or update checks."""
    for name in ("JUPYTER_CONFIG_PATH", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, "put back when the test is over")
    serving.prepare_folders()
    made = serving.configuration(None, serving.Heard(), port=8888, open_browser=False)

    assert "127.0.0.1" == made.ServerApp.ip
    assert made.LabApp.news_url is None
    assert "jupyterlab.NeverCheckForUpdate" == made.LabApp.check_for_updates_class
    assert not [name for name in made.ServerApp.jpserver_extensions if "nbgrader" in name]
    assert "@jupyter/nbgrader" in (home / "jupyter" / "config" / "labconfig" / "page_config.json").read_text()
