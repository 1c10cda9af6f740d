"""Unit tests each have a home of their own, and make labs and entries as nouns: what a test cares for, it says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from netdojo.model import EntryContent, Fidelity, Lab, LabManifest, Task, Verdict


@pytest.fixture(autouse=True)
def own_home(home: Path) -> Path:
    """Let no unit test see what another wrote."""
    return home


@pytest.fixture
def make_lab() -> Callable[..., Lab]:
    return lab_of


def lab_of(slug: str, *tasks: Task, folder: Path = Path("labs"), grader: Path | None = None, **facts: Any) -> Lab:
    """Return a lab of `tasks`; `facts` are keys of its manifest that are not to be the ordinary ones."""
    ordinary: dict[str, Any] = {
        "title": slug.capitalize(),
        "summary": "Two routers, one link.",
        "module": "basics",
        "topology": "pair",
        "fidelity": Fidelity.real,
        "minutes": 50,
        "objectives": ("bgp-unnumbered",),
    }
    manifest = LabManifest(**(ordinary | facts), tasks=tasks)
    return Lab(slug=slug, manifest=manifest, folder=folder, grader=grader, topology_file=Path("pair.clab.yml"))


@pytest.fixture
def content() -> Callable[..., EntryContent]:
    return write_content


def write_content(
    learner: str = "ada",
    lab: str = "first-lab",
    passed: bool = True,
    minutes: int = 50,
    objectives: tuple[str, ...] = ("bgp-unnumbered",),
) -> EntryContent:
    """Return the content of one graded submission."""
    return EntryContent(
        learner=learner,
        lab=lab,
        lab_digest="1" * 64,
        objectives=objectives,
        minutes=minutes,
        points=10 if passed else 4,
        of=10,
        passed=passed,
        verdicts={"sessions": Verdict.passed, "ecmp": Verdict.passed if passed else Verdict.failed},
        grader_version="0.1.0",
        submission_digest="2" * 64,
        notebook_digest="3" * 64,
        report_digest="4" * 64,
        started=datetime(2026, 3, 1, 9, 0, tzinfo=timezone.utc),
        finished=datetime(2026, 3, 1, 9, 5, tzinfo=timezone.utc),
    )


APART = ["unshare", "--user", "--map-root-user", "--mount", "/bin/sh", "-ec"]


@pytest.fixture
def apart() -> Callable[[str, str], Any]:
    """Give what runs Python in namespaces of its own, once a shell script has changed them; it prints JSON.

    What a machine can lack is really absent there: a limit of the kernel, room on a disk.
    """

    def run(setup: str, script: str) -> Any:
        words = [*APART, f'{setup}\nexec "$0" -c "$1"', sys.executable, f"import json\n{script}"]
        said = subprocess.run(words, capture_output=True, text=True, check=False)
        assert 0 == said.returncode, said.stderr
        return json.loads(said.stdout)

    return run
