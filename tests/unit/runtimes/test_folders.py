"""A name belongs to whoever holds the lock of its folder, and to nobody once that has ended."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from netdojo import places
from netdojo.errors import HostNotReady, NetworkExists
from netdojo.runtimes.namespaces import folders


def test_claimed_name_is_refused_until_let_go() -> None:
    """A folder that is held refuses a second claim; one that is not is made anew."""
    folder, held = folders.claim("lab")
    (folder / "old").touch()
    with pytest.raises(NetworkExists, match="netdojo lab destroy lab"):
        folders.claim("lab")
    os.close(held)
    again, held = folders.claim("lab")
    assert (folder, []) == (again, list(again.iterdir()))
    os.close(held)


def test_one_of_many_claims_wins() -> None:
    """Of claims at the same time one gets the name and every other is refused."""

    def claim(_: int) -> int | None:
        try:
            return folders.claim("lab")[1]
        except NetworkExists:
            return None

    with ThreadPoolExecutor(8) as pool:
        held = [descriptor for descriptor in pool.map(claim, range(32)) if descriptor is not None]
    assert 1 == len(held)
    os.close(held[0])


def test_folder_of_nobody_is_swept() -> None:
    """Listing removes what a killed network left, and keeps what is being deployed."""
    _, held = folders.claim("being-deployed")
    (places.networks() / "left-over").mkdir()
    (places.networks() / "left-over" / "network.json").write_text("{")
    assert [] == folders.living()
    assert ["being-deployed"] == [folder.name for folder in places.networks().iterdir()]
    os.close(held)


def test_home_that_cannot_be_used_is_named(home: Path) -> None:
    """A home that is no folder is told with what to set instead."""
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file")
    with pytest.raises(HostNotReady, match="export NETDOJO_HOME"):
        folders.claim("lab")


def test_no_networks_without_a_home() -> None:
    """Looking for networks makes no folder."""
    assert [] == folders.living()
    assert not places.networks().exists()
