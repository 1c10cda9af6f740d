"""setup/system as somebody without root and sudo meets it: one line to ask for, and nothing is done."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SYSTEM = Path(__file__).parents[3] / "setup" / "system"
PROGRAMS = ("apt-get", "bash", "dpkg-query", "env", "grep", "id", "mktemp", "rm", "sed", "sort", "tail")
NOBODY = 65534
IN_NO_DEBIAN = "netdojo-is-in-no-debian"
"""A package that no release has, so that it is never installed."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Every program that setup/system uses, and no sudo."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in PROGRAMS:
        found = shutil.which(name)
        assert found is not None, f"{name} is missing on this machine"
        (folder / name).symlink_to(found)
    return folder


def system(path: Path, *packages: str) -> subprocess.CompletedProcess[str]:
    """Run setup/system on lists of `packages` as an ordinary user, who may read what root's tests have written."""
    lists = []
    for number, package in enumerate(packages):
        lists.append(path.parent / f"list-{number}.txt")
        lists[-1].write_text(f"# packages\n{package}  # why\n", encoding="utf-8")
    user = [f"--reuid={NOBODY}", "--clear-groups", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    as_ordinary = [shutil.which("setpriv") or "setpriv", *user] if os.geteuid() == 0 else []
    return subprocess.run(
        [*as_ordinary, "bash", str(SYSTEM), *map(str, lists)],
        env={"PATH": str(path), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_root_and_sudo_it_prints_the_one_line_and_stops(path: Path) -> None:
    """The line names what is missing alone, of all lists; nothing is said to be installed; exit code 1."""
    found = system(path, IN_NO_DEBIAN, "dpkg", f"{IN_NO_DEBIAN}-too")

    line = (
        "sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends "
        f"{IN_NO_DEBIAN} {IN_NO_DEBIAN}-too'"
    )
    assert (1, "") == (found.returncode, found.stdout)
    assert [line] == [said.strip() for said in found.stderr.splitlines() if "apt-get" in said]
    assert "then run make again" in found.stderr


def test_with_everything_there_it_says_nothing(path: Path) -> None:
    """A machine that lacks nothing needs neither root nor a word."""
    found = system(path, "dpkg", "bash")

    assert (0, "", "") == (found.returncode, found.stdout, found.stderr)


def test_machine_without_apt_is_told_what_is_missing(path: Path) -> None:
    """On another distribution the names stand there, and no line that cannot be run."""
    (path / "apt-get").unlink()
    found = system(path, IN_NO_DEBIAN)

    assert 1 == found.returncode
    assert f"netdojo needs Debian or Ubuntu, or these programs from elsewhere: {IN_NO_DEBIAN}\n" == found.stderr
