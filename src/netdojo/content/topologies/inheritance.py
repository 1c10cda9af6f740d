"""What a node inherits: itself over its group, over its kind, over the defaults, each key in containerlab's way."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from netdojo.content.topologies.sections import NodeSection, StagesSection, TopologySection
from netdojo.model import Bind, Node, Stage, StageCommand, StageName, WaitFor
from netdojo.yaml_files import Location

NODE_NAME = "__clabNodeName__"
"""What containerlab replaces by the node's name in binds, exec and startup-config."""
NOTHING = NodeSection()
OURS = re.compile(r"(?P<bare>[^/:@]+)|netdojo/(?P<owned>[^/:@]+)(:latest)?")
"""The references that may be of an image in topologies/images."""


class Layers:
    """The sections that a node is made of, the weakest first, each with its place in the file."""

    def __init__(self, name: str, section: TopologySection) -> None:
        self.name = name
        self._section = section
        self.given = section.nodes[name] or NOTHING
        self.kind_at, self.kind = self._kind()
        self.group = self._group()
        self.all: list[tuple[Location, NodeSection]] = [
            (("topology", "defaults"), section.defaults),
            (("topology", "kinds", self.kind), section.kinds.get(self.kind) or NOTHING),
            (("topology", "groups", self.group), section.groups.get(self.group) or NOTHING),
            (("topology", "nodes", name), self.given),
        ]

    def _kind(self) -> tuple[Location, str]:
        """Return the kind with its place: the node's, its group's, that of the defaults' group, the defaults'."""
        defaults = self._section.defaults
        groups: list[tuple[Location, NodeSection]] = [
            (("topology", "groups", name), self._section.groups.get(name) or NOTHING)
            for name in (self.given.group, defaults.group)
            if name
        ]
        own: Location = ("topology", "nodes", self.name)
        sections = [(own, self.given), *groups, (("topology", "defaults"), defaults)]
        return next((((*place, "kind"), one.kind) for place, one in sections if one.kind), ((*own, "kind"), ""))

    def _group(self) -> str:
        """Return the group: the node's, its kind's, the defaults'."""
        kind = self._section.kinds.get(self.kind) or NOTHING
        return next((one.group for one in (self.given, kind, self._section.defaults) if one.group), "")

    def strongest(self, key: str) -> str:
        """Return the text that counts for `key`; an empty one counts as none."""
        return next((str(value) for _, one in reversed(self.all) if (value := getattr(one, key))), "")

    def merged(self, key: str) -> dict[str, str]:
        """Return the mappings of `key` in one; what stands nearer to the node wins."""
        return {name: value for _, one in self.all for name, value in getattr(one, key).items()}

    def joined(self, key: str) -> list[tuple[Location, Any]]:
        """Return what the lists of `key` hold, one list after the other, the weakest first, each with its place."""
        return [
            ((*place, key, position), value)
            for place, one in self.all
            for position, value in enumerate(getattr(one, key))
        ]

    def place_of(self, key: str) -> Location:
        """Return where the value that counts for `key` stands; the node's own section when nowhere."""
        places = [place for place, one in reversed(self.all) if getattr(one, key)]
        return (*(places or [self.all[-1][0]])[0], key.replace("_", "-"))


def resolved(layers: Layers) -> Node:
    """Return the node with all that it inherits."""
    reference = layers.strongest("image")
    return Node(
        name=layers.name,
        kind=layers.kind.lower(),
        image=image_folder(reference),
        reference=reference,
        group=layers.group,
        env=layers.merged("env"),
        binds=tuple(one for _, one in binds_of(layers)),
        exec=tuple(line.replace(NODE_NAME, layers.name) for _, line in layers.joined("exec")),
        cmd=layers.strongest("cmd"),
        entrypoint=layers.strongest("entrypoint"),
        startup_config=layers.strongest("startup_config").replace(NODE_NAME, layers.name),
        sysctls=layers.merged("sysctls"),
        labels=layers.merged("labels"),
        stages={name: stage_of(staged) for name, staged in stages_of(layers).items()},
    )


def image_folder(reference: str) -> str:
    """Return "frr" for "frr", "netdojo/frr" and "netdojo/frr:latest": the folder of topologies/images; else "".

    Whatever has another registry, owner, tag or digest is somebody else's image, whatever its last part is.
    """
    found = OURS.fullmatch(reference)
    return (found["bare"] or found["owned"]) if found else ""


def binds_of(layers: Layers) -> list[tuple[Location, Bind]]:
    """Return the node's binds with their places, one a target: what stands nearer to the node wins."""
    found = [(where, bind(text, layers.name)) for where, text in layers.joined("binds")]
    return list({one.target: (where, one) for where, one in found}.values())


def bind(text: str, node: str) -> Bind:
    """Return the bind of "source:target[:options]", or of a target alone."""
    source, _, rest = text.partition(":")
    if not rest and ":" not in text:
        return Bind(source="", target=text)
    target, _, options = rest.partition(":")
    words = [word for word in options.split(",") if word]
    others = tuple(word for word in words if word != "ro")
    return Bind(source=source.replace(NODE_NAME, node), target=target, read_only="ro" in words, options=others)


class Staged(NamedTuple):
    """What one stage waits for and runs, each with its place in the file, and the place of the stage itself."""

    where: Location
    waits: dict[WaitFor, Location]
    commands: list[tuple[Location, StageCommand]]


def stages_of(layers: Layers) -> dict[StageName, Staged]:
    """Return the stages that wait for something or run something: those of all sections together."""
    found: dict[StageName, Staged] = {}
    for name in StageName:
        for place, one in layers.all:
            section = getattr(one.stages or StagesSection(), name.value.replace("-", "_"))
            if section is None or not (section.wait_for or section.exec):
                continue
            where = (*place, "stages", name.value)
            staged = found.setdefault(name, Staged(where, {}, []))
            for position, wait in enumerate(section.wait_for):
                staged.waits[WaitFor(node=wait.node, stage=wait.stage)] = (*where, "wait-for", position)
            for position, command in enumerate(section.exec):
                staged.commands.append(((*where, "exec", position), StageCommand(**dict(command))))
    return found


def stage_of(staged: Staged) -> Stage:
    return Stage(wait_for=tuple(staged.waits), exec=tuple(command for _, command in staged.commands))
