"""Claim: a router answers as fast as a program can ask, and a new session costs less than a moment.

    python benchmarks/sessions.py [--runs 50] [--json]

On leaf-spine-2x4, in milliseconds: show (a `show bgp summary json` over an SSH session that is open, from the line sent
to the prompt after the answer), send_command (the same by netmiko's own call, which waits between its reads), connect
(netmiko from nothing to a prompt and out again), ssh (OpenSSH's client: a process, a login, the same command).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from typing import Any

import netmiko

from measuring.fabrics import SMALL
from measuring.figures import beside, print_spreads, spread
from netdojo import runtimes
from netdojo.content import read_topology
from netdojo.model import Network

COMMAND = "show bgp summary json"
WARM_UP = 3
MILLISECONDS = {"show": 30.0, "connect": 400.0}
"""At most, the median."""


def connect(network: Network) -> netmiko.BaseConnection:
    """Return a netmiko session of leaf1, as `lab.connect` makes it."""
    access = network.node("leaf1")
    return netmiko.ConnectHandler(
        device_type="cisco_ios",
        host=access.host,
        port=access.port,
        username=network.username,
        password=network.password,
        fast_cli=True,
    )


def milliseconds(work: Callable[[], object], runs: int) -> list[float]:
    """Return how long each of `runs` turns took, after a few that do not count."""
    found = []
    for turn in range(runs + WARM_UP):
        began = time.perf_counter()
        work()
        if turn >= WARM_UP:
            found.append((time.perf_counter() - began) * 1000)
    return found


def measure(network: Network, runs: int) -> dict[str, Any]:
    """Return the spread of each figure."""
    with connect(network) as session:
        shown = milliseconds(lambda: show(session), runs)
        sent = milliseconds(lambda: session.send_command(COMMAND), runs)
    connected = milliseconds(lambda: connect(network).disconnect(), max(5, runs // 5))
    words = ["ssh", "-F", str(network.ssh_config), "leaf1", COMMAND]
    by_ssh = milliseconds(lambda: subprocess.run(words, capture_output=True, check=True), max(5, runs // 5))
    return {"show": spread(shown), "send_command": spread(sent), "connect": spread(connected), "ssh": spread(by_ssh)}


def show(session: netmiko.BaseConnection) -> str:
    """Send the command and read until the prompt is there again."""
    session.write_channel(f"{COMMAND}\n")
    found = ""
    while not found.endswith("leaf1# "):
        found += session.read_channel()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--json", action="store_true", help="print one object")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="netdojo-") as folder:
        os.environ["NETDOJO_HOME"] = folder
        network = runtimes.deploy(read_topology(SMALL / f"{SMALL.name}.clab.yml"), name="sessions")
        try:
            found = measure(network, given.runs)
        finally:
            runtimes.destroy(network)
    if given.json:
        print(json.dumps({"runs": given.runs, "milliseconds": found}))
    else:
        print_spreads((("leaf1", name, values) for name, values in found.items()), "ms", digits=1)
        for name, most in MILLISECONDS.items():
            median = found[name]["median"]
            print(f"{name}: {median:.1f} ms{beside(median, most, at_least=False)}")


if __name__ == "__main__":
    main()
