"""setup/python on a machine that has no Python, or one without venv: the one line, and nothing is made."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

CLONE = Path(__file__).parents[3]
PACKAGES = ("python3", "python3-venv")
LINE = f"sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends {' '.join(PACKAGES)}'"
PROGRAMS = ("bash", "cat", "cut", "dirname", "sha256sum")
WITHOUT_VENV = """#!/bin/bash
case "$2" in *ensurepip*) exit 1 ;; esac
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What setup/python reads, without a .venv; bin/ is all the programs that there are."""
    folder = tmp_path / "clone"
    for name in ("setup/python", "requirements/run.txt", "pyproject.toml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CLONE / name, folder / name)
    (folder / "bin").mkdir()
    for name in PROGRAMS:
        found = shutil.which(name)
        assert found is not None, f"{name} is missing on this machine"
        (folder / "bin" / name).symlink_to(found)
    return folder


def set_up(clone: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(clone / "setup" / "python"), "run"],
        env={"PATH": str(clone / "bin"), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_machine_without_python_is_told_the_one_line(clone: Path) -> None:
    """No python3 at all: the line that brings it with venv; exit code 1."""
    found = set_up(clone)

    assert (1, "") == (found.returncode, found.stdout)
    assert f"netdojo needs Python 3.10 or newer: {LINE}\n" == found.stderr


def test_python_without_venv_is_told_the_same_line(clone: Path) -> None:
    """Debian's python3 cannot make a .venv by itself: the same line, and no half a .venv."""
    (clone / "bin" / "python3").write_text(WITHOUT_VENV)
    (clone / "bin" / "python3").chmod(0o755)
    found = set_up(clone)

    assert (1, "") == (found.returncode, found.stdout)
    assert found.stderr.endswith(f"which is a package of its own: {LINE}\n")
    assert not (clone / ".venv").exists()


def test_first_visit_installs_what_its_first_step_needs() -> None:
    """The page's own apt line holds every package that `make doctor` cannot do without."""
    page = (CLONE / "docs" / "index.md").read_text(encoding="utf-8")
    console = page.split("```console\n")[1].split("```")[0]
    first, second = console.splitlines()[:2]

    assert "$ make doctor" == second.partition("#")[0].strip()
    assert {*PACKAGES, "git", "make"} <= {*first.split()}
