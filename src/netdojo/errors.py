"""The errors that netdojo raises for the person who must act: what is wrong, where, and the next step."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path


class NetdojoError(Exception):
    """Something that a person can act on: `message` says what is wrong, `help` says the next step.

    `code` is the process's exit code when the command line ends on it: 2 wrong use, 3 could not be done.
    """

    code = 3

    def __init__(self, message: str, *, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help

    def __str__(self) -> str:
        return f"{self.message}\n  {self.help}" if self.help else self.message


class WrongUse(NetdojoError):
    """The command or call was given something that it cannot take."""

    code = 2


class NotFound(WrongUse):
    """A name that is not there; the near one is suggested."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        super().__init__(f"no {kind} named {name!r}", help=suggestion(name, names, kind))


def shown_name(file: Path) -> str:
    """Return how a problem names a file so that an editor opens it: from the folder that we are in, or whole."""
    with suppress(OSError, ValueError):
        return str(file.relative_to(Path.cwd()))
    return str(file)


@dataclass(frozen=True)
class Problem:
    """One fault of a file: `path: field: must be … (got …)` and, on a line of its own, a hint."""

    path: str
    field: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.path}: {self.field}: " if self.field else f"{self.path}: "
        return f"{where}{self.message}" + (f"\n  {self.hint}" if self.hint else "")


class InvalidFiles(WrongUse):
    """Files with faults; every fault is told at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class HostNotReady(NetdojoError):
    """The machine lacks something that the work needs; `help` is the one command or setting that mends it."""


class TopologyUnsupported(InvalidFiles):
    """A topology asks for what the chosen runtime cannot do."""


class NetworkExists(WrongUse):
    """A network of this name is deployed already."""


class NetworkComingUp(NetworkExists):
    """A network of this name is being deployed: the name is taken, and there is no network to use yet."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"a network named {name!r} is being deployed already, and takes no commands yet",
            help=f"wait until it is up, which `netdojo lab list` tells; or end it with `netdojo lab destroy {name}`",
        )


class DeployFailed(NetdojoError):
    """A network did not come up; nothing of it is left running."""


class DeployTimeout(DeployFailed):
    """A network was not ready by its deadline; nothing of it is left running."""


class NodeUnreachable(NetdojoError):
    """A node, or the network that it belongs to, does not answer."""


class FaultRefused(WrongUse):
    """A fault that cannot be as it was asked for, or not beside one that is in force; nothing was changed."""


class FaultFailed(NetdojoError):
    """A fault that did not take effect, or could not be lifted; what had been changed for it was taken back."""


class SaveFailed(NetdojoError):
    """A network that cannot be saved as it is; no file was written."""


class RestoreFailed(NetdojoError):
    """A network did not become what was saved; nothing of it is left running."""


class SubmissionUnusable(WrongUse):
    """A submission that cannot be graded as it stands: no notebook, or nothing of the lab in it."""


class SandboxFailed(NetdojoError):
    """The sandbox could not be made, or ended before its work did."""


class LedgerLocked(NetdojoError):
    """Another process is writing the ledger."""


class LedgerDamaged(NetdojoError):
    """The ledger is cut short or altered, and is not used: writing keeps it aside, reading moves nothing."""


class LedgerUnusable(NetdojoError):
    """The ledger's file cannot be opened or written: its mode, its owner or the disk; nothing was changed."""


class LedgerTooNew(NetdojoError):
    """The ledger was written by a newer netdojo; nothing was changed."""


class IssuerKeyUnusable(NetdojoError):
    """The issuer's key is no key, or others can read it."""


class BadgeInvalid(NetdojoError):
    """A badge that does not hold: altered, signed by another key, past its date, or no badge at all."""

    code = 1


class BadgeUndecided(NetdojoError):
    """A badge of which it cannot be told here whether it holds: an unknown issuer, context or kind of proof."""


def suggestion(name: str, known: Iterable[str], kind: str = "name") -> str:
    """Return "did you mean …?" for the nearest of `known`, else the list of what there is."""
    names = list(known)
    folded = {known_name.casefold(): known_name for known_name in names}
    near = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    if near:
        return f"did you mean {folded[near[0]]!r}?"
    return f"there is: {', '.join(names)}" if names else f"there is no {kind} yet"
