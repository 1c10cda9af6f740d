"""`netdojo lab prove` as an author runs it: a process, its words or its document, and its exit code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEADLINE = 170
"""Seconds for four states of a lab with two routers."""


def prove(course: Path, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Prove the tiny lab of `course` by the command line, in a home of its own."""
    return subprocess.run(
        [sys.executable, "-m", "netdojo.cli", "--course", str(course), "lab", "prove", "tiny", *words],
        env={**os.environ, "NETDOJO_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


@pytest.mark.timeout(DEADLINE)
def test_sound_lab_is_proven_as_one_document(course: Path, home: Path) -> None:
    """With --json stdout is the proof alone and stderr is silent; exit code 0."""
    found = prove(course, home, "--json")

    assert (0, "") == (found.returncode, found.stderr)
    proof = json.loads(found.stdout)
    assert ("tiny", []) == (proof["lab"], proof["leaks"])
    assert {"start": [], "solution": [], "half": [], "static": []} == {
        state["name"]: state["faults"] for state in proof["states"]
    }
    assert [] == list((home / "networks").iterdir())


@pytest.mark.timeout(DEADLINE)
def test_mutant_that_passes_is_told_and_ends_with_1(course: Path, home: Path, tmp_path: Path) -> None:
    """A wrong answer that the checks let through is named in words, among the states that are as they must be."""
    other = tmp_path / "course"
    shutil.copytree(course, other)
    mutant = other / "graders" / "tiny" / "mutants" / "half" / "notebook.py"
    mutant.write_text(mutant.read_text(encoding="utf-8").replace("return 4", "return 2 * x"), encoding="utf-8")
    found = prove(other, home)

    assert 1 == found.returncode, found.stderr
    lines = found.stdout.splitlines()
    assert lines[0].startswith("ok  start: ")
    assert any("half" in line and not line.startswith("ok") for line in lines)
    assert "Proving A tiny lab" in found.stderr
