"""What is said when this machine has run out of something: of what, how much of it there is, and the next step."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable
from typing import NamedTuple

from netdojo.errors import HostNotReady

FEWEST_HANDLES = 1024
"""File handles that a process is commonly given."""


class Resource(NamedTuple):
    """Something of which there is only so much: the kernel's numbers and the words of programs when it is used up.

    Programs in Go begin the kernel's words with a small letter.
    """

    name: str
    numbers: frozenset[int]
    words: tuple[str, ...]
    limit: Callable[[], str]
    help: str


def _handles() -> str:
    return f"a process may have {resource.getrlimit(resource.RLIMIT_NOFILE)[0]} open"


def _processes() -> str:
    soft = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    limits = [(soft, f"this user may have {soft}")] if soft != resource.RLIM_INFINITY else []
    limits += [(most, f"this group of processes may have {most}") for most in _group_limits()]
    return min(limits)[1] if limits else "the kernel has no more"


def _group_limits() -> list[int]:
    """Return the limits that control groups set to the number of this process's kin."""
    found = []
    try:
        with open("/proc/self/cgroup") as file:
            rows = [row.rstrip("\n").split(":", 2) for row in file]
        for _, kinds, path in rows:
            if kinds in {"", "pids"}:
                with open(f"/sys/fs/cgroup/{kinds}{path}/pids.max") as file:
                    found += [int(text) for text in [file.read().strip()] if text.isdigit()]
    except OSError:
        return found
    return found


def _memory() -> str:
    return f"it has {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') >> 20} MiB"


RESOURCES = (
    Resource(
        "file handles",
        frozenset({errno.EMFILE, errno.ENFILE}),
        ("Too many open files",),
        _handles,
        f"Allow more, and try again: ulimit -n {FEWEST_HANDLES}",
    ),
    Resource(
        "processes",
        frozenset({errno.EAGAIN}),
        (
            "Resource temporarily unavailable",
            "Cannot fork",
            "can't start new thread",
            "pthread_create",
            "failed to create new OS thread",
        ),
        _processes,
        "End what is not needed (networks are listed by: netdojo lab list --all), or allow more: ulimit -u",
    ),
    Resource(
        "namespaces",
        frozenset(),
        ("unshare failed: No space left on device",),
        lambda: "",
        "End networks that are not needed, or allow more; the limits are told by: sysctl user",
    ),
    Resource(
        "room on the disk",
        frozenset({errno.ENOSPC, errno.EDQUOT}),
        ("No space left on device", "Disk quota exceeded"),
        lambda: "",
        "Free some room. Name a folder of your own: export NETDOJO_HOME=~/netdojo",
    ),
    Resource(
        "memory",
        frozenset({errno.ENOMEM}),
        ("Cannot allocate memory",),
        _memory,
        "End what is not needed; networks are listed by: netdojo lab list --all",
    ),
)


def refusal(error: BaseException) -> HostNotReady | None:
    """Return what to tell of an error that is a want of something, or None when it is another one."""
    said = _last_line(_first_of_many(error) or str(error)) or type(error).__name__
    if isinstance(error, BlockingIOError) and hasattr(error, "characters_written"):
        return None  # a reader that is slow: EAGAIN as well
    if isinstance(error, OSError) and error.errno is not None:
        wanted = [one for one in RESOURCES if error.errno in one.numbers]
        return _told(wanted[0], said) if wanted else None
    return refusal_of(said) if isinstance(error, (OSError, RuntimeError, ImportError)) else None


def refusal_of(said: str, *, whole: bool = False) -> HostNotReady | None:
    """Return what to tell where a program said that it wants something, or None when it said something else.

    That is told with the line that says so, or with the `whole` of what was said.
    """
    for line in said.splitlines():
        if wanted := _wanted(line):
            return _told(wanted, f"\n{said}" if whole else line.strip())
    return None


def lines_of(said: str) -> list[str]:
    """Return the lines in which a program said that it wants something."""
    return [line for line in said.splitlines() if _wanted(line)]


def _wanted(line: str) -> Resource | None:
    return next((one for one in RESOURCES if any(words.lower() in line.lower() for words in one.words)), None)


def _told(wanted: Resource, said: str) -> HostNotReady:
    limit = wanted.limit()
    return HostNotReady(
        f"this machine has run out of {wanted.name}{f' ({limit})' if limit else ''}: {said}".replace(": \n", ":\n"),
        help=wanted.help,
    )


def _first_of_many(error: BaseException) -> str:
    """Return the first reason of an error that has a list of them, as shutil's have: (from, to, why)."""
    listed = error.args[0] if error.args else None
    return str(listed[0][-1]) if isinstance(listed, list) and listed and isinstance(listed[0], tuple) else ""


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]
