"""The command line on a real network: every verb of a lab, and what `grade` ends with."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from netdojo import places, runtimes
from netdojo.content import find_course, find_lab, read_topology
from netdojo.grading import build_notebook

SLUG = "netmiko-first-contact"
COURSE = Path(__file__).parents[2]
NETDOJO = [sys.executable, "-m", "netdojo.cli"]
DEADLINE = 120
LEFT_ALONE = f"grade-{os.getpid()}-abc: left alone, a grading is using it\n"


def netdojo(*words: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own, with `given` on stdin."""
    return subprocess.run(
        [*NETDOJO, *words],
        input=given,
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
        if network.name == SLUG:
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


@pytest.mark.parametrize("kind", ["net", "mnt"])
def test_low_limit_of_namespaces_is_no_full_disk(home: Path, kind: str) -> None:
    """A machine that lets four namespaces of a kind be made is told to allow more, by the setting's own name."""
    key = f"user.max_{kind}_namespaces"
    script = f'echo 4 >/proc/sys/{key.replace(".", "/")} && exec "$@"'
    words = ["unshare", "--user", "--map-root-user", "sh", "-c", script, "sh", *NETDOJO, "lab", "deploy", SLUG]
    found = subprocess.run(words, capture_output=True, text=True, timeout=DEADLINE, check=False)

    assert 3 == found.returncode
    assert f"netdojo: this machine has too few {kind} namespaces: {key} is 4 (node " in found.stderr
    assert f"sudo sysctl -w {key}=15000" in found.stderr
    assert [] == list(places.networks().iterdir())


def test_status_is_text_and_json(deployed: subprocess.CompletedProcess[str]) -> None:
    """status says what is up; --json is one document for scripts."""
    assert "6 of 6 nodes running, 8 of 8 links up" in netdojo("lab", "status", SLUG).stdout
    found = json.loads(netdojo("lab", "status", SLUG, "--json").stdout)
    assert {"running"} == set(found["nodes"].values())
    assert "127.0.0.1" == found["access"]["leaf1"]["host"]
    assert "leaf1" == logged_in(found, "leaf1")


def test_inspect_is_text_and_json(deployed: subprocess.CompletedProcess[str]) -> None:
    """inspect has a line for each node, all of one node within 80 columns, and one document for scripts."""
    whole = netdojo("lab", "inspect", SLUG, COLUMNS="80")
    one = netdojo("lab", "inspect", SLUG, "leaf1", COLUMNS="80")

    nodes = [line.split()[0] for line in whole.stdout.splitlines() if " running " in line]
    assert ["leaf1", "leaf2", "leaf3", "leaf4", "spine1", "spine2"] == sorted(nodes)
    assert max(map(len, [*whole.stdout.splitlines(), *one.stdout.splitlines()])) <= 80
    for word in ("leaf1: running", "Interfaces", "spine1:eth1", "10.0.0.11/32", "bgpd", "/usr/lib/frr/zebra"):
        assert word in one.stdout, word
    found = json.loads(netdojo("lab", "inspect", SLUG, "leaf1", "--json").stdout)
    assert ["leaf1"] == list(found["nodes"])
    assert 179 in [port["port"] for port in found["nodes"]["leaf1"]["ports"]]
    assert "did you mean 'leaf1'" in netdojo("lab", "inspect", SLUG, "lef1").stderr


def test_list_is_of_this_home_or_of_all(deployed: subprocess.CompletedProcess[str], tmp_path: Path) -> None:
    """list has this home's networks, --all those of every home, under the home's name."""
    assert SLUG in netdojo("lab", "list").stdout
    elsewhere = str(tmp_path / "elsewhere")
    assert SLUG not in netdojo("lab", "list", NETDOJO_HOME=elsewhere).stdout
    shown = netdojo("lab", "list", "--all", NETDOJO_HOME=elsewhere).stdout
    assert f"{places.home()} (" in shown
    found = json.loads(netdojo("lab", "list", "--all", "--json", NETDOJO_HOME=elsewhere).stdout)
    assert (SLUG, "running") in [(one["name"], one["state"]) for one in found if one["home"] == str(places.home())]


def test_topology_is_shown_with_its_state(deployed: subprocess.CompletedProcess[str], tmp_path: Path) -> None:
    """A deployed topology is shown live by the network's name and by its file alike, as text and as picture."""
    by_name = netdojo("topology", "show", SLUG)
    by_file = netdojo("topology", "show", str(find_lab(find_course(), SLUG).topology_file))
    drawn = netdojo("topology", "show", SLUG, "--svg", str(tmp_path / "live.svg"))

    assert "6 of 6 nodes running, 8 of 8 links up" in by_name.stdout
    assert by_name.stdout == by_file.stdout
    assert (0, 8) == (drawn.returncode, (tmp_path / "live.svg").read_text().count(" is up</title>"))


def logged_in(status: dict[str, Any], node: str) -> str:
    """Log into `node` by nothing but what --json prints, and return the host's name there."""
    words = ["ssh", "-F", status["ssh_config"], node, "show version"]
    return (
        subprocess.run(words, capture_output=True, text=True, timeout=30, check=True).stdout.split("(")[1].split(")")[0]
    )


def test_exec_runs_a_program_in_the_node(deployed: subprocess.CompletedProcess[str]) -> None:
    """exec gives the node's own answer, and the program's exit code."""
    found = netdojo("lab", "exec", SLUG, "leaf1", "--", "ip", "-json", "route", "show", "10.0.0.13")
    assert "bgp" == json.loads(found.stdout)[0]["protocol"]
    assert 3 == netdojo("lab", "exec", SLUG, "leaf1", "--", "sh", "-c", "exit 3").returncode


def test_exec_passes_stdin_on(deployed: subprocess.CompletedProcess[str]) -> None:
    """What the command is given arrives in the node whole."""
    found = netdojo("lab", "exec", SLUG, "leaf1", "--", "wc", "-c", given="x" * 1_000_000)

    assert (0, "1000000\n", "") == (found.returncode, found.stdout, found.stderr)


def test_exec_says_that_it_ended_a_program(deployed: subprocess.CompletedProcess[str]) -> None:
    """At its limit a program ends with 124, its output is shown, and how to give it more; its own 124 is its own."""
    words = ("lab", "exec", SLUG, "leaf1", "--timeout", "1", "--")
    found = netdojo(*words, "sh", "-c", "echo begun; sleep 977")

    assert (124, "begun\n") == (found.returncode, found.stdout)
    assert "netdojo: sh was ended at its limit of 1 s\n  Give it more: --timeout SECONDS\n" == found.stderr
    own = netdojo(*words, "sh", "-c", "exit 124")
    assert (124, "") == (own.returncode, own.stderr)


def test_network_is_reached_whatever_its_lab_files_say(
    deployed: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    """A fault in lab.yml stops nobody from using and ending a network that runs."""
    faulty = {"NETDOJO_COURSE": str(course_with_a_fault(tmp_path))}
    assert 2 == netdojo("course", "list", **faulty).returncode

    status = netdojo("lab", "status", SLUG, **faulty)
    assert (0, "") == (status.returncode, status.stderr)
    assert 0 == netdojo("lab", "exec", SLUG, "leaf1", "--", "true", **faulty).returncode
    refused = netdojo("lab", "reset", SLUG, **faulty)
    assert (2, 0) == (refused.returncode, netdojo("lab", "status", SLUG).returncode)
    assert "minutes" in refused.stderr


def course_with_a_fault(folder: Path) -> Path:
    """Return our course with a fault in the lab's manifest."""
    for name in ("mkdocs.yml", "modules", "topologies"):
        (folder / name).symlink_to(COURSE / name)
    shutil.copytree(COURSE / "labs", folder / "labs")
    manifest = folder / "labs" / SLUG / "lab.yml"
    manifest.write_text(re.sub(r"(?m)^minutes:.*$", "minutes: soon", manifest.read_text()))
    return folder


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


def test_console_takes_commands_from_a_pipe(deployed: subprocess.CompletedProcess[str]) -> None:
    """Without a terminal the answer alone is told: nothing on stderr."""
    found = netdojo("lab", "console", SLUG, "leaf1", given="show bgp summary\nexit\n")

    assert "local AS number 65011" in found.stdout
    assert (0, "") == (found.returncode, found.stderr)


def test_check_names_what_the_notebook_must_do(deployed: subprocess.CompletedProcess[str]) -> None:
    """Without the notebook, its tasks say how to check them, and nothing was judged; the broken fabric is not yet."""
    found = netdojo("lab", "check", SLUG, "repair")

    assert 1 == found.returncode
    assert "leaf4" in found.stdout
    assert re.fullmatch(r"Checking First contact.*: task repair 1 of 1 \(0\.\d s\)\n", found.stderr)
    unjudged = netdojo("lab", "check", SLUG, "find")
    assert 3 == unjudged.returncode
    assert 'run lab.check("find") in the notebook' in unjudged.stdout
    assert "nothing was judged. These tasks need the notebook" in unjudged.stdout
    as_json = netdojo("lab", "check", SLUG, "find", "--json")
    assert (3, "skipped") == (as_json.returncode, json.loads(as_json.stdout)[0]["verdict"])
    assert "nothing was judged" in as_json.stderr


def test_reset_and_destroy(deployed: subprocess.CompletedProcess[str]) -> None:
    """reset gives a fresh network of the same name; destroy leaves none."""
    before = runtimes.find(SLUG).pid
    assert 0 == netdojo("lab", "reset", SLUG).returncode
    assert before != (again := runtimes.find(SLUG).pid)
    reset = netdojo("lab", "reset", SLUG, "--json")
    assert "leaf1" == logged_in(json.loads(reset.stdout), "leaf1")
    assert again != runtimes.find(SLUG).pid
    assert 0 == netdojo("lab", "destroy", SLUG).returncode
    assert SLUG not in [network.name for network in runtimes.networks()]
    assert 2 == netdojo("lab", "destroy", SLUG).returncode
    deploy = netdojo("lab", "deploy", SLUG, "--json")
    assert ("", "leaf1") == (deploy.stderr, logged_in(json.loads(deploy.stdout), "leaf1"))
    assert 0 == netdojo("lab", "destroy", SLUG).returncode


def test_all_networks_of_a_home_are_ended_but_for_gradings(home: Path) -> None:
    """destroy --all says what it ended and what it left, and which of the two is meant must be said."""
    lab = find_lab(find_course(), SLUG)
    topology = read_topology(lab.topology_file)
    grading = runtimes.deploy(topology, name=f"grade-{os.getpid()}-abc", overlay=lab.start)
    runtimes.deploy(topology, name="mine", overlay=lab.start)

    ended = netdojo("lab", "destroy", "--all")
    try:
        assert (0, "mine: ended\n") == (ended.returncode, ended.stdout.replace(LEFT_ALONE, ""))
        assert LEFT_ALONE in ended.stdout
        assert [grading] == runtimes.networks()
    finally:
        runtimes.destroy(grading)
    assert "No network is deployed.\n" == netdojo("lab", "destroy", "--all").stdout
    for words in ([], [SLUG, "--all"]):
        wrong = netdojo("lab", "destroy", *words)
        assert (2, True) == (wrong.returncode, "name a lab or say --all" in wrong.stderr)


def test_forgotten_network_says_why_it_is_not_there(deployed: subprocess.CompletedProcess[str]) -> None:
    """A time that is none is refused and harms nothing; after its time the network is gone, and status says why."""
    assert 0 == netdojo("lab", "deploy", SLUG).returncode
    wrong = netdojo("lab", "reset", SLUG, NETDOJO_FORGET_AFTER="soon")
    assert (2, True) == (wrong.returncode, "NETDOJO_FORGET_AFTER must be a time such as 12h" in wrong.stderr)
    assert "it ends after 12 h without use" in netdojo("lab", "status", SLUG).stdout

    assert 0 == netdojo("lab", "reset", SLUG, NETDOJO_FORGET_AFTER="1s").returncode
    end = time.monotonic() + DEADLINE
    while SLUG in [network.name for network in runtimes.networks()]:
        assert time.monotonic() < end
        time.sleep(0.05)
    status = netdojo("lab", "status", SLUG)
    assert (2, "") == (status.returncode, status.stdout)
    assert re.search(r"ended (on [\d-]+ )?at \d\d:\d\d after \d s without use", status.stderr)
    assert f"Deploy it again: netdojo lab deploy {SLUG}" in status.stderr
    assert 0 == netdojo("lab", "deploy", SLUG).returncode
    assert 0 == netdojo("lab", "destroy", SLUG).returncode
    assert "is not deployed" in netdojo("lab", "status", SLUG).stderr


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


@pytest.mark.parametrize(
    ("unshare", "lack", "told"),
    [
        (["--mount"], "mount -t tmpfs none /usr/lib/frr", r"apt-get install --yes .*\bfrr\b"),
        ([], "echo 0 > /proc/sys/user/max_user_namespaces", "sudo sysctl .*user.max_user_namespaces="),
    ],
    ids=["frr", "namespaces"],
)
def test_host_that_lacks_something_is_told_what_mends_it(home: Path, unshare: list[str], lack: str, told: str) -> None:
    """FRR absent, or namespaces switched off: exit code 3 and the one command, and nothing is deployed."""
    words = ["unshare", "--user", "--map-root-user", *unshare, "sh", "-c", f'{lack} && exec "$@"', "sh"]
    found = subprocess.run(
        [*words, *NETDOJO, "lab", "deploy", SLUG], capture_output=True, text=True, timeout=DEADLINE, check=False
    )

    assert (3, "") == (found.returncode, found.stdout)
    assert re.search(told, found.stderr), found.stderr
    assert "Traceback" not in found.stderr
    assert [] == list(places.networks().glob("*"))


@pytest.fixture
def without_bubblewrap(tmp_path: Path) -> str:
    """A PATH with every program but the sandbox's."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for folder in ("/usr/bin", "/bin", "/usr/sbin", "/sbin"):
        for program in Path(folder).iterdir():
            link = programs / program.name
            if program.name != "bwrap" and not link.exists():
                link.symlink_to(program)
    return str(programs)


def test_host_without_bubblewrap_cannot_prove(without_bubblewrap: str) -> None:
    """What a host lacks is told once, with the command that mends it, and not of every state."""
    found = netdojo("lab", "prove", SLUG, PATH=without_bubblewrap)

    assert (3, "") == (found.returncode, found.stdout)
    assert 1 == found.stderr.count("bubblewrap is not installed")
    assert "apt-get install --yes --no-install-recommends bubblewrap" in found.stderr


def test_host_without_bubblewrap_cannot_grade(tmp_path: Path, without_bubblewrap: str) -> None:
    """A host that lacks the sandbox ends with 3 and names the one command that mends it; nothing is scored."""
    lab = find_lab(find_course(COURSE), SLUG)
    (tmp_path / f"{SLUG}.ipynb").write_bytes(build_notebook(lab).read_bytes())
    found = netdojo("grade", SLUG, "--submission", str(tmp_path), PATH=without_bubblewrap)

    assert (3, "") == (found.returncode, found.stdout)
    assert "sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends bubblewrap'" in found.stderr
    assert ": prepare (" in found.stderr
    assert ": deploy (" not in found.stderr
