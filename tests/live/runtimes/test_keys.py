"""What a containerlab file says of nodes and links is so in the network, in the runtime that NETDOJO_RUNTIME names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from netdojo import places, runtimes
from netdojo.content import read_topology
from netdojo.errors import DeployFailed, TopologyUnsupported
from netdojo.model import Network, NodeState

from .conftest import Trial

Deploy = Callable[[str], Network]
ORDERED = """
  nodes:
    first:
      stages:
        create: {exec: [{command: sh -c 'date +%s%N > /shared/created', phase: on-exit}]}
        configure:
          exec:
            - {command: pidof zebra}
            - {command: sleep 0.5}
            - {command: sh -c 'date +%s%N > /shared/configured', phase: on-exit}
      exec: [sleep 0.5, sh -c 'date +%s%N > /shared/executed']
    second:
      stages: {create: {wait-for: [{node: first, stage: configure}]}}
    third:
      stages: {configure: {wait-for: [{node: second, stage: create}]}}
      exec: [sh -c 'date +%s%N > /shared/executed']
"""


@pytest.fixture
def deploy(home: Path, tmp_path: Path) -> Iterator[Deploy]:
    """Return what deploys the `topology` part of a containerlab file, whose nodes are routers unless it says else."""
    folder = tmp_path / "topologies" / "keys"
    folder.mkdir(parents=True)
    (folder / "quiet").write_text("bgpd=no\n")

    def write_and_deploy(text: str) -> Network:
        file = folder / "keys.clab.yml"
        common = '{kind: linux, image: netdojo/frr, binds: ["quiet:/etc/frr/daemons", /shared]}'
        file.write_text(f"name: keys\ntopology:\n  defaults: {common}\n{text.strip(chr(10))}\n")
        return runtimes.deploy(read_topology(file))

    yield write_and_deploy
    for network in runtimes.networks():
        runtimes.destroy(network)
    assert [] == list(places.networks().iterdir())


def said(network: Network, node: str, *words: str) -> str:
    answer = runtimes.execute(network, node, words)
    assert answer.ok, answer.stderr
    return answer.stdout.strip()


def interface(network: Network, node: str, name: str) -> tuple[str, int]:
    """Return an interface's hardware address and its mtu in bytes."""
    (found,) = json.loads(said(network, node, "ip", "-json", "link", "show", name))
    return found["address"], found["mtu"]


def test_links_are_as_the_file_says(deploy: Deploy) -> None:
    """An end has its address, a link its mtu; without one it is the kernel's 1500 bytes."""
    network = deploy(
        """
  nodes: {a: , b: }
  links:
    - type: veth
      mtu: 1400
      endpoints: [{node: a, interface: eth1, mac: 02-00-00-00-00-0A}, {node: b, interface: eth1}]
    - endpoints: [a:eth2, b:eth2]
"""
    )

    assert ("02:00:00:00:00:0a", 1400) == interface(network, "a", "eth1")
    assert 1400 == interface(network, "b", "eth1")[1]
    assert [1500, 1500] == [interface(network, node, "eth2")[1] for node in ("a", "b")]


def test_settings_are_made_when_their_interface_is_there(deploy: Deploy) -> None:
    """A setting of the network is so from the start, and one of a link's interface as soon as there is one."""
    network = deploy(
        """
  kinds: {linux: {sysctls: {net.ipv4.conf.eth1.rp_filter: 2, net.ipv4.ip_default_ttl: 33}}}
  nodes:
    a: {sysctls: {net.ipv4.conf.eth1.rp_filter: 1}}
    b: {exec: [sh -c 'test $(cat /proc/sys/net/ipv4/conf/eth1/rp_filter) = 2']}
  links: [endpoints: [a:eth1, b:eth1]]
"""
    )
    values = [said(network, node, "cat", "/proc/sys/net/ipv4/conf/eth1/rp_filter") for node in ("a", "b")]
    assert ["1", "2"] == values
    assert "33" == said(network, "b", "cat", "/proc/sys/net/ipv4/ip_default_ttl")


def test_program_of_a_node_runs_beside_its_daemons(deploy: Deploy) -> None:
    """`cmd` starts when the entrypoint has ended, has the node's environment and a terminal, and keeps running."""
    network = deploy(
        """
  nodes:
    a:
      env: {COLOUR: blue}
      cmd: sh -c 'test -t 0 && echo "$COLOUR $TERM" > /shared/said && exec cat'
      exec: [sh -c 'until test -s /shared/said; do sleep 0.05; done']
"""
    )

    assert "blue xterm" == said(network, "a", "cat", "/shared/said")
    assert "cat" in said(network, "a", "ps", "-eo", "comm").split()
    assert "zebra" in said(network, "a", "ps", "-eo", "comm").split()


def test_entrypoint_of_a_node_stands_in_for_the_images(deploy: Deploy) -> None:
    """With an `entrypoint` of its own the image's is not run; `cmd` is its words."""
    network = deploy(
        """
  nodes:
    a: {entrypoint: "sh -c 'echo $0 $1 > /shared/said; exec sleep infinity'", cmd: "one 'two words'", exec: [
        sh -c 'until test -s /shared/said; do sleep 0.05; done']}
"""
    )

    assert "one two words" == said(network, "a", "cat", "/shared/said")
    assert "zebra" not in said(network, "a", "ps", "-eo", "comm").split()


def test_node_ends_with_its_program(deploy: Deploy, trial: Trial) -> None:
    """A node whose `cmd` ends is stopped, as a container is; the others go on."""
    network = deploy(
        """
  nodes:
    a: {cmd: "sh -c 'until test -e /shared/enough; do sleep 0.05; done'"}
    b:
"""
    )
    assert {"a": NodeState.running, "b": NodeState.running} == runtimes.inspect(network).nodes
    said(network, "a", "touch", "/shared/enough")

    trial.wait_until(lambda: runtimes.inspect(network).nodes["a"] is NodeState.stopped)
    assert {"a": NodeState.stopped, "b": NodeState.running} == runtimes.inspect(network).nodes


@pytest.mark.parametrize(
    ("cmd", "reason"),
    [("no-such-program --at all", "no-such-program"), ("sh -c 'exit 4'", "ended with code 4")],
)
def test_program_that_does_not_run_fails_the_deployment(deploy: Deploy, cmd: str, reason: str) -> None:
    """A `cmd` that is not there, or ends before the node is ready, is told of, and nothing is left."""
    with pytest.raises(DeployFailed, match=f"(?s)node a.*{reason}"):
        deploy(f"  nodes:\n    a: {{cmd: {json.dumps(cmd)}, exec: [sleep 0.5]}}")


def test_nodes_start_in_the_order_of_their_stages(deploy: Deploy) -> None:
    """A stage is entered when the stages that it waits for are over, and `exec` lines come after all stages."""
    network = deploy(ORDERED)
    times = {
        name: int(said(network, "first", "cat", f"/shared/{name}")) for name in ("created", "configured", "executed")
    }
    zebra = {node: ticks_since_boot(network, node) for node in ("first", "second", "third")}

    assert times["created"] < times["configured"] < times["executed"]
    assert zebra["second"] >= zebra["first"] + 50
    assert zebra["third"] < zebra["second"]
    assert int(said(network, "third", "cat", "/shared/executed")) > times["configured"]


def ticks_since_boot(network: Network, node: str) -> int:
    """Return when the node's zebra was started, in hundredths of a second since the machine's start."""
    pid = said(network, node, "pidof", "zebra")
    return int(said(network, node, "cat", f"/proc/{pid}/stat").rpartition(")")[2].split()[19])


def test_failure_lets_those_go_that_wait(deploy: Deploy) -> None:
    """When a node fails that others wait for, the deployment ends with its words, long before any deadline."""
    with pytest.raises(DeployFailed, match="node first: 'false' ended with code 1") as failed:
        deploy(
            """
  nodes:
    first: {stages: {configure: {exec: [{command: "false"}]}}}
    second: {stages: {create: {wait-for: [{node: first, stage: configure}]}}}
"""
        )
    assert "second" not in str(failed.value)


def test_what_cannot_be_honoured_starts_nothing(deploy: Deploy) -> None:
    """A file with a key that neither runtime honours is refused by line before the network's folder is made."""
    with pytest.raises(TopologyUnsupported, match=r"keys.clab.yml:5: topology.nodes.a.ports: must not be there"):
        deploy("  nodes:\n    a: {ports: ['8080:80']}")
    assert not places.networks().exists() or [] == list(places.networks().iterdir())
    places.networks().mkdir(parents=True, exist_ok=True)
