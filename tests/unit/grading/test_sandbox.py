"""What a sandbox is given: a list of what may be seen, and nothing beside it."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest

from netdojo.grading.sandbox import Limits, inside, lay_out, options
from netdojo.model import Lab, Network, Topology


@pytest.fixture
def network(lab: Lab, tmp_path: Path) -> Network:
    topology = Topology(name="pair", file=lab.topology_file, images=tmp_path / "images", nodes=(), links=())
    folder = tmp_path / "network"
    folder.mkdir()
    (folder / "known_hosts").write_text("[127.0.0.1]:1 ssh-ed25519 AAAA\n")
    (folder / "id_ed25519").write_text("a key")
    return Network(
        name="grade-1-a",
        runtime="namespaces",
        topology=topology,
        started=datetime(2026, 1, 2, tzinfo=timezone.utc),
        pid=4711,
        folder=folder,
        username="netdojo",
        password="p",
        access=(),
    )


def sources(given: list[str]) -> list[str]:
    """Return the host's paths that are bound."""
    return [given[place + 1] for place, word in enumerate(given) if word.startswith(("--ro-bind", "--bind"))]


def test_neither_graders_nor_home_are_bound(lab: Lab, tmp_path: Path) -> None:
    """No bound path is, or holds, the graders, the course's root, a home or netdojo's own folder."""
    bound = [Path(path) for path in sources(options(tmp_path / "scratch", lab, Limits()))]
    root = lab.folder.parents[1]
    private = [root, root / "graders", Path.home(), Path.home() / ".ssh", Path("/etc"), Path("/var"), Path("/")]

    assert [] == [(path, one) for path in bound for one in private if one == path or path in one.parents]


def test_everything_is_bound_read_only(lab: Lab, tmp_path: Path) -> None:
    """There is no bind that could be written; what can be written is a tmpfs with a size."""
    given = options(tmp_path / "scratch", lab, Limits())

    assert not {"--bind", "--bind-try", "--dev-bind", "--share-net"} & set(given)
    assert {"--clearenv", "--die-with-parent", "--new-session", "--unshare-user", "--unshare-pid"} <= set(given)
    assert given.count("--size") == given.count("--tmpfs")


def test_the_network_is_told_without_its_keys(lab: Lab, network: Network, tmp_path: Path) -> None:
    """The sandbox learns how to reach the nodes, and no path, pid or key of the host."""
    scratch = tmp_path / "scratch"
    lay_out(scratch, lab, network, {"small.ipynb": b"{}", "configs/r1.conf": b"!"})
    told = (scratch / "network" / "network.json").read_text()

    assert {"network.json", "known_hosts"} == {file.name for file in (scratch / "network").iterdir()}
    assert str(tmp_path) not in told
    assert {"pid": 0, "password": "p", "folder": "/run/netdojo"} == {
        name: json.loads(told)[name] for name in ("pid", "password", "folder")
    }
    assert b"!" == (scratch / "submission" / "configs" / "r1.conf").read_bytes()


def test_the_limits_go_in_with_the_relay(lab: Lab) -> None:
    """The relay sets the limits before the kernel starts; they are numbers, and no path of the host goes with them."""
    given = json.loads(inside(lab, Limits())[-1])

    assert Limits().rlimits == given["limits"]
    assert {"CORE": 0} == {name: number for name, number in given["limits"].items() if not number}
