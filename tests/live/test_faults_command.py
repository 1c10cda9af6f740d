"""The faults of a lab by the command line, and in the hands of a learner."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import netdojo
from netdojo import runtimes
from netdojo.errors import FaultRefused
from netdojo.model import Fault, FaultKind, FaultState, Network

SLUG = "netmiko-first-contact"
NETDOJO = [sys.executable, "-m", "netdojo.cli"]


def command(*words: str, columns: int = 200) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": str(columns)}
    return subprocess.run([*NETDOJO, *words], capture_output=True, text=True, timeout=120, env=environment, check=False)


@pytest.fixture(scope="module")
def network(session_home: Path) -> Iterator[Network]:
    assert 0 == command("lab", "deploy", SLUG).returncode
    found = runtimes.find(SLUG)
    yield found
    runtimes.destroy(found)


def test_fault_is_told_listed_and_lifted(network: Network) -> None:
    """Each command says in words and as JSON what it did, and the next step where it cannot."""
    assert 0 == command("lab", "fault", SLUG, "mtu", "leaf1:eth1", "--mtu", "1400").returncode
    told = command("lab", "fault", SLUG, "config-drift", "leaf1", "--line", "ip route 192.0.2.0/24 blackhole", "--json")
    fault = Fault.model_validate_json(told.stdout)
    assert ("new: ip route 192.0.2.0/24 blackhole", FaultState.in_force) == (fault.seen, fault.state)
    listed = command("lab", "faults", SLUG).stdout
    assert [str(fault.id - 1), "mtu", "leaf1:eth1", "in", "force"] == listed.splitlines()[-2].split()[:5]
    unsure = command("lab", "lift", SLUG)
    assert (2, "give the number of one, or --all" in unsure.stderr) == (unsure.returncode, True)

    assert f"fault {fault.id}: config-drift at leaf1 is lifted\n" == command("lab", "lift", SLUG, str(fault.id)).stdout
    (lifted,) = json.loads(command("lab", "lift", SLUG, "--json").stdout)
    assert (fault.id - 1, "lifted") == (lifted["id"], lifted["state"])
    assert {"lifted"} == {one["state"] for one in json.loads(command("lab", "faults", SLUG, "--json").stdout)}
    assert (2, "no fault is in force" in command("lab", "lift", SLUG).stderr) == (2, True)


def test_refusal_says_what_was_expected(network: Network) -> None:
    """Wrong use ends with 2: a number that is none, a target with a typo."""
    wrong = command("lab", "fault", SLUG, "loss", "leaf1:eth1", "--percent", "200")
    assert 2 == wrong.returncode
    assert "loss: percent: must be a percentage from 0.001 to 100, as 20 or 0.5% (got '200')" in wrong.stderr
    typo = command("lab", "fault", SLUG, "link-down", "laef1:eth1")
    assert (2, "did you mean 'leaf1'?" in typo.stderr) == (typo.returncode, True)


def test_help_has_a_line_for_each_kind() -> None:
    """In 80 columns, each kind is one line, led by its name."""
    shown = command("lab", "fault", "--help", columns=80).stdout.splitlines()
    for kind in FaultKind:
        assert 1 == len([line for line in shown if line.split()[:2] == ["•", kind.value]]), kind


def test_learner_breaks_a_network_for_a_block(
    network: Network, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """lab.fault shows what was seen, and the end of its block lifts it, also when something goes wrong within."""
    (tmp_path / SLUG).mkdir()
    monkeypatch.chdir(tmp_path / SLUG)
    lab = netdojo.open_lab()
    with lab.fault("link-down", "leaf2:eth1") as imposed:
        assert "neither leaf2:eth1 nor spine1:eth2 has a carrier" in imposed.text
        assert "<td>in force</td>" in lab.faults().html
    assert FaultState.lifted is runtimes.faults(network)[-1].state
    with pytest.raises(ZeroDivisionError), lab.fault("link-down", "leaf2:eth1"):
        raise ZeroDivisionError
    assert FaultState.lifted is runtimes.faults(network)[-1].state
    with lab.fault("mtu", "leaf2:eth1", mtu=1400):
        assert "lifted" in lab.lift().text
    with pytest.raises(FaultRefused):
        lab.fault("mtu", "leaf2:eth1", mtu=1)
