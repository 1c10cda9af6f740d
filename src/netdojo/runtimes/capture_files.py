"""Where a capture goes that nobody has named a file for."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from netdojo.runtimes.capturing import parse

FOLDER = "captures"


def new(workspace: Path, place: str) -> Path:
    """Return a path in the workspace that is not taken: captures/leaf1-eth1-1.pcap; raises WrongUse for no place."""
    folder = workspace / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    name = "-".join(parse(place))
    return next(file for file in (folder / f"{name}-{number}.pcap" for number in count(1)) if not file.exists())
