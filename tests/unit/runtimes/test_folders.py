"""A name belongs to whoever holds the lock of its folder, and to nobody once that has ended."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path

import pytest

from netdojo import places, runtimes
from netdojo.errors import NetworkComingUp, NetworkExists, NotFound, WrongUse
from netdojo.model import Network, Topology
from netdojo.runtimes import folders

GOLDEN = Path(__file__).parents[2] / "errors" / "runtimes"


def write_network(folder: Path) -> None:
    """Write what a network leaves in its folder once it is up."""
    topology = Topology(name="lab", file=folder / "lab.clab.yml", images=folder, nodes=(), links=())
    network = Network(
        name="lab",
        runtime="namespaces",
        topology=topology,
        started=datetime.now(timezone.utc),
        pid=1,
        folder=folder,
        username="admin",
        password="-",
        access=(),
    )
    (folder / "network.json").write_text(network.model_dump_json())


def test_claimed_name_is_refused_until_let_go() -> None:
    """A folder that is held refuses a second claim; one that is not is made anew."""
    folder, held = folders.claim("lab", "namespaces")
    write_network(folder)
    with pytest.raises(NetworkExists) as refused:
        folders.claim("lab", "namespaces")
    assert (GOLDEN / "second-deploy.txt").read_text() == f"{refused.value}\n"
    assert [] == folders.coming_up()
    os.close(held)
    again, held = folders.claim("lab", "namespaces")
    assert (folder, [again / "runtime"]) == (again, list(again.iterdir()))
    os.close(held)


def test_name_of_what_comes_up_is_told_as_such(home: Path) -> None:
    """Before a network is up its name is taken, it is no network to use, and the messages say that it comes up."""
    _, held = folders.claim("lab", "namespaces")
    told = []
    for ask in (lambda: folders.claim("lab", "namespaces"), lambda: runtimes.find("lab")):
        with pytest.raises(NetworkComingUp) as refused:
            ask()
        told.append(f"{refused.value}\n")
    assert [(GOLDEN / "deploy-while-coming-up.txt").read_text()] * 2 == told
    assert ["lab"] == runtimes.coming_up()
    os.close(held)
    with pytest.raises(NotFound, match="no network named 'lab'"):
        runtimes.find("lab")
    assert [] == runtimes.coming_up()


def test_one_of_many_claims_wins() -> None:
    """Of claims at the same time one gets the name and every other is refused."""

    def claim(_: int) -> int | None:
        try:
            return folders.claim("lab", "namespaces")[1]
        except NetworkExists:
            return None

    with ThreadPoolExecutor(8) as pool:
        held = [descriptor for descriptor in pool.map(claim, range(32)) if descriptor is not None]
    assert 1 == len(held)
    os.close(held[0])


def test_folder_of_nobody_is_swept() -> None:
    """Listing removes what a killed network left, and keeps what is being deployed."""
    _, held = folders.claim("being-deployed", "namespaces")
    (places.networks() / "left-over").mkdir()
    (places.networks() / "left-over" / "network.json").write_text("{")
    assert [] == folders.living("namespaces")
    assert ["being-deployed"] == [folder.name for folder in places.networks().iterdir()]
    os.close(held)


def test_what_root_makes_in_a_users_home_is_the_users(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of all networks goes to whose home it is in, so that the user's own networks find room there."""
    given: list[tuple[Path, int, int]] = []
    home.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda *words: given.append(words))
    os.close(folders.claim("lab", "namespaces")[1])
    os.close(folders.claim("other", "namespaces")[1])

    owner = home.stat()
    assert [(places.networks(), owner.st_uid, owner.st_gid)] == given


def test_home_that_cannot_be_used_is_named(home: Path) -> None:
    """A home that is no folder is told with what to set instead."""
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file")
    with pytest.raises(WrongUse, match="export NETDOJO_HOME"):
        folders.claim("lab", "namespaces")


def test_no_networks_without_a_home() -> None:
    """Looking for networks makes no folder."""
    assert [] == folders.living("namespaces")
    assert not places.networks().exists()
