"""A network as it was left: what a save's files say, and what differs between two states of a network."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from netdojo.model.base import Instant, Noun, Sha256

FORMAT = 1
"""The form of a save's files; a reader knows its own alone."""


def _checked(text: str, pattern: str, wanted: str) -> str:
    if not re.fullmatch(pattern, text):
        raise PydanticCustomError("said", "{wanted}", {"wanted": wanted})
    return text


def _line(text: str) -> str:
    return _checked(text, r"[\w.:/@%+-]+( [\w.:/@%+-]+)*", "must be words of iproute2, with single spaces")


def _path(text: str) -> str:
    return _checked(text, r"(/(?!\.{1,2}(/|$))[^/\0]+)+", "must be a path from the node's root, without . and ..")


def _setting(text: str) -> str:
    return _checked(text, r"net(/(?!\.{1,2}(/|$))[\w.@:-]+)+", "must be a setting below net/, with slashes")


def _interface(text: str) -> str:
    return _checked(text, r"(?!\.{1,2}$)[\w.:@-]{1,15}", "must be the name of an interface")


def _node(text: str) -> str:
    return _checked(text, r"[A-Za-z0-9][A-Za-z0-9_.-]*", "must be the name of a node")


def _mode(text: str) -> str:
    return _checked(text, r"[0-7]{3,4}", "must be three or four octal digits in quotes")


def _value(text: str) -> str:
    return _checked(text, r"[^\n\0]*", "must be one line")


Line = Annotated[str, AfterValidator(_line)]
"""What `ip`, `tc` or `bridge` takes after the verb: `10.9.0.0/24 via 10.0.0.1 dev eth1`."""
NodePath = Annotated[str, AfterValidator(_path)]
Interface = Annotated[str, AfterValidator(_interface)]
NodeName = Annotated[str, AfterValidator(_node)]
Setting = Annotated[str, AfterValidator(_setting)]
Mode = Annotated[str, AfterValidator(_mode)]
Value = Annotated[str, AfterValidator(_value)]


class FileKind(str, Enum):
    """What is at a path of a node."""

    file = "file"
    folder = "folder"
    link = "link"
    absent = "absent"


class SavedFile(Noun):
    """What is at a path that differs from the start. `target` is a link's; a file's bytes lie beside."""

    kind: FileKind
    mode: Mode = "0644"
    target: str = ""


class LinkSetting(Noun):
    """How an interface is set; `made` is what follows `ip link add NAME` where a person made it.

    `mac` is empty where it is whatever the kernel chose; `gone` says that the interface was deleted.
    """

    mtu: int = Field(default=1500, gt=0)
    up: bool = True
    master: Interface | Literal[""] = ""
    mac: Line | Literal[""] = ""
    made: Line | Literal[""] = ""
    gone: bool = False


class KernelState(Noun):
    """What a person may set in a node's kernel, in the words of iproute2.

    Routes are those of no daemon. In a save, `links` and `sysctls` hold only what differs from the start.
    """

    links: dict[Interface, LinkSetting] = Field(default_factory=dict)
    addresses: tuple[Line, ...] = ()
    vlans: tuple[Line, ...] = ()
    rules_ipv4: tuple[Line, ...] = ()
    rules_ipv6: tuple[Line, ...] = ()
    routes_ipv4: tuple[Line, ...] = ()
    routes_ipv6: tuple[Line, ...] = ()
    qdiscs: tuple[Line, ...] = ()
    sysctls: dict[Setting, Value] = Field(default_factory=dict)


class SavedNode(Noun):
    """The content of nodes/<node>/state.yml.

    `configuration` and `nftables` say that running.conf and nftables.nft lie beside it. `left_out` names what was
    there and cannot be saved.
    """

    configuration: bool
    nftables: bool
    kernel: KernelState
    files: dict[NodePath, SavedFile] = Field(default_factory=dict)
    left_out: tuple[str, ...] = ()


class SavedTopology(Noun):
    """What the topology was: a digest of all of it, and of each node, and the links with their ends."""

    name: str
    digest: Sha256
    nodes: dict[NodeName, Sha256] = Field(min_length=1)
    links: tuple[str, ...] = ()


class Save(Noun):
    """The content of save.yml; `netdojo` is the version that wrote it."""

    format: Literal[1]
    network: str
    runtime: str
    netdojo: str
    saved: Instant
    topology: SavedTopology


class Saved(Noun):
    """A save that was written: where, and what could not be put into it, by node."""

    folder: Path
    save: Save
    left_out: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class NodeChanges(Noun):
    """What differs in a node: unified diffs, and a line for each of the rest.

    `files` holds the diffs of text files by path; `settings` are the kernel's, `others` are files without a diff.
    """

    configuration: str = ""
    nftables: str = ""
    files: dict[str, str] = Field(default_factory=dict)
    settings: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        return self == NodeChanges()

    def text(self) -> str:
        """Return the changes as they are read: diffs first, then the short list."""
        diffs = [self.configuration, self.nftables, *self.files.values()]
        return "".join(diffs) + "".join(f"{line}\n" for line in (*self.settings, *self.others))


class Changes(Noun):
    """What differs between a network now and its start, or the save `against`; nodes without a change are not named.

    `faults` are those that are on it, in words: what they did is among the changes.
    """

    network: str
    against: Path | None
    nodes: dict[str, NodeChanges]
    faults: tuple[str, ...] = ()

    def text(self) -> str:
        """Return every node's changes under its name, or that there are none, and what faults are on the network."""
        told = [f"{name}:\n{changes.text()}" for name, changes in self.nodes.items()] or ["nothing has changed"]
        broken = [f"what faults did is among this: {', '.join(self.faults)}"] if self.faults else []
        return "\n".join([*told, *broken]).rstrip("\n")
