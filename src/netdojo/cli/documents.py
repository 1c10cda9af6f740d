"""What `--json` prints where it is more than one noun of the model; schemas/ is drawn from these."""

from __future__ import annotations

from pathlib import Path

from netdojo.errors import Problem
from netdojo.ledger import Verification
from netdojo.model import Credit, Entry, LabManifest, NetworkState, NodeAccess, Noun, Slug


class ModuleListed(Noun):
    """A module of the course, and the titles of its lessons in their order."""

    slug: Slug
    title: str
    lessons: tuple[str, ...]


class LabListed(LabManifest):
    """A lab as its manifest says it; `points` is what all of its tasks are worth."""

    slug: Slug
    points: int


class CourseListed(Noun):
    """What `netdojo course list` prints."""

    title: str
    objectives: dict[Slug, str]
    modules: tuple[ModuleListed, ...]
    labs: tuple[LabListed, ...]


class NetworkStatus(NetworkState):
    """What `netdojo lab status` prints: a network's state, and how each node is reached over SSH.

    `ssh -F <ssh_config> <node>` logs in; the file names the user, the ports, the client's key and the known hosts.
    """

    access: dict[str, NodeAccess]
    username: str
    ssh_config: Path


class NotebookOpened(Noun):
    """What `netdojo lab open` prints: the learner's notebook, and where the one before it is kept, if it was moved."""

    notebook: Path
    kept: Path | None = None


class TopologyProblem(Noun):
    """One fault of a topology: `path` and `line` are where it is, `field` the path of its key."""

    path: str
    line: int | None
    field: str
    message: str
    hint: str

    @classmethod
    def of(cls, problem: Problem) -> TopologyProblem:
        """Return a problem with its line apart."""
        path, _, line = problem.path.rpartition(":")
        if not line.isdigit():
            path, line = problem.path, ""
        return cls(
            path=path, line=int(line) if line else None, field=problem.field, message=problem.message, hint=problem.hint
        )


class TopologyChecked(Noun):
    """What `netdojo topology check` prints for each file. One that cannot be read has no numbers."""

    file: Path
    ok: bool
    nodes: int | None = None
    links: int | None = None
    problems: tuple[TopologyProblem, ...] = ()


class ImageListed(Noun):
    """An image as `netdojo image list` prints it: `state` is built, outdated or "not built"; `size` is in bytes."""

    name: str
    tag: str
    state: str
    size: int


class Recorded(Noun):
    """What `netdojo progress` prints. `hours` is the sum of the credits, `badges` are files on this machine.

    `kept_aside` are the files of damaged ledgers, which count no more.
    """

    entries: tuple[Entry, ...]
    credits: tuple[Credit, ...]
    hours: float
    badges: tuple[str, ...]
    statement: str
    kept_aside: tuple[Path, ...] = ()


class LedgerVerified(Verification):
    """What `netdojo ledger verify` prints: the file, how many entries hold, and the last one's hash.

    `kept_aside` are the files of damaged ledgers, which count no more.
    """

    file: Path
    kept_aside: tuple[Path, ...] = ()
