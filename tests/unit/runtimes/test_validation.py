"""What the namespaces runtime cannot run is refused before anything starts, all at once."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from netdojo import places, runtimes
from netdojo.content import read_topology
from netdojo.errors import NotFound, TopologyUnsupported, WrongUse
from netdojo.model import Bind, End, Impairment, Link, Node, Topology
from netdojo.runtimes import impairments, programs
from netdojo.runtimes import settings as node_settings
from netdojo.runtimes.containerlab import host, validation
from netdojo.runtimes.namespaces import sysctls, targets
from netdojo.runtimes.namespaces import validation as in_namespaces

ERRORS = Path(__file__).parents[2] / "errors"
GOLDEN = sorted((ERRORS / "runtimes").glob("*.yml"))


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    (folder / "frr").mkdir(parents=True)
    for program in ("entrypoint", "shell"):
        (folder / "frr" / program).write_text("#!/bin/sh\n")
    return folder


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are named from the folder that one is in."""
    monkeypatch.chdir(ERRORS)


@pytest.fixture
def topology(images: Path) -> Topology:
    return read_topology(GOLDEN[0]).model_copy(update={"images": images})


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_unsupported_topology_has_its_golden_message(file: Path, images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every key that cannot be honoured is named with its line and path, and with the runtime that can."""
    monkeypatch.setattr(impairments, "can", lambda name: name == "rate")
    with pytest.raises(TopologyUnsupported) as refused:
        runtimes.deploy(read_topology(file).model_copy(update={"images": images}))
    told = str(refused.value).replace(str(images), "COURSE/topologies/images")
    assert file.with_suffix(".txt").read_text() == f"{told}\n"
    assert not places.networks().exists()


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "x" * 64])
def test_bad_name_is_refused(topology: Topology, name: str) -> None:
    """A name that could leave the networks' folder is refused: the file's by its key, another one as it is."""
    with pytest.raises(WrongUse, match="cannot be named"):
        runtimes.deploy(topology, name=name or "/")
    with pytest.raises(TopologyUnsupported, match=r":2: name: must be up to 63 letters"):
        runtimes.deploy(topology.model_copy(update={"name": name}))


def test_unknown_runtime_is_suggested(topology: Topology) -> None:
    with pytest.raises(NotFound, match="did you mean 'namespaces'"):
        runtimes.deploy(topology, runtime="namespace")


def test_netem_is_asked_for_in_either_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the kernel cannot do is refused by the containerlab runtime with the same words."""
    monkeypatch.setattr(impairments, "can", lambda name: name == "rate")
    file = next(file for file in GOLDEN if file.stem == "netem-is-absent")
    with pytest.raises(TopologyUnsupported) as refused:
        validation.check(read_topology(file), "net", None)
    told = str(refused.value).replace(str(images), "COURSE/topologies/images")
    assert file.with_suffix(".txt").read_text() == f"{told}\n"


def test_what_containerlab_would_refuse_is_told_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds, binds, files and interfaces that containerlab would end at are told at once, by line and key."""
    monkeypatch.setattr(host, "version", lambda: (0, 69))
    file = ERRORS / "containerlab" / "what-containerlab-would-refuse.yml"
    with pytest.raises(TopologyUnsupported) as refused:
        validation.check(read_topology(file), "net", None)
    assert file.with_suffix(".txt").read_text() == f"{refused.value}\n"


def test_kind_of_a_newer_containerlab_is_for_it_to_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which kinds there are is known of 0.69 alone."""
    file = tmp_path / "new.clab.yml"
    file.write_text("name: new\ntopology: {nodes: {a: {kind: of-tomorrow, image: 'x:1'}}}\n")
    monkeypatch.setattr(host, "version", lambda: (0, 73))
    validation.check(read_topology(file), "new", None)
    monkeypatch.setattr(host, "version", lambda: (0, 0))
    with pytest.raises(TopologyUnsupported, match="must be a kind that containerlab knows"):
        validation.check(read_topology(file), "new", None)


def test_rate_alone_does_not_ask_for_netem(topology: Topology, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a topology asks for is tried."""
    tried: list[str] = []

    def cannot(name: str) -> bool:
        tried.append(name)
        return False

    monkeypatch.setattr(impairments, "can", cannot)
    link = Link(a=End(node="a", interface="eth1"), b=End(node="b", interface="eth1"), impairment=Impairment(rate=10**7))
    (refusal,) = impairments.refusals(topology.model_copy(update={"links": (link,)}))
    assert (["rate"], "topology.links[0].labels.netdojo.rate") == (tried, refusal.field)
    assert "no tbf (got 10000000)" in refusal.message


def test_trial_tells_what_the_kernel_cannot_from_what_cannot_be_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that no kernel has is told; a machine that lets nobody try is left to the deployment."""
    monkeypatch.setitem(impairments.TRIALS, "rate", "no-such-queue")
    assert not impairments.can("rate")
    monkeypatch.setattr(programs, "PATH", "/nowhere")
    assert impairments.can("rate")


SETTINGS = """
name: settings
topology:
  defaults: {kind: linux, image: frr, sysctls: {net.ipv4.nope: 1}}
  nodes:
    leaf1: {sysctls: {net.ipv4.ip_forward: maybe, net.ipv4.conf.eth1.rp_filter: 0, net.ipv6.conf.eth1.20.mtu: 1400}}
    leaf2: {}
"""


@pytest.fixture
def settings(tmp_path: Path, images: Path) -> Topology:
    file = tmp_path / "settings" / "settings.yml"
    file.parent.mkdir()
    file.write_text(SETTINGS)
    return read_topology(file)


def test_setting_that_the_kernel_does_not_take_is_refused(settings: Topology, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is inherited is told once, where it stands; a setting of an interface is tried by that of a new one."""
    asked: list[tuple[str, str]] = []

    def answered(wanted: list[tuple[str, str]]) -> list[str]:
        asked.extend(wanted)
        return ["absent", "refused", "taken", "taken"]

    monkeypatch.setattr(sysctls, "tried", answered)
    monkeypatch.chdir(settings.folder)
    with pytest.raises(TopologyUnsupported) as refused:
        runtimes.check(settings)

    assert [
        "settings.yml:4: topology.defaults.sysctls.net.ipv4.nope: "
        "must be a setting that a network of its own has in this machine's kernel",
        "settings.yml:6: topology.nodes.leaf1.sysctls.net.ipv4.ip_forward: "
        "must be a value that the kernel takes here (got 'maybe')",
    ] == str(refused.value).splitlines()
    assert "net.ipv4.conf.eth1.rp_filter" == asked[2][0]


def test_settings_are_tried_in_a_network_of_their_own() -> None:
    """The kernel's answer is that of a new network; a machine that lets nobody try is left to the deployment."""
    wanted = [("net.ipv4.nope", "1"), ("net.ipv4.ip_forward", "maybe"), ("net.ipv4.conf.eth1.20.rp_filter", "0")]

    assert sysctls.tried(wanted) in (["absent", "refused", "taken"], [])


def test_setting_of_an_interface_waits_for_its_link() -> None:
    """A dot in an interface's name is no folder, and what every network has does not wait."""
    late = {"net.ipv4.conf.eth1.20.rp_filter": "0", "net.ipv4.conf.all.rp_filter": "0", "net.ipv4.ip_forward": "1"}

    assert "net/ipv4/conf/eth1.20/rp_filter" == node_settings.path("net.ipv4.conf.eth1.20.rp_filter")
    assert [("/proc/sys/net/ipv4/conf/eth1.20/rp_filter", "0")] == [
        (words[3], words[4]) for words in node_settings.late(late)
    ]


def test_links_of_a_node_lead_nowhere_else(tmp_path: Path) -> None:
    """An absolute link in a node's tree is followed within that tree, as the node itself will."""
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "run").symlink_to("/run")
    (tmp_path / "circle").symlink_to("/circle")

    assert f"{tmp_path}/run/frr" == targets.within(str(tmp_path), "/var/run/../run/frr")
    with pytest.raises(OSError, match="symbolic links"):
        targets.within(str(tmp_path), "/circle")


def test_pipe_is_no_source(topology: Topology, tmp_path: Path) -> None:
    """What cannot be copied is told by its bind: a pipe itself, and a folder that has one in it."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "folder" / "pipe")
    binds = (Bind(source=f"{tmp_path}/folder/pipe", target="/p"), Bind(source=f"{tmp_path}/folder", target="/f"))
    node = Node(name="a", kind="linux", image="frr", binds=binds)
    with pytest.raises(TopologyUnsupported) as refused:
        runtimes.check(topology.model_copy(update={"nodes": (node,), "links": (), "foreign": ()}))

    assert ["topology.nodes.a.binds[0]", "topology.nodes.a.binds[1]"] == [one.field for one in refused.value.problems]
    assert "with 'pipe' in it" in refused.value.problems[1].message


def with_key(folder: Path, kind: str, line: str, more: str = "") -> Topology:
    """Return a topology of one node, with a key in line 4, and of those that `more` has."""
    file = folder / "t.clab.yml"
    node = f"a: {{kind: {kind}, image: somebodys, {line}}}"
    file.write_text(f"name: t\ntopology:\n  nodes:\n    {node}\n{more}", encoding="utf-8")
    return read_topology(file)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("network-mode: host", "network-mode: must be 'none'"),
        ('ports: ["8080:80"]', "ports: must not be there"),
        ("aliases: [www]", "aliases: must not be there"),
    ],
)
def test_what_would_have_no_effect_in_a_container_is_refused(tmp_path: Path, line: str, told: str) -> None:
    """A node of kind linux has its links alone in either runtime, so that neither is named as the way out."""
    with pytest.raises(TopologyUnsupported) as refused:
        validation.check(with_key(tmp_path, "linux", line), "t", None)

    assert f"t.clab.yml:4: topology.nodes.a.{told}" in str(refused.value)
    assert "--runtime containerlab" not in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("linux", "network-mode: none"),
        ("nokia_srlinux", "network-mode: host"),
        ("nokia_srlinux", "startup-config: here.cfg"),
        ("nokia_srlinux", "startup-config: https://example.org/a.cfg"),
        ("nokia_srlinux", 'startup-config: "set / a\\nset / b\\n"'),
    ],
)
def test_what_other_kinds_have_is_for_containerlab_to_judge(tmp_path: Path, kind: str, line: str) -> None:
    """Only what would be passed over in silence is refused."""
    (tmp_path / "here.cfg").write_text("set / a\n")
    assert [] == list(validation._refusals(with_key(tmp_path, kind, line), None))


@pytest.mark.parametrize("kind", ["linux", "nokia_srlinux"])
def test_port_on_the_host_is_refused_for_every_kind(tmp_path: Path, kind: str) -> None:
    """Nothing of a network is on the host but its SSH, and a management network leads nowhere."""
    with pytest.raises(TopologyUnsupported, match=r"topology\.nodes\.a\.ports: must not be there"):
        validation.check(with_key(tmp_path, kind, 'ports: ["8080:80"]'), "t", None)


@pytest.mark.parametrize("kind", ["bridge", "ovs-bridge", "host", "ext-container"])
def test_kind_without_a_container_is_refused_in_both_runtimes(tmp_path: Path, kind: str) -> None:
    """Such a node is the host's or somebody else's; neither runtime sends people to the other."""
    topology = with_key(tmp_path, kind, "labels: {a: b}")
    for check in (validation.check, in_namespaces.check):
        with pytest.raises(TopologyUnsupported, match=rf"topology.nodes.a.kind: must be .*\(got '{kind}'\)") as refused:
            check(topology, "t", None)
        assert "--runtime containerlab" not in str(refused.value)


def test_configuration_to_start_with_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A file that is missing is told by its key, before anything starts."""
    with pytest.raises(TopologyUnsupported) as refused:
        validation.check(with_key(tmp_path, "nokia_srlinux", "startup-config: nowhere.cfg"), "t", None)

    told = "t.clab.yml:4: topology.nodes.a.startup-config: must name a file that is there (got 'nowhere.cfg')"
    assert told in str(refused.value)


def test_end_of_a_node_cannot_be_waited_for(tmp_path: Path) -> None:
    """A node that has ended is a fault in either runtime, so neither names the other."""
    wait = "stages: {create: {wait-for: [{node: b, stage: exit}]}}"
    topology = with_key(tmp_path, "linux", wait, "    b: {kind: linux, image: frr}\n")
    where = "t.clab.yml:4: topology.nodes.a.stages.create.wait-for[0].stage: "
    for check, said in ((validation.check, "must not be 'exit'"), (in_namespaces.check, "must be create")):
        with pytest.raises(TopologyUnsupported) as refused:
            check(topology, "t", None)
        (told,) = [one for one in str(refused.value).splitlines() if "wait-for" in one]
        assert f"{where}{said}" in told


@pytest.mark.parametrize("judge", [in_namespaces.check, validation.check])
def test_what_is_longer_than_the_kernel_gives_a_program_is_refused(tmp_path: Path, judge: Any) -> None:
    """A word or a variable that no program can be given, and more variables than one, are told by their keys."""
    long = "x" * 131_072
    nodes: dict[str, dict[str, Any]] = {
        "a": {"exec": [f"echo {long}"], "env": {"BIG": long}},
        "b": {"cmd": f"sleep {long}", "stages": {"configure": {"exec": [{"command": f"echo {long}"}]}}},
        "c": {"env": {f"V{number}": "x" * 100_000 for number in range(11)}},
        "d": {"exec": [f"echo {'x ' * 70_000}"], "env": {"FITS": "x" * 131_066}},
    }
    whole = {name: {"kind": "linux", "image": "netdojo/frr", **given} for name, given in nodes.items()}
    file = tmp_path / "long.clab.yml"
    file.write_text(json.dumps({"name": "long", "topology": {"nodes": whole}}))
    with pytest.raises(TopologyUnsupported) as refused:
        judge(read_topology(file), "long", None)
    assert {"a.exec[0]", "a.env.BIG", "b.cmd", "b.stages.configure.exec[0].command", "c.env"} == {
        problem.field.removeprefix("topology.nodes.") for problem in refused.value.problems
    }
