"""An ordinary user of this machine, who runs what root installed, wherever that is."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
OPEN = """
set -e
shut=$1 number=$2; shift 2
kept=$(mktemp -d -p /tmp)
mount -t tmpfs tmpfs "$kept"
n=0
for each; do
    [ "$n" -lt "$number" ] || break
    mkdir "$kept/$n"
    mount --rbind "$each" "$kept/$n"
    n=$((n + 1))
done
mount -t tmpfs -o mode=755 tmpfs "$shut"
n=0
for each; do
    [ "$n" -lt "$number" ] || break
    mkdir -p "$each"
    mount --rbind "$kept/$n" "$each"
    n=$((n + 1))
done
umount -l "$kept"
rmdir "$kept"
shift "$number"
exec "$@"
"""
"""Lays an empty folder over one that is shut to others, and the paths in it that are to be reached, for one command."""


def become(user: int) -> list[str]:
    """Return the words that, put before a command, run it as the user of the number `user`; only root may.

    This Python and this clone are reached even where they lie in a folder that others may not enter, such as /root.
    """
    needed = [Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), ROOT.resolve()]
    shut = {folder for path in needed for folder in shut_above(path)}
    words = []
    for folder in sorted(one for one in shut if not shut.intersection(one.parents)):
        shown = [str(path) for path in needed if folder in path.parents]
        space = ["unshare", "--mount", "--propagation", "private", "sh", "-c", OPEN, "sh"]
        words += [*space, str(folder), str(len(shown)), *shown]
    return [*words, "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]


def shut_above(path: Path) -> Iterator[Path]:
    """Yield the folders above `path` that only their owner may enter."""
    return (folder for folder in path.parents if not stat.S_IMODE(os.stat(folder).st_mode) & stat.S_IXOTH)
