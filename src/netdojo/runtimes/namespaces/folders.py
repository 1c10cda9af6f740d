"""A network's folder is its claim on a name: locked while anything of the network lives, swept when nothing does."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import ValidationError

from netdojo import places
from netdojo.errors import HostNotReady, NetworkExists
from netdojo.model import Network


def claim(name: str) -> tuple[Path, int]:
    """Make the folder of `name` and lock it; return it, and the descriptor that holds the lock while it is open.

    Raises NetworkExists when something of that name lives.
    """
    with _one_at_a_time():
        folder = places.networks() / name
        if folder.exists() and not _sweep(folder):
            raise NetworkExists(
                f"a network named {name!r} is deployed already",
                help=f"end it with `netdojo lab destroy {name}`, or start it afresh with `netdojo lab reset {name}`",
            )
        folder.mkdir(mode=0o700)
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return folder, held


def living() -> list[Network]:
    """Return the networks that are up; folders that nothing holds any more are removed."""
    if not places.networks().is_dir():
        return []
    with _one_at_a_time():
        folders = [folder for folder in sorted(places.networks().iterdir()) if folder.is_dir() and not _sweep(folder)]
    return [network for network in map(read, folders) if network]


def read(folder: Path) -> Network | None:
    """Return the network of `folder`, or None while it is not up yet."""
    with suppress(FileNotFoundError, ValidationError):
        return Network.model_validate_json((folder / "network.json").read_bytes())
    return None


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def is_held(folder: Path) -> bool:
    """Whether anything of the network lives: it holds the lock of its folder."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _sweep(folder: Path) -> bool:
    """Remove a folder that nothing holds; return whether it is gone."""
    if is_held(folder):
        return False
    remove(folder)
    return True


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Keep other clients from making or sweeping folders meanwhile."""
    descriptor = _open_networks()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _open_networks() -> int:
    """Return a descriptor of the folder of all networks, made when it is not there; raises HostNotReady."""
    folder = places.networks()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise HostNotReady(
            f"cannot use {folder}: {error.strerror}", help="name a folder of your own: export NETDOJO_HOME=~/netdojo"
        ) from error
