"""Finds which limit of namespaces was met: for every kind the kernel says what it says of a full disk."""

from __future__ import annotations

import errno
from typing import NoReturn

from netdojo.runtimes import kernel

KINDS = {
    "user": kernel.NEW_USER,
    "net": kernel.NEW_NET,
    "mnt": kernel.NEW_MOUNT,
    "pid": kernel.NEW_PID,
    "uts": kernel.NEW_UTS,
    "ipc": kernel.NEW_IPC,
}
"""Each kind by its name in the kernel's settings, user/max_*_namespaces."""
OF_A_NODE = KINDS["net"] | KINDS["mnt"] | KINDS["pid"] | KINDS["uts"] | KINDS["ipc"]
DETAIL = "no more of them can be made"


class LimitMet(OSError):
    """A user has as many namespaces of a kind as the machine lets be made; `kind` is "" when it cannot be told."""

    def __init__(self, kind: str, detail: str = DETAIL) -> None:
        super().__init__(errno.ENOSPC, detail)
        self.kind = kind
        self.detail = detail


def unshare() -> None:
    """Enter the namespaces of a node; raises OSError, LimitMet where it is a limit that keeps it."""
    try:
        kernel.unshare(OF_A_NODE)
    except OSError as error:
        explain(error, OF_A_NODE)


def explain(error: OSError, kinds: int) -> NoReturn:
    """Raise the error of having asked for `kinds`: LimitMet with the kind that cannot be had, found by trying each."""
    if error.errno != errno.ENOSPC:
        raise error
    raise LimitMet(next((name for name, kind in KINDS.items() if kinds & kind and not _can_make(kind)), "")) from None


def _can_make(kind: int) -> bool:
    try:
        kernel.unshare(kind)
    except OSError:
        return False
    return True
