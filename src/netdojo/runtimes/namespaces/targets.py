"""Where a path of a node lies: what is the host's, read-only, and where its links lead within the node."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

PROGRAMS = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "opt", "nix")
"""What a node sees of the host's root, read-only; everything else of it is its own."""
ETC = (
    "alternatives",
    "bash.bashrc",
    "debian_version",
    "host.conf",
    "inputrc",
    "iproute2",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "login.defs",
    "networks",
    "os-release",
    "pam.conf",
    "pam.d",
    "profile",
    "profile.d",
    "protocols",
    "rpc",
    "security",
    "services",
    "shells",
    "ssl/certs",
    "ssl/openssl.cnf",
    "terminfo",
    "timezone",
)
"""What a node sees of the host's /etc: what programs need, and no account, key or secret."""
OWN = ("root", "home", "run", "run/lock", "netdojo", "tmp", "srv", "mnt", "proc", "sys", "dev", "etc")
OWN_VAR = ("log", "tmp", "lib", "lib/frr", "log/frr", "cache", "spool")
OWN_LINKS = {"/var/run": "/run", "/var/lock": "/run/lock"}
FOLDERS = {"/", "/var", "/etc/frr", *(f"/{name}" for name in OWN), *(f"/var/{name}" for name in OWN_VAR)}
"""The folders that every node has of its own."""
MOST_LINKS = 40
"""How many links the kernel follows in one path."""


def followed(path: str, link: Callable[[str], str | None]) -> str:
    """Return where `path` leads in a tree of which `link` tells the links; raises OSError for links in a circle."""
    here, left, links = "/", path.split("/")[::-1], 0
    while left:
        part = left.pop()
        if part in {"", ".", ".."}:
            here = os.path.dirname(here) if part == ".." else here
            continue
        there = os.path.join(here, part)
        to = link(there)
        if to is None:
            here = there
            continue
        links += 1
        if links > MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        here = "/" if to.startswith("/") else here
        left += to.split("/")[::-1]
    return here


def within(root: str, path: str) -> str:
    """Return where `path` of a node lies in its tree at `root`, however its links are written; raises OSError."""

    def link(there: str) -> str | None:
        return os.readlink(root + there) if os.path.islink(root + there) else None

    return root + followed(path, link)


def in_node(path: str) -> str:
    """Return where `path` will lead in a node, by what the host has now; raises OSError."""

    def link(there: str) -> str | None:
        if shown(there) and os.path.islink(there):
            return os.readlink(there)
        return OWN_LINKS.get(there)

    return followed(path, link)


def shown(path: str) -> str:
    """Return the part of the host's that a node sees at `path`, "/usr" for "/usr/bin/ip", or nothing."""
    found = [f"/{name}" for name in PROGRAMS] + [f"/etc/{name}" for name in ETC]
    return next((top for top in found if f"{path}/".startswith(f"{top}/")), "")


def read_only(path: str) -> str:
    """Return the folder of the host's that a node sees at `path`, which it cannot change, or nothing."""
    top = shown(path)
    return top if top and os.path.isdir(top) else ""
