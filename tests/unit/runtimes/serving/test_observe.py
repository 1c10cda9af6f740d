"""What a network looks like: nodes by their daemons, links by their ends, memory by its processes."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from netdojo.runtimes.serving import observe

from .conftest import PlainNode


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A child of this process under a name that is hard to read."""
    program = tmp_path / "a) (b 1"
    shutil.copyfile("/bin/sleep", program)
    program.chmod(0o700)
    process = subprocess.Popen([program, "600"])
    yield process
    process.kill()
    process.wait()


def node_state(node: PlainNode) -> Any:
    return observe.state({"r1": node}, [], 1.0, [])["nodes"]["r1"]


def test_a_nodes_services_are_the_children_of_its_first_process(
    node: PlainNode, daemon: subprocess.Popen[bytes]
) -> None:
    """A name may hold what the kernel's own table is written with."""
    assert "a) (b 1" in observe.services(node)


def test_a_daemon_that_has_ended_does_not_run(node: PlainNode, daemon: subprocess.Popen[bytes]) -> None:
    """A zombie is listed with its name still, and is nothing that serves."""
    daemon.kill()
    os.waitid(os.P_PID, daemon.pid, os.WEXITED | os.WNOWAIT)

    assert Path(f"/proc/{daemon.pid}").exists()
    assert "a) (b 1" not in observe.services(node)


def test_a_node_runs_while_all_its_daemons_do(node: PlainNode, daemon: subprocess.Popen[bytes]) -> None:
    """One daemon of those that it came up with is gone: the node is told as degraded."""
    node.services = {"a) (b 1"}
    assert "running" == node_state(node)

    node.services = {"a) (b 1", "bgpd"}
    assert "degraded" == node_state(node)


def test_a_node_that_was_stopped_is_stopped(node: PlainNode) -> None:
    """Whatever still runs in it."""
    node.running = False

    assert "stopped" == node_state(node)


def test_a_node_without_power_is_stopped(node: PlainNode) -> None:
    """Also one that has no daemons that could be missed."""
    node.powered = False

    assert "stopped" == node_state(node)


@pytest.mark.parametrize(("ends", "up"), [(("lo", "lo"), True), (("lo", "eth99"), False), (("eth99", "lo"), False)])
def test_a_link_is_up_when_both_of_its_ends_are(node: PlainNode, ends: tuple[str, str], up: bool) -> None:
    """An end that is not there is not up."""
    link = {"a": ("r1", ends[0]), "b": ("r1", ends[1])}
    (told,) = observe.state({"r1": node}, [link], 1.0, [])["links"]

    assert {"a": f"r1:{ends[0]}", "b": f"r1:{ends[1]}", "up": up} == told


def test_memory_is_that_of_all_processes(daemon: subprocess.Popen[bytes]) -> None:
    """Bytes, and nothing for a process that is no more."""
    one, other = os.getpid(), daemon.pid
    assert observe.proportional_size(one) > 2**20
    assert 0 < observe.proportional_size(other) < observe.proportional_size(one)

    daemon.kill()
    daemon.wait()
    assert 0 == observe.proportional_size(other)
    assert 0 == observe.state({}, [], 1.0, [other])["memory"]
