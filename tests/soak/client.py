"""A client of a network, as a notebook or the command line is one: `python -m tests.soak.client VERB RUNTIME FOLDER`.

It ends as the command line does: 0 good, 2 wrong use, 3 could not be done.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

from netdojo import cli, runtimes
from netdojo.content import read_topology
from netdojo.model import Network, Topology
from netdojo.runtimes import capturing, diffing, plugins, restoring, saving

LOADED = (capturing, diffing, restoring, saving, plugins.all_runtimes())
"""What the verbs load when they are first used; a process that forks clients has them ready."""

NAME = "pair"


def topology(folder: Path) -> Topology:
    return read_topology(folder / "course" / "topologies" / "pair" / "pair.clab.yml")


def deploy(runtime: str, folder: Path) -> None:
    runtimes.deploy(topology(folder), name=NAME, runtime=runtime)


def restore(runtime: str, folder: Path) -> None:
    runtimes.restore(topology(folder), folder / "save", name=NAME, runtime=runtime)


def save(runtime: str, folder: Path) -> None:
    """Change both nodes and save them, as what is to be restored."""
    for node, address in (("left", "192.0.2.1/32"), ("right", "192.0.2.2/32")):
        words = ["vtysh", "-c", "conf t", "-c", "interface lo", "-c", f"ip address {address}"]
        runtimes.execute(runtimes.find(NAME), node, words)
        runtimes.execute(runtimes.find(NAME), node, ["sh", "-c", "echo kept > /srv/kept"])
    runtimes.save(runtimes.find(NAME), folder / "save")


def keep(runtime: str, folder: Path) -> None:
    """Save the network where there may be no room."""
    runtimes.save(runtimes.find(NAME), folder / "home" / "kept")


def run(runtime: str, folder: Path) -> None:
    """Work on the network in each way that starts something in it."""
    network = runtimes.find(NAME)
    for turn in range(3):
        runtimes.execute(network, "left", ["sh", "-c", "sleep 0.1 & sleep 0.05"])
        runtimes.ask(network, "right", ["ip", "-j", "route"])
        with runtimes.capture(network, "left:eth1", to=folder / "results" / "capture.pcap", count=1):
            runtimes.ask(network, "left", ["ping", "-c1", "-W1", "10.0.0.2"])
        runtimes.examine(network)
        runtimes.save(network, folder / "results" / f"save-{turn}")
        runtimes.diff(network)


def execute(runtime: str, folder: Path) -> None:
    """Run a program in a node and tell what it told."""
    answer = runtimes.execute(runtimes.find(NAME), "left", ["sh", "-c", "echo done | cat"])
    sys.stderr.write(answer.stderr)
    if not answer.ok:
        raise SystemExit(answer.code)


def connect(runtime: str, folder: Path) -> None:
    """Log in to a node by SSH and run a command there."""
    words = ["ssh", "-F", str(runtimes.find(NAME).ssh_config), "-o", "ConnectTimeout=5", "left", "show version"]
    tried = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    sys.stderr.write(tried.stderr)
    if tried.returncode:
        raise SystemExit(min(tried.returncode, 126))


def status(runtime: str, folder: Path) -> None:
    """Say what is found of the network, as `lab status` does."""
    found = [network for network in runtimes.networks() if network.name == NAME]
    sys.stdout.write(json.dumps(states(found[0]) if found else None) + "\n")


def states(network: Network) -> dict[str, str]:
    return {name: state.value for name, state in runtimes.inspect(network).nodes.items()}


def destroy(runtime: str, folder: Path) -> None:
    """End the network, where there is one."""
    for network in runtimes.networks():
        if network.name == NAME:
            runtimes.destroy(network)


VERBS = {verb.__name__: verb for verb in (deploy, restore, save, keep, run, execute, connect, status, destroy)}


def exit_code(verb: str, runtime: str, folder: Path) -> int:
    """Do what `verb` says and return what the command line would end with, having told what it would tell."""
    cli.commands = partial(VERBS[verb], runtime, folder)  # type: ignore[assignment]
    code: int | str | None = 0
    try:
        cli.app()
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return int(code or 0)


if __name__ == "__main__":
    sys.exit(exit_code(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
