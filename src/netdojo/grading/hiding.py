"""What a submission must not read, wherever on this machine it lies: the graders, and what gradings have kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from netdojo import places
from netdojo.model import Lab


def private(lab: Lab) -> tuple[Path, ...]:
    """Return the folders and files that neither the sandbox nor a node of the network is to show."""
    course = lab.folder.parents[1]
    kept = (places.nbgrader(), places.submissions(), places.issuer(), places.ledger_file())
    return tuple(path.resolve() for path in (course / "graders", course / ".git", *kept))


def masks(paths: Iterable[Path], shown: Iterable[str]) -> Iterator[str]:
    """Yield bubblewrap's options that put nothing in the place of those `paths` that lie below what is `shown`."""
    folders = [Path(folder) for folder in shown]
    for path in paths:
        if any(path.is_relative_to(folder) for folder in folders):
            if path.is_dir():
                yield from ("--tmpfs", str(path), "--remount-ro", str(path))
            elif path.exists():
                yield from ("--ro-bind", "/dev/null", str(path))
