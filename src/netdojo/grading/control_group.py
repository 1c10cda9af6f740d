"""Caps the processes of a sandbox by a control group where one can be made: RLIMIT_NPROC does not bind real root."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

PREFIX = "netdojo-"
SPARE = 8
"""Processes that the way into the sandbox takes itself."""
ENDS = 5.0
"""Seconds that the kernel of this machine may take to end the processes of a group."""
ENTER = 'echo 0 >"$0/cgroup.procs" && exec "$@"'
"""Shell that moves itself into the group, and then becomes the program."""
numbers = count()


@contextmanager
def capped(processes: int) -> Iterator[tuple[str, ...]]:
    """Give the argv prefix that starts a program in a control group of at most `processes` processes and threads.

    The prefix is empty where this user may make no group: there RLIMIT_NPROC holds, which binds everyone but real root.
    Whatever is left in the group at the end is killed, and the group goes.
    """
    folder = make_group(processes)
    if folder is None:
        yield ()
        return
    try:
        yield ("/bin/sh", "-c", ENTER, str(folder))
    finally:
        end(folder)


def make_group(processes: int) -> Path | None:
    """Return the folder of a new group; nothing where there is no pids controller or it may not be used."""
    for top in hierarchies():
        sweep(top)
        folder = top / f"{PREFIX}{os.getpid()}-{next(numbers)}"
        with suppress(OSError):
            if (top / "cgroup.subtree_control").exists():
                (top / "cgroup.subtree_control").write_text("+pids", encoding="ascii")
            folder.mkdir()
        if not folder.is_dir():
            continue
        with suppress(OSError):
            (folder / "pids.max").write_text(str(processes + SPARE), encoding="ascii")
            return folder
        folder.rmdir()
    return None


def hierarchies() -> Iterator[Path]:
    """Yield where the control groups that can count processes are mounted, of version 1 or 2."""
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        mount, _, system = line.partition(" - ")
        kind, _, options = system.split(" ", 2)
        top = Path(mount.split()[4])
        controllers = options.replace(",", " ")
        if kind == "cgroup2":
            with suppress(OSError):
                controllers = (top / "cgroup.controllers").read_text(encoding="ascii")
        if kind.startswith("cgroup") and "pids" in controllers.split():
            yield top


def sweep(top: Path) -> None:
    """Remove the groups of graders that were killed; the kernel refuses to remove one that is in use."""
    for left in top.glob(f"{PREFIX}*"):
        if not Path("/proc", left.name.removeprefix(PREFIX).partition("-")[0]).exists():
            with suppress(OSError):
                left.rmdir()


def end(folder: Path) -> None:
    """Kill what is in the group and remove it; it cannot grow faster than that, since it is capped."""
    deadline = time.monotonic() + ENDS
    while time.monotonic() < deadline:
        for pid in (folder / "cgroup.procs").read_text(encoding="ascii").split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        with suppress(OSError):
            folder.rmdir()
            return
        time.sleep(0.01)
