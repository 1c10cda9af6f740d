"""Whether a network that was saved is of the topology that it is to be restored on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from netdojo.errors import InvalidFiles, Problem
from netdojo.model import Link, Noun, SavedTopology, Topology
from netdojo.runtimes.save_files import SAVE


def described(topology: Topology) -> SavedTopology:
    """Return what a save says of its topology; where the file lies is no part of it."""
    nodes = {node.name: digest(node) for node in topology.nodes}
    links = tuple(cable(link) for link in topology.links)
    return SavedTopology(
        name=topology.name, digest=digest_of([topology.name, nodes, sorted(links)]), nodes=nodes, links=links
    )


def digest(noun: Noun) -> str:
    return digest_of(noun.model_dump(mode="json"))


def digest_of(held: object) -> str:
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


def cable(link: Link) -> str:
    """Return a link with what it is set to: `leaf1:eth1 -- spine1:eth1 mtu 1400`."""
    ends = sorted((str(end), end.mac) for end in (link.a, link.b))
    words = [" -- ".join(f"{end} {mac}".strip() for end, mac in ends)]
    return " ".join([*words, *([f"mtu {link.mtu}"] if link.mtu else [])])


def require_same(saved: SavedTopology, topology: Topology, folder: Path) -> None:
    """Raise InvalidFiles with all in which the topology of a save differs from `topology`."""
    now = described(topology)
    if saved.digest != now.digest or (saved.nodes, set(saved.links)) != (now.nodes, set(now.links)):
        raise InvalidFiles(
            Problem(f"{folder.name}/{SAVE}", f"topology.{field}", message) for field, message in differing(saved, now)
        )


def differing(saved: SavedTopology, now: SavedTopology) -> Iterator[tuple[str, str]]:
    """Yield (field, what is wrong with it) for each difference."""
    told = False
    if saved.name != now.name:
        yield "name", f"must be that of this topology, {now.name!r} (got {saved.name!r})"
        told = True
    for name in sorted(saved.nodes.keys() | now.nodes.keys()):
        if saved.nodes.get(name) != now.nodes.get(name):
            yield f"nodes.{name}", node_fault(name, saved, now)
            told = True
    for link in sorted({*saved.links} ^ {*now.links}):
        yield "links", f"{'must not have' if link in saved.links else 'must have'} {link}"
        told = True
    if not told:
        yield "digest", f"must be {now.digest[:12]}…, that of the nodes and links beside it (got {saved.digest[:12]}…)"


def node_fault(name: str, saved: SavedTopology, now: SavedTopology) -> str:
    if name not in now.nodes:
        return "must be a node of this topology"
    if name not in saved.nodes:
        return "must be there: this topology has it"
    return "must be what this topology says of it: image, binds, exec or another of its keys has changed since"
