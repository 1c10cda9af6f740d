"""Networks that were left alone: they outlive their client, are found in whatever home, and end when forgotten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from netdojo import places, runtimes
from netdojo.errors import NodeUnreachable
from netdojo.model import ListedState, Network, NetworkListed, Topology
from netdojo.runtimes import forgetting
from netdojo.runtimes.serving.processes import all_pids

from .conftest import Trial, alive

DEPLOY = (
    "import sys, time; from netdojo import runtimes; from netdojo.model import Topology; "
    "runtimes.deploy(Topology.model_validate_json(sys.stdin.read()), runtime=sys.argv[1]); "
    "print('deployed', flush=True); time.sleep(600)"
)


def lives(network: Network) -> bool:
    """Whether a network answers a mere glance."""
    try:
        return bool(runtimes.inspect(network).nodes)
    except NodeUnreachable:
        return False


def listed(name: str, home: Path) -> list[NetworkListed]:
    return [one for one in runtimes.listed(everywhere=True) if (one.name, one.home) == (name, home)]


def test_network_outlives_its_client(topology: Topology, runtime: str) -> None:
    """A client that is killed with all of its session, as when a terminal closes, leaves the network as it is."""
    words = [sys.executable, "-c", DEPLOY, runtime]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(words, **pipes, text=True, start_new_session=True) as client:  # type: ignore[call-overload]
        client.stdin.write(topology.model_dump_json())
        client.stdin.close()
        assert "deployed\n" == client.stdout.readline()
        for each in (signal.SIGHUP, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(client.pid, each)
    network = runtimes.find("pair")
    try:
        assert runtimes.execute(network, "left", ["vtysh", "-c", "show version"]).ok
        assert [network] == runtimes.networks()
    finally:
        runtimes.destroy(network)
    assert [] == runtimes.networks()


def test_networks_of_other_homes_are_found(
    topology: Topology, runtime: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listing everywhere finds a network from another home, while it comes up as well; this home's list has it not."""
    seen: list[NetworkListed] = []
    network = runtimes.deploy(topology, runtime=runtime, tell=lambda _: seen.extend(listed("pair", home)))
    monkeypatch.setenv("NETDOJO_HOME", str(tmp_path / "another"))
    try:
        found = listed("pair", home)
        assert [] == runtimes.listed()
    finally:
        runtimes.destroy(network)

    assert (ListedState.starting, ListedState.running) == (seen[0].state, seen[-1].state)
    assert [(runtime, ListedState.running)] == [(one.runtime, one.state) for one in found]
    assert 10e6 < found[0].memory < 200e6
    assert 0 <= (found[0].idle or 0) <= found[0].uptime
    assert [] == listed("pair", home)


def test_forgotten_network_ends_and_leaves_word(topology: Topology, runtime: str, trial: Trial) -> None:
    """Nobody uses it for a second, although it is polled: it ends, nothing is left, and what it says why is found."""
    network = runtimes.deploy(topology, runtime=runtime, forget_after=1)
    held = [network.pid, parent(network.pid)]
    assert 1 == runtimes.inspect(network).forget_after
    trial.wait_until(lambda: not lives(network) and not network.folder.exists() and not any(map(alive, held)))

    told = runtimes.forgotten("pair")
    assert told is not None
    assert 1 <= told.idle < 30
    assert forgetting.said(told).startswith("ended ")
    assert forgetting.said(told).endswith(" without use")
    assert [] == [*runtimes.networks(), *listed("pair", places.home())]
    runtimes.destroy(runtimes.deploy(topology, runtime=runtime))
    assert runtimes.forgotten("pair") is None


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


USES: dict[str, Callable[[Network], list[str]]] = {
    "an open session": lambda network: ["ssh", "-F", str(network.ssh_config), "-tt", "left"],
    "a long command": lambda network: [
        sys.executable,
        "-c",
        f"from netdojo import runtimes; runtimes.execute(runtimes.find('{network.name}'), 'left', ['sleep', '977'], "
        "timeout=900)",
    ],
}


@pytest.mark.parametrize("use", USES)
def test_network_in_use_is_not_forgotten(topology: Topology, runtime: str, use: str, trial: Trial) -> None:
    """It lives for several times its limit while somebody is there, and ends once he has gone."""
    network = runtimes.deploy(topology, runtime=runtime, forget_after=3)
    words = USES[use](network)
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as user:
        trial.wait_until(lambda: runtimes.inspect(network).idle == 0)
        began = runtimes.inspect(network).uptime
        trial.wait_until(lambda: runtimes.inspect(network).uptime > began + 6)
        assert 0 == runtimes.inspect(network).idle
        user.kill()
    trial.wait_until(lambda: not lives(network) and not network.folder.exists())
    assert runtimes.forgotten("pair") is not None


def test_containers_without_their_keeper_are_found(topology: Topology, home: Path, trial: Trial) -> None:
    """When every process that held a network was killed at once, its containers are listed until they are ended."""
    network = runtimes.deploy(topology, runtime="containerlab")
    keeper = parent(network.pid)
    held = [keeper, *(pid for pid in all_pids() if parent_or_none(pid) == keeper)]
    for pid in held:
        os.kill(pid, signal.SIGSTOP)
    for pid in held:
        os.kill(pid, signal.SIGKILL)
    trial.wait_until(lambda: not any(map(alive, held)))

    left = listed("pair", home)
    assert [("containerlab", ListedState.abandoned)] == [(one.runtime, one.state) for one in left]
    assert left[0].memory > 10e6
    runtimes.sweep(left[0])
    assert [] == [*listed("pair", home), *places.networks().iterdir()]


def parent_or_none(pid: int) -> int | None:
    with suppress(OSError):
        return parent(pid)
    return None
