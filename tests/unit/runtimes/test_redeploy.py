"""A network is ended for another only when the other could be deployed; so behind every door."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from netdojo import runtimes
from netdojo.cli import app
from netdojo.content import find_course, find_lab
from netdojo.errors import HostNotReady, TopologyUnsupported
from netdojo.model import Progress
from netdojo.notebook.session import LabSession
from netdojo.portal import work
from netdojo.portal.desk import Desk
from netdojo.runtimes import plugins

SLUG = "netmiko-first-contact"
LAB = find_lab(find_course(Path(__file__).parents[3]), SLUG)


class Refusing:
    """A runtime that would end and deploy anything, but for what it is told to refuse."""

    def __init__(self, check: Exception | None = None, host: Exception | None = None) -> None:
        self.refusals = {"check": check, "host": host}
        self.did: list[str] = []

    def check(self, *_: Any) -> None:
        self.refuse("check")

    def check_host(self, *_: Any) -> None:
        self.refuse("host")

    def refuse(self, what: str) -> None:
        refusal = self.refusals[what]
        if refusal is not None:
            raise refusal

    def destroy(self, network: Any) -> None:
        self.did.append(f"end {network.name}")

    def deploy(self, topology: Any, name: str, *_: Any) -> None:
        self.did.append(f"deploy {name}")


def by_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["netdojo", "lab", "reset", SLUG])
    with pytest.raises(SystemExit) as ended:
        app()
    assert 0 != ended.value.code


def in_the_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises((HostNotReady, TopologyUnsupported)):
        LabSession(LAB, Path()).reset()


def on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises((HostNotReady, TopologyUnsupported)):
        work.reset(Desk(), LAB, lambda _: None)


@pytest.mark.parametrize("door", [by_command, in_the_notebook, on_the_page])
@pytest.mark.parametrize(
    "refusal", [{"host": HostNotReady("no FRR")}, {"check": TopologyUnsupported([])}], ids=["host", "topology"]
)
def test_reset_that_cannot_be_done_ends_nothing(
    door: Callable[[pytest.MonkeyPatch], None], refusal: dict[str, Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the host lacks, or the runtime cannot run, is found out while the old network runs, and it goes on."""
    runtime = Refusing(**refusal)
    monkeypatch.setattr(runtimes, "networks", lambda: [SimpleNamespace(name=SLUG, runtime="other")])
    monkeypatch.setattr(plugins, "runtime", lambda _: runtime)
    door(monkeypatch)

    assert [] == runtime.did


def test_redeploy_keeps_name_and_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    """The old network is ended, then the new one deployed, both by the runtime that the old one has."""
    known, told = {"other": Refusing()}, list[Progress]()
    monkeypatch.setattr(plugins, "runtime", known.__getitem__)
    old: Any = SimpleNamespace(name="old", runtime="other")
    new: Any = SimpleNamespace(name="new")
    runtimes.redeploy(old, new, tell=told.append)

    assert ["end old", "deploy old"] == known["other"].did
    assert ["ending"] == [step.phase for step in told]
