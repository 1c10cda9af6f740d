"""Where netdojo keeps what it writes, `NETDOJO_HOME` or the platform's data folder, and what is said when it cannot."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path

from platformdirs import user_data_path

from netdojo.errors import HostNotReady, NetdojoError, WrongUse

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
SHUT = frozenset({errno.EACCES, errno.EROFS, errno.EIO})
"""What the machine may refuse anywhere; the rest of `AMISS` is told of a path that somebody chose alone."""
AMISS = frozenset(
    {errno.EPERM, errno.ENOENT, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP}
)
ANOTHER_HOME = "Name a folder of your own: export NETDOJO_HOME=~/netdojo"


def home() -> Path:
    """Return the folder that holds everything below; nothing is written outside it at run time."""
    named = os.environ.get("NETDOJO_HOME")
    return Path(named).expanduser().absolute() if named else user_data_path("netdojo")


def is_home(folder: Path) -> bool:
    """Whether a folder is the home, by whatever name."""
    return os.path.realpath(folder) == os.path.realpath(home())


def networks() -> Path:
    """One folder a deployed network; each goes with its network."""
    return home() / "networks"


def workspaces() -> Path:
    """One folder a lab: the learner's notebook and files."""
    return home() / "work"


def ledger_file() -> Path:
    return home() / "ledger.sqlite"


def issuer() -> Path:
    """The folder of the issuer's key, mode 0700."""
    return home() / "issuer"


def badges() -> Path:
    return home() / "badges"


def submissions() -> Path:
    """One folder a recorded submission: what was handed in, and its report."""
    return home() / "submissions"


def recording_lock() -> Path:
    """The file that is locked by whoever records a graded submission."""
    return home() / "recording.lock"


def nbgrader() -> Path:
    """nbgrader's course folder as built from graders/: source, release, submitted, autograded, gradebook.db."""
    return home() / "nbgrader"


def refusal(error: OSError, given: Iterable[str] = ()) -> NetdojoError | None:
    """Return what to tell the person whose path the system refused, or None when `error` is not about a path of theirs.

    It is WrongUse when the path is one of `given` or of the environment, or lies below one, and HostNotReady when it
    is netdojo's own choice, or the disk is full.
    """
    code, named = error.errno, isinstance(error.filename, (str, bytes))
    path = Path(os.fsdecode(error.filename)).absolute() if named else home()
    if code in NO_ROOM:
        return HostNotReady(f"cannot write {path}: {error.strerror}", help=f"Free some room. {ANOTHER_HOME}")
    chosen = below(path, (*given, *(os.environ.get(name, "") for name in ("NETDOJO_HOME", "NETDOJO_COURSE"))))
    own = below(path, [str(home())])
    if not named or code not in (SHUT | AMISS if chosen or own else SHUT):
        return None
    kind = WrongUse if chosen else HostNotReady
    return kind(f"cannot use {path}: {error.strerror}", help=ANOTHER_HOME if own else "Name another, or make it yours.")


def below(path: Path, folders: Iterable[str]) -> bool:
    """Whether `path` is one of `folders` or lies in one."""
    chosen = (Path(folder).expanduser().absolute() for folder in folders if folder)
    return any(folder == path or folder in path.parents for folder in chosen)
