"""What the namespaces runtime cannot run is refused before anything starts, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdojo import places, runtimes
from netdojo.content import read_topology
from netdojo.errors import NotFound, TopologyUnsupported, WrongUse
from netdojo.model import End, Impairment, Link, Topology
from netdojo.runtimes import impairments, programs
from netdojo.runtimes.containerlab import validation

GOLDEN = sorted((Path(__file__).parents[2] / "errors" / "runtimes").glob("*.yml"))


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    (folder / "frr").mkdir(parents=True)
    for program in ("entrypoint", "shell"):
        (folder / "frr" / program).write_text("#!/bin/sh\n")
    return folder


@pytest.fixture
def topology(images: Path) -> Topology:
    return read_topology(GOLDEN[0]).model_copy(update={"images": images})


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_unsupported_topology_has_its_golden_message(file: Path, images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every key that cannot be honoured is named with its path, and with the runtime that can."""
    monkeypatch.setattr(impairments, "can", lambda name: name == "rate")
    with pytest.raises(TopologyUnsupported) as refused:
        runtimes.deploy(read_topology(file).model_copy(update={"images": images}))
    assert file.with_suffix(".txt").read_text() == f"{refused.value}\n"
    assert not places.networks().exists()


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "x" * 64])
def test_bad_name_is_refused(topology: Topology, name: str) -> None:
    """A name that could leave the networks' folder is refused."""
    with pytest.raises(WrongUse, match="cannot be named"):
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
    assert file.with_suffix(".txt").read_text() == f"{refused.value}\n"


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
