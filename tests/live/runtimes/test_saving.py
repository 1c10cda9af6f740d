"""Save, restore and diff where no Docker is; what both runtimes do alike is in tests/containerlab."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from netdojo import runtimes
from netdojo.errors import RestoreFailed, WrongUse
from netdojo.model import Network, Progress, Topology

from .conftest import Trial

RESTORE = """
import sys
from pathlib import Path
from netdojo import runtimes
from netdojo.model import Topology

def tell(step):
    print(step.phase, flush=True)
    if step.phase == "restoring":
        sys.stdin.read()

runtimes.restore(Topology.model_validate_json(sys.argv[1]), Path(sys.argv[2]), tell=tell)
"""
"""A restore that stays where its first node is restored."""


def typed(network: Network, *lines: str) -> None:
    """Type configuration into the left router."""
    words = [word for line in ("conf t", *lines) for word in ("-c", line)]
    assert runtimes.execute(network, "left", ["vtysh", *words]).ok


def running(network: Network) -> str:
    return runtimes.execute(network, "left", ["vtysh", "-c", "show running-config no-header"]).stdout


def test_a_network_comes_back(pair: Network, trial: Trial, tmp_path: Path) -> None:
    """Configuration and files are what they were, routes come again, and the start is still the topology's own."""
    typed(pair, "interface lo", "ip address 192.0.2.9/32")
    assert runtimes.execute(pair, "left", ["sh", "-c", "echo plan > /srv/plan; ip link set eth1 mtu 1300"]).ok
    before, changes = running(pair), runtimes.diff(pair)
    runtimes.save(pair, tmp_path / "saved")
    runtimes.destroy(pair)
    network = runtimes.restore(pair.topology, tmp_path / "saved")
    try:
        assert before == running(network)
        assert changes == runtimes.diff(network)
        assert "plan\n" == runtimes.execute(network, "left", ["cat", "/srv/plan"]).stdout
        startup = runtimes.execute(network, "left", ["cat", "/etc/frr/frr.conf"]).stdout
        assert (pair.topology.folder / "configs" / "left" / "frr.conf").read_text() == startup
        trial.wait_until(lambda: "192.0.2.9" in trial.bgp_routes(network, "right"))
    finally:
        runtimes.destroy(network)


def test_what_is_mounted_over_a_file_is_not_saved(pair: Network, tmp_path: Path) -> None:
    """A mount goes with the network; what it hides counts as unchanged."""
    line = "echo lie > /tmp/lie; mount --bind /tmp/lie /etc/hosts; mount -t tmpfs t /srv; echo lie > /srv/lie"
    assert runtimes.execute(pair, "left", ["sh", "-c", line]).ok
    assert "nothing has changed" == runtimes.diff(pair).text()


def test_judges_questions_wait_for_nothing(pair: Network) -> None:
    """The judge's own questions are not what a start is remembered for: the first change after them is a change."""
    assert runtimes.ask(pair, "left", ["ip", "link"]).ok
    typed(pair, "interface lo", "description mine")
    assert "+ description mine" in runtimes.diff(pair).nodes["left"].configuration


def test_folder_of_something_else_is_left_alone(pair: Network, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis").write_text("x")
    with pytest.raises(WrongUse, match="is there and is no save"):
        runtimes.save(pair, tmp_path / "mine")
    assert ["thesis"] == [one.name for one in (tmp_path / "mine").iterdir()]


def test_failed_restore_leaves_nothing(pair: Network, trial: Trial, tmp_path: Path) -> None:
    """A configuration that FRR refuses ends the network that was to have it."""
    runtimes.save(pair, tmp_path / "saved")
    runtimes.destroy(pair)
    file = tmp_path / "saved" / "nodes" / "left" / "running.conf"
    file.write_text(file.read_text().replace("router bgp", "router bpg"))
    seen: dict[str, tuple[Network, set[int]]] = {}

    def tell(_step: Progress) -> None:
        seen.update({network.name: (network, trial.processes_of(network)) for network in runtimes.networks()})

    with pytest.raises(RestoreFailed, match="left: the daemons did not take the configuration"):
        runtimes.restore(pair.topology, tmp_path / "saved", tell=tell)
    assert ["pair"] == list(seen)
    assert [[]] == [trial.left_of(network, processes) for network, processes in seen.values()]


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_interrupted_restore_leaves_nothing(
    pair: Network, pair_topology: Topology, trial: Trial, tmp_path: Path, sent: signal.Signals
) -> None:
    """However the client ends while it restores, the network goes with it."""
    typed(pair, "interface lo", "description mine")
    runtimes.save(pair, tmp_path / "saved")
    runtimes.destroy(pair)
    words = [sys.executable, "-c", RESTORE, pair_topology.model_dump_json(), str(tmp_path / "saved")]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ
    ) as client:
        assert client.stdout is not None
        assert any(line == b"restoring\n" for line in client.stdout)
        network = runtimes.find(pair.name)
        processes = trial.processes_of(network)
        client.send_signal(sent)
        assert client.wait(timeout=30) != 0
    trial.wait_until(lambda: trial.left_of(network, processes) == [])
