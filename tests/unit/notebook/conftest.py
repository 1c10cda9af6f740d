"""A network as a noun, with one node at a port of this machine."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from netdojo.model import Lab, Network, Node, NodeAccess, Task, Topology


@pytest.fixture
def lab(tmp_path: Path, make_lab: Callable[..., Lab]) -> Lab:
    """A lab of two tasks, the first with two hints."""
    tasks = (
        Task(id="first", title="First", points=2, hints=("Look.", "Type this.")),
        Task(id="second", title="2nd", points=3),
    )
    return make_lab("small", *tasks, folder=tmp_path / "labs" / "small")


@pytest.fixture
def network(tmp_path: Path) -> Network:
    """A network whose one node does not answer: its port is closed."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    topology = Topology(
        name="small",
        file=tmp_path / "t.clab.yml",
        images=tmp_path,
        nodes=(Node(name="r1", kind="linux", image="frr"),),
        links=(),
    )
    return Network(
        name="small",
        runtime="namespaces",
        topology=topology,
        started=datetime(2026, 3, 1, tzinfo=timezone.utc),
        pid=1,
        folder=tmp_path,
        username="root",
        password="secret",
        access=(NodeAccess(name="r1", host="127.0.0.1", port=port),),
    )


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The learner's folder of the lab, in which he is."""
    folder = tmp_path / "workspaces" / "small"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder
