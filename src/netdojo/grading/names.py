"""Names what a grading makes after its process, so that what a killed grader left behind is found and ended."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
from pathlib import Path

from netdojo import runtimes

NETWORK = re.compile(r"^grade-(\d+)-[0-9a-f]+$")
SCRATCH = re.compile(r"^netdojo-grade-(\d+)-\w+$")


def network_name() -> str:
    """Return a name that no other grading has."""
    return f"grade-{os.getpid()}-{secrets.token_hex(3)}"


def make_scratch() -> Path:
    """Make a folder for what the sandbox is shown, for this user alone."""
    return Path(tempfile.mkdtemp(prefix=f"netdojo-grade-{os.getpid()}-"))


def sweep() -> None:
    """End the networks of this user's graders that are no more, and remove their scratch folders."""
    for network in runtimes.networks():
        if orphaned(NETWORK.match(network.name)):
            runtimes.destroy(network)
    for folder in Path(tempfile.gettempdir()).glob("netdojo-grade-*"):
        if orphaned(SCRATCH.match(folder.name)) and folder.lstat().st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)


def orphaned(found: re.Match[str] | None) -> bool:
    """Whether a name is one of ours, and the process in it is no more."""
    return found is not None and not alive(int(found.group(1)))


def alive(pid: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
