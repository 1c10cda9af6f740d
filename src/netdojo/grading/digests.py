"""Names the state of files by SHA-256 over names and contents, so that equal files always have equal names."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

from netdojo.model import Lab

BUILT = {"__pycache__", ".ipynb_checkpoints"}
"""Folders that hold nothing of a person's making."""


def digest_of(contents: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over names and contents, independent of order; lengths keep neighbours apart."""
    total = hashlib.sha256()
    for name in sorted(contents):
        encoded = name.encode("utf-8", "surrogateescape")
        total.update(len(encoded).to_bytes(8, "big") + encoded)
        total.update(len(contents[name]).to_bytes(8, "big") + contents[name])
    return total.hexdigest()


def contents_of(folder: Path) -> dict[str, bytes]:
    """Return the files below `folder` by their path there; links are not followed."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.is_symlink() and not BUILT & set(file.parts)
    }


def lab_digest(lab: Lab) -> str:
    """Return the digest of everything that a lab's grade depends on: its two folders and its topology's."""
    parts = {"lab": lab.folder, "grader": lab.grader, "topology": lab.topology_file.parent}
    held: dict[str, bytes] = {}
    for part, folder in parts.items():
        if folder is not None:
            held |= {f"{part}/{name}": content for name, content in contents_of(folder).items()}
    return digest_of(held)


@cache
def versions() -> dict[str, str]:
    """Return the versions of what builds and runs notebooks here."""
    return {name: version(name) for name in ("netdojo", "nbgrader", "jupytext", "ipykernel")}
