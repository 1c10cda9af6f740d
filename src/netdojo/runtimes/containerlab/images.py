"""Node images as docker has them: built from their folders, and known by the digest of what they were built from."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netdojo.errors import HostNotReady, NetdojoError, NotFound
from netdojo.model import Topology
from netdojo.runtimes.containerlab import engine, host, native

LABEL = "netdojo.digest"
_STEP = re.compile(r"^Step (\d+)/(\d+) : (.+)$")
_BUILDKIT_STEP = re.compile(r"^#\d+ \[\s*(\d+)/(\d+)\] (.+)$")


@dataclass(frozen=True)
class Image:
    """An image of a course. `built` is the digest of what docker's was built from, "" when docker has none."""

    name: str
    folder: Path
    built: str = ""
    size: int = 0

    @property
    def tag(self) -> str:
        return native.OURS_TAG.format(image=self.name)

    @property
    def state(self) -> str:
        """One of: built, outdated, not built."""
        if not self.built:
            return "not built"
        return "built" if self.built == digest(self.folder) else "outdated"


@dataclass(frozen=True)
class Step:
    """A step of a build: the line of the Dockerfile at which it is."""

    image: str
    number: int
    of: int
    line: str


def images(folder: Path) -> list[Image]:
    """Return the images of a topologies/images folder, by name, without what docker knows of them."""
    return [Image(one.parent.name, one.parent) for one in sorted(folder.glob("*/Dockerfile"))]


def known(image: Image) -> Image:
    """Return the image with what docker has of it; raises HostNotReady without docker."""
    asked = inspected(image.tag)
    if asked is None:
        return image
    labels = asked["Config"].get("Labels") or {}
    return Image(image.name, image.folder, built=labels.get(LABEL, "?"), size=asked["Size"])


def inspected(tag: str) -> dict[str, Any] | None:
    """Return docker's description of an image, or None when it has none."""
    asked = engine.call("docker", "image", "inspect", tag)
    return json.loads(asked.stdout)[0] if asked.returncode == 0 else None


def digest(folder: Path) -> str:
    """Return the SHA-256 over the folder's names, modes and contents."""
    total = hashlib.sha256()
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        held = file.read_bytes()
        mode = "x" if file.stat().st_mode & 0o100 else "-"
        total.update(f"{file.relative_to(folder).as_posix()}\0{mode}\0{len(held)}\0".encode() + held)
    return total.hexdigest()


def require(topology: Topology) -> None:
    """Raise HostNotReady when docker lacks an image of `topology`, or has it from older files."""
    ours = {node.image for node in topology.nodes if native.is_ours(node, topology)}
    bad = [one for one in (known(Image(name, topology.images / name)) for name in sorted(ours)) if one.state != "built"]
    if bad:
        told = ", ".join(f"{image.name} is {image.state}" for image in bad)
        remedy = f"netdojo image build {' '.join(image.name for image in bad)}"
        raise HostNotReady(f"the images of this network are not ready: {told}", help=remedy)
    others: dict[str, list[str]] = {}
    for node in topology.nodes:
        if not native.is_ours(node, topology):
            others.setdefault(native.reference(node, topology), []).append(node.name)
    absent = {tag: nodes for tag, nodes in others.items() if inspected(tag) is None}
    if absent:
        told = ", ".join(f"{tag!r} ({listed('node', nodes)})" for tag, nodes in absent.items())
        word = "image" if len(absent) == 1 else "images"
        raise HostNotReady(f"docker has no {word} {told}", help="; ".join(f"docker pull {tag}" for tag in absent))


def listed(word: str, names: list[str]) -> str:
    """Return `node a`, or `nodes a, b`."""
    return f"{word if len(names) == 1 else f'{word}s'} {', '.join(names)}"


def build(image: Image) -> Iterator[Step]:
    """Build an image, and yield each step as it begins; an image whose files have not changed is not built again.

    Raises HostNotReady without docker, DeployFailed with the end of what docker said.
    """
    host.require_docker()
    if known(image).state == "built":
        return
    words = [engine.found("docker"), "build", "--network", "host", "--tag", image.tag]
    words += ["--label", f"{LABEL}={digest(image.folder)}", str(image.folder)]
    said: list[str] = []
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=engine.environment()
    ) as building:
        for line in building.stdout or ():
            said.append(line)
            if step := _STEP.match(line) or _BUILDKIT_STEP.match(line):
                yield Step(image.name, int(step[1]), int(step[2]), step[3].strip())
    if building.returncode:
        raise ImageNotBuilt(f"image {image.name} could not be built:\n{''.join(said[-20:]).rstrip()}")


class ImageNotBuilt(NetdojoError):
    """docker could not build an image."""


def named(folder: Path, names: list[str]) -> list[Image]:
    """Return the images of `names`, or all; raises NotFound with the near name."""
    found = {image.name: image for image in images(folder)}
    for name in names:
        if name not in found:
            raise NotFound("image", name, found)
    return [found[name] for name in names] if names else [*found.values()]
