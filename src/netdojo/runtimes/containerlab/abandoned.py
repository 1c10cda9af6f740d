"""Networks of which nothing is left but containers: every process that held them was killed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from netdojo.model import ListedState, NetworkListed
from netdojo.runtimes import folders
from netdojo.runtimes.containerlab import engine
from netdojo.runtimes.programs import PATH
from netdojo.runtimes.serving.kinship import pid_space
from netdojo.runtimes.serving.observe import proportional_size
from netdojo.runtimes.serving.processes import all_pids


def networks(runtime: str) -> list[NetworkListed]:
    """Return them, of whatever home; none where docker is not there, or is not this user's to ask."""
    if os.geteuid() or not shutil.which("docker", path=PATH):
        return []
    left = [folder for folder in map(Path, sorted(engine.ours())) if folder.is_absolute() and not _is_held(folder)]
    return [_listed(folder, runtime, containers) for folder in left if (containers := engine.containers(folder))]


def _is_held(folder: Path) -> bool:
    with suppress(OSError):
        return folders.is_held(folder)
    return False


def _listed(folder: Path, runtime: str, containers: list[dict[str, Any]]) -> NetworkListed:
    began = min(_instant(one["Created"]) for one in containers)
    return NetworkListed(
        name=folder.name,
        runtime=runtime,
        home=folder.parent.parent,
        user="root",
        state=ListedState.abandoned,
        uptime=(datetime.now(timezone.utc) - began).total_seconds(),
        idle=None,
        memory=_weight(one["State"]["Pid"] for one in containers),
    )


def _instant(text: str) -> datetime:
    """Read docker's time, which has more digits than Python 3.10 takes."""
    return datetime.fromisoformat(text[:19]).replace(tzinfo=timezone.utc)


def _weight(firsts: Iterable[int]) -> int:
    """Return the memory of what runs in containers, in bytes; `firsts` are their first processes, 0 where it ended."""
    spaces = {pid_space(pid) for pid in firsts if pid}
    return sum(proportional_size(pid) for pid in all_pids() if pid_space(pid) in spaces)
