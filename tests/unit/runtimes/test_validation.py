"""What the namespaces runtime cannot run is refused before anything starts, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdojo import places, runtimes
from netdojo.content import read_topology
from netdojo.errors import NotFound, TopologyUnsupported, WrongUse
from netdojo.model import Topology

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
def test_unsupported_topology_has_its_golden_message(file: Path, images: Path) -> None:
    """Every key that cannot be honoured is named with its path, and with the runtime that can."""
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
