"""Where a file says what the model has of it, so that a runtime's refusal names the file's own line and key."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from netdojo.content.topologies.inheritance import Layers, binds_of, stages_of
from netdojo.content.topologies.sections import ClabFile
from netdojo.model import Place
from netdojo.yaml_files import Location, field_of

ONCE = ("image", "startup-config", "cmd", "entrypoint")
"""Keys of which one section's value counts."""


def places_of(clab: ClabFile, layers: list[Layers], line_of: Callable[[Location], int]) -> dict[str, Place]:
    """Return the path of each part of the model → its place in the file."""
    whole: list[Location] = [("name",), ("topology", "nodes"), ("topology", "links")]
    found = [(place, place) for place in whole]
    found += [one for each in layers for one in of_node(each)]
    found += [(place, place) for place in of_links(clab)]
    return {field_of(path): Place(path=field_of(place), line=line_of(place)) for path, place in found}


def of_node(layers: Layers) -> Iterator[tuple[Location, Location]]:
    """Yield (path in the model, place in the file) for what a node has."""
    node: Location = ("topology", "nodes", layers.name)
    yield node, node
    yield (*node, "kind"), layers.kind_at
    yield from (((*node, key), layers.place_of(key.replace("-", "_"))) for key in ONCE)
    for place, section in layers.all:
        for key in ("env", "sysctls"):
            yield from (((*node, key, name), (*place, key, name)) for name in getattr(section, key))
    yield from (((*node, "binds", at), place) for at, (place, _) in enumerate(binds_of(layers)))
    yield from (((*node, "exec", at), place) for at, (place, _) in enumerate(layers.joined("exec")))
    for name, staged in stages_of(layers).items():
        stage = (*node, "stages", name.value)
        yield stage, staged.where
        yield from (((*stage, "wait-for", at), place) for at, place in enumerate(staged.waits.values()))
        yield from (((*stage, "exec", at), place) for at, (place, _) in enumerate(staged.commands))


def of_links(clab: ClabFile) -> Iterator[Location]:
    """Yield the places of links, of their ends and of their labels: the model has them under the same paths."""
    for position, link in enumerate(clab.topology.links):
        where: Location = ("topology", "links", position)
        yield from (where, (*where, "endpoints"))
        yield from ((*where, "labels", label) for label in link.labels)
