"""Faults in namespaces: clients that die on the way, faults that do not hold, and what outlives nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from netdojo import runtimes
from netdojo.errors import FaultFailed
from netdojo.model import FaultState, Network, NodeState
from netdojo.runtimes.breaking import interfaces

from .conftest import Trial

DIES = """
import os, signal, sys
from netdojo import runtimes
from netdojo.runtimes.breaking import interfaces
interfaces.has_carrier, there = lambda *_: True, interfaces.has_carrier
set_link = interfaces.set_link
def set_and_die(*words):
    set_link(*words)
    os.kill(os.getpid(), signal.SIGKILL)
interfaces.set_link = set_and_die
runtimes.fault(runtimes.find(sys.argv[1]), "link-down", "left:eth1")
"""


def carriers(network: Network) -> list[bool]:
    return [link.up for link in runtimes.inspect(network).links]


def test_fault_of_a_client_that_was_killed_is_lifted_by_another(pair: Network) -> None:
    """A client that dies between doing and reporting leaves a fault that is told, refuses others, and can be lifted."""
    died = subprocess.run([sys.executable, "-c", DIES, pair.name], capture_output=True, timeout=60, check=False)
    assert -9 == died.returncode, died.stderr
    assert [False] == carriers(pair)

    (left,) = runtimes.faults(pair)
    assert FaultState.imposing is left.state
    runtimes.lift(pair, left.id)
    assert [True] == carriers(pair)


def test_interrupted_fault_is_taken_back(pair: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while a fault is looked for leaves nothing of it."""
    looked = []

    def look(*_: object) -> bool:
        looked.append(1)
        if len(looked) == 3:
            raise KeyboardInterrupt
        return True

    monkeypatch.setattr(interfaces, "has_carrier", look)
    with pytest.raises(KeyboardInterrupt):
        runtimes.fault(pair, "link-down", "left:eth1")
    assert ([True], []) == (carriers(pair), runtimes.faults(pair))


def test_daemon_that_is_started_again_is_no_fault(pair: Network, trial: Trial) -> None:
    """Where something starts a killed daemon again, the fault is an error, and the router is as it was."""
    loop = "while :; do pgrep -x bgpd > /dev/null || /usr/lib/frr/bgpd -d; sleep 0.05; done"
    words = ["setsid", "--fork", "sh", "-c", f"exec > /dev/null 2>&1 < /dev/null; {loop}"]
    assert runtimes.execute(pair, "left", words).ok
    with pytest.raises(FaultFailed, match="bgpd of left was started again"):
        runtimes.fault(pair, "daemon-killed", "left:bgpd")

    assert [] == runtimes.faults(pair)
    assert "router bgp 65001" in runtimes.ask(pair, "left", ["vtysh", "-c", "show running-config"]).stdout


def test_script_that_was_killed_runs_again_under_its_name(pair: Network, trial: Trial) -> None:
    """What begins with `#!` is started by itself, once: whoever looks for its name finds it."""
    script = "printf '#!/bin/sh\\nwhile :; do sleep 1; done\\n' > /srv/beacon && chmod +x /srv/beacon"
    words = ["sh", "-c", f"{script} && setsid --fork /srv/beacon > /dev/null 2>&1 < /dev/null"]
    assert runtimes.execute(pair, "left", words).ok
    trial.wait_until(lambda: "beacon" in running(pair))
    imposed = runtimes.fault(pair, "daemon-killed", "left:beacon")
    assert "beacon" not in running(pair)

    assert [imposed.id] == [fault.id for fault in runtimes.lift(pair)]
    assert 1 == running(pair).count("beacon")


def running(network: Network) -> list[str]:
    """Return the names of what runs in the left node."""
    return [one.name for one in runtimes.examine(network, "left").nodes["left"].processes]


def test_loss_is_measured_without_an_address_at_either_end(pair: Network) -> None:
    """A cable between two switches has none; frames are counted at both ends all the same."""
    for node in ("left", "right"):
        off = ["sh", "-c", "ip address flush dev eth1; ip -6 address flush dev eth1"]
        assert runtimes.execute(pair, node, off).ok
    seen = runtimes.fault(pair, "loss", "left:eth1", percent=50).seen
    if "netem" not in seen:
        counted = {tuple(map(int, one)) for one in re.findall(r"lost (\d+) of (\d+) packets", seen)}
        assert all(came >= 200 and 50 < lost < 150 for lost, came in counted), seen
        assert 2 == len(re.findall("lost", seen))


def test_flapping_ends_with_its_network(pair: Network, trial: Trial) -> None:
    """No process of a cable that flaps outlives the network."""
    runtimes.fault(pair, "flap", "left:eth1", period=0.4)
    processes = trial.processes_of(pair)
    runtimes.destroy(pair)
    assert [] == trial.left_of(pair, processes)


def test_clients_take_turns(pair: Network) -> None:
    """Faults that are put on at the same time have each their number, and are lifted at the same time as well."""
    asked = [("mtu", "left:eth1", {"mtu": 1300}), ("rate", "left:eth1", {"rate": "5mbit"})]
    asked += [
        ("daemon-killed", "right:staticd", {}),
        ("config-drift", "left", {"lines": ["ip route 192.0.2.0/24 blackhole"]}),
    ]
    with ThreadPoolExecutor(len(asked)) as pool:
        given = list(pool.map(lambda one: runtimes.fault(pair, one[0], one[1], **one[2]), asked))
        assert {1, 2, 3, 4} == {fault.id for fault in given}
        list(pool.map(lambda fault: runtimes.lift(pair, fault.id), given))
    assert {FaultState.lifted} == {fault.state for fault in runtimes.faults(pair)}


def test_node_boots_without_power_only_when_it_is_lifted(pair: Network, trial: Trial) -> None:
    """A node that lost its power has its routes again after it has booted, and what ran in it before has ended."""
    trial.wait_until(lambda: trial.bgp_routes(pair, "left") == {"10.0.0.2"})
    assert runtimes.execute(pair, "right", ["setsid", "--fork", "sh", "-c", "exec sleep 976 > /dev/null 2>&1"]).ok
    runtimes.fault(pair, "node-stopped", "right")
    assert {"left": NodeState.running, "right": NodeState.stopped} == runtimes.inspect(pair).nodes
    trial.wait_until(lambda: trial.bgp_routes(pair, "left") == set())

    runtimes.lift(pair)
    trial.wait_until(lambda: trial.bgp_routes(pair, "left") == {"10.0.0.2"})
    assert 1 == runtimes.execute(pair, "right", ["pgrep", "-f", "sleep 976"]).code
    assert "10.0.0.2" in json.dumps(json.loads(runtimes.ask(pair, "right", ["ip", "-j", "address"]).stdout))
