"""A network's folder is its claim on a name: locked while anything of the network lives, swept when nothing does."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import ValidationError

from netdojo import locks, places
from netdojo.errors import NetworkComingUp, NetworkExists
from netdojo.model import Network
from netdojo.runtimes import plugins

_RUNTIME = "runtime"
"""The file that names the runtime."""
_POLL = 0.01


def claim(name: str, runtime: str) -> tuple[Path, int]:
    """Make the folder of `name` for a network of `runtime`; return it, and the descriptor that keeps it locked.

    Raises NetworkExists when something of that name lives, NetworkComingUp while it is being deployed.
    """
    with _one_at_a_time():
        folder = places.networks() / name
        if folder.exists() and not _is_open_to_us(folder):
            owner = user_name(folder.stat().st_uid)
            raise NetworkExists(
                f"a network named {name!r} is there that belongs to {owner}",
                help=f"as {owner}, end it: `netdojo lab destroy {name}`, with NETDOJO_HOME={places.home()}",
            )
        if folder.exists() and not _sweep(folder):
            if is_coming_up(folder):
                raise NetworkComingUp(name)
            raise NetworkExists(
                f"a network named {name!r} is deployed already",
                help=f"end it with `netdojo lab destroy {name}`; `netdojo lab reset {name}` starts a lab's own afresh",
            )
        return folder, _make(folder, runtime)


def _make(folder: Path, runtime: str) -> int:
    """Make a network's folder and lock it; raises OSError, and then there is none."""
    folder.mkdir(mode=0o700)
    try:
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            (folder / _RUNTIME).write_text(runtime, encoding="ascii")
        except BaseException:
            os.close(held)
            raise
    except BaseException:
        remove(folder)
        raise
    return held


def living(runtime: str) -> list[Network]:
    """Return the networks of `runtime` that are up; what those left that nothing holds any more is swept.

    A folder that another user made here, as with sudo, is passed over.
    """
    if not places.networks().is_dir():
        return []
    with _one_at_a_time():
        its = [
            folder
            for folder in sorted(places.networks().iterdir())
            if folder.is_dir() and _is_open_to_us(folder) and _runtime(folder) == runtime
        ]
        folders = [folder for folder in its if not _sweep(folder)]
    return [network for network in map(read, folders) if network]


def coming_up() -> list[str]:
    """Return the names of the networks that are being deployed; a folder that another user made is passed over."""
    if not places.networks().is_dir():
        return []
    open_to_us = filter(_is_open_to_us, sorted(places.networks().iterdir()))
    return [folder.name for folder in open_to_us if is_coming_up(folder)]


def is_coming_up(folder: Path) -> bool:
    """Whether something holds the folder of a network that cannot be used yet."""
    return folder.is_dir() and read(folder) is None and is_held(folder)


def read(folder: Path) -> Network | None:
    """Return the network of `folder`, or None while it is not up yet."""
    with suppress(FileNotFoundError, ValidationError):
        return Network.model_validate_json((folder / "network.json").read_bytes())
    return None


def user_name(uid: int) -> str:
    """Return the name of a user of this machine, or the number that has none."""
    with suppress(KeyError):
        return pwd.getpwuid(uid).pw_name
    return str(uid)


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def is_held(folder: Path) -> bool:
    """Whether anything of the network lives: it holds the lock of its folder."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return False
    try:
        return locks.is_held(descriptor)
    finally:
        os.close(descriptor)


def outlast(folder: Path, limit: float) -> None:
    """Wait up to `limit` seconds until nothing holds this very folder any more, and sweep what is then left of it."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return
    deadline = time.monotonic() + limit
    try:
        while os.fstat(descriptor).st_nlink and locks.is_held(descriptor) and time.monotonic() < deadline:
            time.sleep(_POLL)
        gone = not os.fstat(descriptor).st_nlink
    finally:
        os.close(descriptor)
    if not gone:
        with _one_at_a_time():
            _sweep(folder)


def _is_open_to_us(folder: Path) -> bool:
    """Whether this user may look into a folder, which only its owner and root may."""
    return os.access(folder, os.R_OK | os.X_OK)


def _sweep(folder: Path) -> bool:
    """Have the runtime of a folder that nothing holds end what is left of its network; return whether it is gone."""
    if is_held(folder):
        return False
    plugins.runtime(_runtime(folder)).sweep(folder)
    return not folder.exists()


def _runtime(folder: Path) -> str:
    """Return the name of the runtime whose network the folder is."""
    with suppress(OSError):
        return (folder / _RUNTIME).read_text(encoding="ascii")
    return plugins.DEFAULT


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
    """Return a descriptor of the folder of all networks, made when it is not there; raises as `places.refusal`.

    What root makes in another user's home is that user's.
    """
    folder = places.networks()
    try:
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if missing and os.geteuid() == 0:
            around = missing[-1].parent.stat()
            for one in missing:
                os.chown(one, around.st_uid, around.st_gid)
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise places.refusal(error) or error from error
