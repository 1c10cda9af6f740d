"""Names what a grading makes after its process, so that what a killed grader left behind is found and ended."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from netdojo import locks, places, runtimes

NETWORK = re.compile(r"^grade-(\d+)-[0-9a-f]+$")
SCRATCH = re.compile(r"^netdojo-grade-(\d+)-\w+$")


def network_name() -> str:
    """Return a name that no other grading has."""
    return f"grade-{os.getpid()}-{secrets.token_hex(3)}"


@contextmanager
def held_name() -> Iterator[str]:
    """Give a name for a network and hold it: a grader of another pid namespace sees by that who is at work."""
    name = network_name()
    file = lock_of(name)
    with ExitStack() as stack:
        stack.callback(file.unlink, missing_ok=True)
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            stack.enter_context(locks.held(file, os.O_CREAT | os.O_RDWR))
        except OSError as error:
            raise places.refusal(error) or error from error
        yield name


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a folder for what the sandbox is shown, for this user alone; it goes with the grading."""
    folder = Path(tempfile.mkdtemp(prefix=f"netdojo-grade-{os.getpid()}-"))
    try:
        with locks.held(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """End the networks of this user's graders that are no more, and remove their scratch folders."""
    for network in runtimes.networks():
        if orphaned(NETWORK.match(network.name)):
            runtimes.destroy(network)
    for folder in Path(tempfile.gettempdir()).glob("netdojo-grade-*"):
        if orphaned(SCRATCH.match(folder.name), folder) and folder.lstat().st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)
    for file in lock_of("").glob("grade-*"):
        if orphaned(NETWORK.match(file.name)):
            file.unlink(missing_ok=True)


def is_at_work(name: str) -> bool:
    """Whether the network `name` is that of a grading whose process lives."""
    found = NETWORK.match(name)
    return found is not None and not orphaned(found)


def orphaned(found: re.Match[str] | None, lock: Path | None = None) -> bool:
    """Whether a name is one of ours, the process in it is no more, and nobody holds its lock."""
    return found is not None and not alive(int(found.group(1))) and not is_locked(lock or lock_of(found.string))


def lock_of(name: str) -> Path:
    """Return the file that a grading holds locked as long as its network is in use."""
    return places.home() / "gradings" / name


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock of a file or folder; of another user's nobody can tell, so that is held."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        return locks.is_held(descriptor)
    finally:
        os.close(descriptor)


def alive(pid: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
