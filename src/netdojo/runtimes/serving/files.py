"""A node's files, seen and put back from outside: no program of the node is run, and no link of it is followed."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any

FILE_LIMIT = 8 * 1024 * 1024
"""Bytes of one file; of a larger one only the size is told."""
NODE_LIMIT = 32 * 1024 * 1024
"""Bytes of all changed files of a node."""
DEPTH = 100
"""Folders in folders; what lies deeper is not looked at."""
NOT_A_PERSONS = (
    "/dev",
    "/proc",
    "/run",
    "/sys",
    "/tmp",  # noqa: S108  # a name to be left out, not a place to write to
    "/var/cache",
    "/var/lib/frr",
    "/var/lock",
    "/var/log",
    "/var/run",
    "/var/spool",
    "/var/tmp",  # noqa: S108
)
"""Folders of what runs, not of what a person made."""
NOT_KEPT = ("/bin", "/boot", "/lib", "/lib32", "/lib64", "/libx32", "/sbin", "/usr", "/var/lib")
"""Folders whose files are remembered by size and time alone: they are an image's own, and many."""
KEPT_FILE = 256 * 1024
KEPT_NODE = 8 * 1024 * 1024
"""Bytes of one file, and of all files of a node, that are remembered as they were at the start."""
TRACES = frozenset({".bash_history", ".history_frr", ".history_quagga", ".lesshst", ".python_history", "__pycache__"})
"""Names of what programs leave behind by themselves."""
TRACE_ENDS = (".pid", ".pyc", ".swp")
BACKUP = ("/etc/frr/", ".sav")
"""Where and as what vtysh keeps the file that it writes over."""
PSEUDO = frozenset({"proc", "sysfs", "devtmpfs", "devpts", "mqueue", "cgroup", "cgroup2", "securityfs", "debugfs"})


class Seen:
    """What is at a path: `stamp` is when a file was last written, `data` its bytes where they are remembered."""

    __slots__ = ("data", "kind", "mode", "size", "stamp", "target")

    def __init__(self, kind: str, found: os.stat_result, target: str = "") -> None:
        plain = kind == "file"
        self.kind = kind
        self.mode = 0o777 if kind == "link" else stat.S_IMODE(found.st_mode)
        self.size = found.st_size if plain else 0
        self.stamp = found.st_mtime_ns if plain else 0
        self.target = target
        self.data: bytes | None = None

    def looks_like(self, other: Seen) -> bool:
        return all(getattr(self, name) == getattr(other, name) for name in ("kind", "mode", "size", "stamp", "target"))

    def is_same(self, other: Seen) -> bool:
        """Whether both are the same, by their bytes where both are known."""
        known = self.data is not None and other.data is not None
        same = self.data == other.data if known else self.stamp == other.stamp
        return same and all(getattr(self, name) == getattr(other, name) for name in ("kind", "mode", "size", "target"))

    def told(self) -> dict[str, Any]:
        data = None if self.data is None else base64.b64encode(self.data).decode()
        return {"kind": self.kind, "mode": self.mode, "size": self.size, "target": self.target, "data": data}


class Mounts:
    """What is mounted in a node: by `numbers` an earlier look can be compared, `apart` are places to keep out of."""

    def __init__(self, pid: int, shared: Collection[str], known: Collection[str] | None = None) -> None:
        """Look at the mounts of the process `pid`; those that are not `known` are kept out of, as are `shared` places.

        A mount that came later hides what is below it, and goes with the node.
        """
        self.numbers: set[str] = set()
        self.apart = {*NOT_A_PERSONS, *shared}
        with open(f"/proc/{pid}/mountinfo") as file:
            for line in file:
                before, _, after = line.partition(" - ")
                number, _, _, _, place, options = before.split()[:6]
                self.numbers.add(number)
                fixed = "ro" in options.split(",") or after.split()[0] in PSEUDO
                if place != "/" and (fixed or (known is not None and number not in known)):
                    self.apart.add(place.encode().decode("unicode_escape"))

    def hide(self, path: str) -> bool:
        """Whether `path` is, or is below, a place to keep out of."""
        return any(path == one or path.startswith(f"{one}/") for one in self.apart)


def is_trace(path: str) -> bool:
    """Whether a program leaves `path` behind by itself."""
    name = path.rpartition("/")[2]
    return name in TRACES or name.endswith(TRACE_ENDS) or (path.startswith(BACKUP[0]) and path.endswith(BACKUP[1]))


def look(root: int, mounts: Mounts) -> dict[str, Seen]:
    """Return path → what is there, for every file, folder and link; and for what is of another kind, as "other"."""
    return dict(_below(root, "", mounts, DEPTH))


def _below(folder: int, path: str, mounts: Mounts, depth: int) -> Iterator[tuple[str, Seen]]:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries)
    for name in names:
        here = f"{path}/{name}"
        if here in mounts.apart or is_trace(here):
            continue
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            seen = _seen(folder, name)
            yield here, seen
            if seen.kind == "folder" and depth:
                inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
                try:
                    yield from _below(inner, here, mounts, depth - 1)
                finally:
                    os.close(inner)


def _seen(folder: int, name: str) -> Seen:
    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISLNK(found.st_mode):
        return Seen("link", found, os.readlink(name, dir_fd=folder))
    kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "folder"}
    return Seen(kinds.get(stat.S_IFMT(found.st_mode), "other"), found)


def look_and_keep(root: int, mounts: Mounts) -> dict[str, Seen]:
    """Return what `look` does, with the bytes that are to be remembered of the start, as far as there is room."""
    found = look(root, mounts)
    room = KEPT_NODE
    for path, seen in found.items():
        small = seen.kind == "file" and seen.size <= min(KEPT_FILE, room)
        if small and not path.startswith(tuple(f"{folder}/" for folder in NOT_KEPT)):
            read(root, path, seen)
            room -= seen.size
    return found


def read(root: int, path: str, seen: Seen) -> None:
    """Put the bytes of a file into `seen`; one that has gone meanwhile, or cannot be read, has none."""
    with suppress(OSError):
        folder, name = _parent(root, path)
        try:
            file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
            with os.fdopen(file, "rb") as opened:
                seen.data = opened.read(FILE_LIMIT + 1)
                seen.size = len(seen.data)
        finally:
            os.close(folder)


def changes(root: int, mounts: Mounts, start: dict[str, Seen]) -> list[dict[str, Any]]:
    """Return what differs from the start: each path with what `was` there and what is there `now`, None for nothing.

    The bytes of a file that is too large, or of more files than a node may have, are left out.
    """
    now = look(root, mounts)
    room = NODE_LIMIT
    found = []
    for path in sorted(start.keys() | now.keys()):
        was, seen = start.get(path), now.get(path)
        if mounts.hide(path) or (was and seen and was.looks_like(seen)):
            continue
        if seen and seen.kind == "file" and seen.size <= min(FILE_LIMIT, room):
            read(root, path, seen)
            room -= seen.size
        if not (was and seen and was.is_same(seen)):
            found.append({"path": path, "was": was and was.told(), "now": seen and seen.told()})
    return found


def place(root: int, mounts: Mounts, wanted: list[dict[str, Any]]) -> list[str]:
    """Make each path what it is `wanted` to be; return what went wrong, a sentence each."""
    faults = []
    for one in wanted:
        path = one["path"]
        if mounts.hide(path) or not path.startswith("/") or not {"", ".", ".."}.isdisjoint(path.split("/")[1:]):
            faults.append(f"{path} is no place of the node's own")
            continue
        try:
            _place(root, path, one)
        except OSError as error:
            faults.append(f"{path}: {error.strerror}")
    return faults


def _place(root: int, path: str, wanted: dict[str, Any]) -> None:
    kind = wanted["kind"]
    try:
        folder, name = _parent(root, path, make=kind != "absent")
    except FileNotFoundError:
        return
    try:
        _make_way(folder, name, kind)
        if kind == "file":
            _write(folder, name, base64.b64decode(wanted["data"]), wanted["mode"])
        elif kind == "link":
            os.symlink(wanted["target"], name, dir_fd=folder)
        elif kind == "folder":
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=folder)
            _set_mode(folder, name, wanted["mode"])
    finally:
        os.close(folder)


def _set_mode(folder: int, name: str, mode: int) -> None:
    """Set a folder's mode; a link that has taken its place is not followed, for it would lead out of the node."""
    inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        os.fchmod(inner, mode)
    finally:
        os.close(inner)


def _parent(root: int, path: str, *, make: bool = False) -> tuple[int, str]:
    """Return a descriptor of the folder that `path` is in, and its name there; no link is followed on the way."""
    *folders, name = path.split("/")[1:]
    here = os.dup(root)
    try:
        for one in folders:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(one, dir_fd=here)
            inner = os.open(one, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
            os.close(here)
            here = inner
    except OSError:
        os.close(here)
        raise
    return here, name


def _make_way(folder: int, name: str, kind: str) -> None:
    """Remove what is there, unless it is of the kind that is wanted and can be made so in place."""
    with suppress(FileNotFoundError):
        there = _seen(folder, name).kind
        if there != kind or kind == "link":
            _remove(folder, name)


def _remove(folder: int, name: str) -> None:
    if _seen(folder, name).kind != "folder":
        os.unlink(name, dir_fd=folder)
        return
    inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        for one in os.listdir(inner):
            _remove(inner, one)
    finally:
        os.close(inner)
    os.rmdir(name, dir_fd=folder)


def _write(folder: int, name: str, data: bytes, mode: int) -> None:
    """Write a file in place: one that is bound into the node can be written, not replaced."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, 0o600, dir_fd=folder), "wb") as opened:
        opened.write(data)
        os.fchmod(opened.fileno(), mode)
