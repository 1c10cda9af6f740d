"""`netdojo topology deploy`: a file of one's own, wherever it lies, is a network that every command about one takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from netdojo import runtimes

NAME = "own-pair"
FILE = f"""
name: {NAME}
topology:
  kinds: {{linux: {{image: netdojo/host}}}}
  nodes:
    a: {{kind: linux, exec: [ip address add 10.9.0.1/24 dev eth1], binds: ["hello.sh:/hello.sh"]}}
    b: {{kind: linux, exec: [ip address add 10.9.0.2/24 dev eth1]}}
  links:
    - endpoints: ["a:eth1", "b:eth1"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """A topology far from any course, with a program that it binds and a stranger's images beside its folder.

    Its network is ended afterwards.
    """
    strange = tmp_path / "images" / "host"
    strange.mkdir(parents=True)
    for name in ("entrypoint", "shell"):
        (strange / name).write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        (strange / name).chmod(0o755)
    program = tmp_path / "nets" / "hello.sh"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho hello from $(hostname)\n", encoding="utf-8")
    program.chmod(0o755)
    written = tmp_path / "nets" / "mine.clab.yml"
    written.write_text(FILE, encoding="utf-8")
    yield written
    for network in runtimes.networks():
        if network.name == NAME:
            runtimes.destroy(network)


def netdojo(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "netdojo.cli", *map(str, words)],
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_own_topology_is_deployed_left_and_taken_up_again(file: Path, tmp_path: Path) -> None:
    """Deployed with the course's images, looked at and saved under its name, ended, and deployed as it was saved."""
    deployed = netdojo("topology", "deploy", file)
    assert (0, f"{NAME}: 2 nodes take commands after" in deployed.stdout) == (deployed.returncode, True), deployed
    assert 2 == sum(line.startswith("ssh -F ") for line in deployed.stdout.splitlines())
    assert 2 == netdojo("topology", "deploy", file).returncode

    assert "hello from a\n" == netdojo("lab", "exec", NAME, "a", "--", "/hello.sh").stdout
    assert 0 == netdojo("lab", "exec", NAME, "a", "--", "ping", "-c", "1", "-w", "5", "10.9.0.2").returncode
    assert 0 == netdojo("lab", "exec", NAME, "a", "--", "ip", "address", "add", "10.9.1.1/24", "dev", "eth1").returncode

    refused = netdojo("lab", "save", NAME)
    assert (2, True) == (refused.returncode, f"netdojo lab save {NAME} FOLDER" in refused.stderr)
    assert f"Saved 2 nodes in {tmp_path / 'kept'}\n" == netdojo("lab", "save", NAME, tmp_path / "kept").stdout
    assert 0 == netdojo("lab", "destroy", NAME).returncode

    again = netdojo("topology", "deploy", file, "--saved", tmp_path / "kept", "--json")
    assert 0 == again.returncode, again.stderr
    assert {"a", "b"} == set(json.loads(again.stdout)["access"])
    assert "10.9.1.1/24" in netdojo("lab", "exec", NAME, "a", "--", "ip", "address", "show", "eth1").stdout


def test_faults_of_a_file_are_told_and_nothing_is_started(file: Path) -> None:
    """What the reader finds and what the runtime cannot do, together, with their lines."""
    file.write_text(FILE.replace("nodes:", "nodes:\n    c: {kind: linux, memory: 1Gb, knd: x}"), encoding="utf-8")
    refused = netdojo("topology", "deploy", file)

    assert 2 == refused.returncode
    assert "topology.nodes.c.knd: must not be there: no such key" in refused.stderr
    assert "topology.nodes.c.memory: must not be there in the namespaces runtime" in refused.stderr
    assert NAME not in [network.name for network in runtimes.networks()]
