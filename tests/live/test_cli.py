"""The command line on a real network: every verb of a lab, and what `grade` ends with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from netdojo import runtimes
from netdojo.content import find_course, find_lab
from netdojo.grading import build_notebook

SLUG = "netmiko-first-contact"
COURSE = Path(__file__).parents[2]
NETDOJO = [sys.executable, "-m", "netdojo.cli"]
DEADLINE = 120


def netdojo(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own."""
    return subprocess.run(
        [*NETDOJO, *words],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        env={**os.environ, "COLUMNS": "200", **environment},
        check=False,
    )


@pytest.fixture(scope="module")
def deployed(session_home: Path) -> Iterator[subprocess.CompletedProcess[str]]:
    """Deploy the lab by the command line, and end its network."""
    yield netdojo("lab", "deploy", SLUG)
    for network in runtimes.networks():
        runtimes.destroy(network)


def test_deploy_says_how_to_reach_each_node(deployed: subprocess.CompletedProcess[str]) -> None:
    """One line a node can be copied and run."""
    assert (0, "6 nodes take commands after" in deployed.stdout) == (deployed.returncode, True)
    lines = [line for line in deployed.stdout.splitlines() if line.startswith("ssh -F ")]
    assert 6 == len(lines)

    asked = subprocess.run([*lines[2].split(), "show version"], capture_output=True, text=True, timeout=30, check=True)
    assert "FRRouting" in asked.stdout


def test_second_deploy_is_refused(deployed: subprocess.CompletedProcess[str]) -> None:
    """A second deploy of the same lab ends with 2, says what to do, and harms nothing."""
    again = netdojo("lab", "deploy", SLUG)

    assert 2 == again.returncode
    assert f"netdojo lab reset {SLUG}" in again.stderr
    assert 0 == netdojo("lab", "status", SLUG).returncode


def test_status_is_text_and_json(deployed: subprocess.CompletedProcess[str]) -> None:
    """status says what is up; --json is one document for scripts."""
    assert "6 of 6 nodes running, 8 of 8 links up" in netdojo("lab", "status", SLUG).stdout
    found = json.loads(netdojo("lab", "status", SLUG, "--json").stdout)
    assert {"running"} == set(found["nodes"].values())
    assert "127.0.0.1" == found["access"]["leaf1"]["host"]


def test_exec_runs_a_program_in_the_node(deployed: subprocess.CompletedProcess[str]) -> None:
    """exec gives the node's own answer, and the program's exit code."""
    found = netdojo("lab", "exec", SLUG, "leaf1", "--", "ip", "-json", "route", "show", "10.0.0.13")
    assert "bgp" == json.loads(found.stdout)[0]["protocol"]
    assert 3 == netdojo("lab", "exec", SLUG, "leaf1", "--", "sh", "-c", "exit 3").returncode


def test_console_is_the_nodes_shell(deployed: subprocess.CompletedProcess[str]) -> None:
    """console gives a terminal with the router's prompt, and ends when its shell does."""
    with pexpect.spawn(NETDOJO[0], [*NETDOJO[1:], "lab", "console", SLUG, "leaf1"], timeout=30) as terminal:
        terminal.expect_exact("leaf1#")
        terminal.sendline("show bgp summary")
        terminal.expect_exact("local AS number 65011")
        terminal.sendline("exit")
        terminal.expect(pexpect.EOF)
        terminal.close()

    assert 0 == terminal.exitstatus


def test_check_names_what_the_notebook_must_do(deployed: subprocess.CompletedProcess[str]) -> None:
    """Without the notebook, its tasks say how to check them; the broken fabric is not yet."""
    found = netdojo("lab", "check", SLUG, "repair")

    assert 1 == found.returncode
    assert "leaf4" in found.stdout
    assert 0 == netdojo("lab", "check", SLUG, "find").returncode
    assert 'run lab.check("find") in the notebook' in netdojo("lab", "check", SLUG, "find").stdout


def test_reset_and_destroy(deployed: subprocess.CompletedProcess[str]) -> None:
    """reset gives a fresh network of the same name; destroy leaves none."""
    before = runtimes.find(SLUG).pid
    assert 0 == netdojo("lab", "reset", SLUG).returncode
    assert before != runtimes.find(SLUG).pid
    assert 0 == netdojo("lab", "destroy", SLUG).returncode
    assert SLUG not in [network.name for network in runtimes.networks()]
    assert 2 == netdojo("lab", "destroy", SLUG).returncode


def test_untouched_notebook_is_graded_and_fails(tmp_path: Path) -> None:
    """What a learner gets, handed in untouched, ends with 1; the JSON report says each task's verdict."""
    lab = find_lab(find_course(COURSE), SLUG)
    (tmp_path / f"{SLUG}.ipynb").write_bytes(build_notebook(lab).read_bytes())

    found = netdojo("grade", SLUG, "--submission", str(tmp_path), "--format", "json")

    assert 1 == found.returncode
    report = json.loads(found.stdout)
    assert dict.fromkeys(["read", "find", "repair", "ecmp"], "failed") == {
        task["id"]: task["verdict"] for task in report["tasks"]
    }


@pytest.mark.parametrize("held", ["", "not a notebook", "[1, 2]", '{"cells": [], "nbformat": 4, "nbformat_minor": 5}'])
def test_submission_that_is_no_notebook_is_wrong_use(tmp_path: Path, held: str) -> None:
    """A file that is no notebook, or has lost its cells, ends with 2 and says what is expected."""
    (tmp_path / f"{SLUG}.ipynb").write_text(held)

    found = netdojo("grade", SLUG, "--submission", str(tmp_path))

    assert (2, "") == (found.returncode, found.stdout)
    assert f"{SLUG}.ipynb" in found.stderr
    assert "Traceback" not in found.stderr


def test_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    """A submission that is not there ends with 2."""
    found = netdojo("grade", SLUG, "--submission", str(tmp_path / "nowhere"))

    assert (2, "") == (found.returncode, found.stdout)
    assert "nowhere" in found.stderr


def test_host_without_bubblewrap_cannot_grade(tmp_path: Path) -> None:
    """A host that lacks the sandbox ends with 3 and names the one command that mends it; nothing is scored."""
    lab = find_lab(find_course(COURSE), SLUG)
    (tmp_path / f"{SLUG}.ipynb").write_bytes(build_notebook(lab).read_bytes())
    programs = tmp_path / "bin"
    programs.mkdir()
    for folder in ("/usr/bin", "/bin", "/usr/sbin", "/sbin"):
        for program in Path(folder).iterdir():
            link = programs / program.name
            if program.name != "bwrap" and not link.exists():
                link.symlink_to(program)

    found = netdojo("grade", SLUG, "--submission", str(tmp_path), PATH=str(programs))

    assert (3, "") == (found.returncode, found.stdout)
    assert "sudo apt install bubblewrap" in found.stderr
