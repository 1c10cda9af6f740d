"""Copies of what a topology binds into its nodes, so that a learner's edits never reach the course's own files."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from netdojo.model import Bind, Node, Topology


def source_of(bind: Bind, topology: Topology, overlay: Path | None) -> Path:
    """Return what is bound: the overlay's file where it has one, else the topology's."""
    if overlay is not None and (overlay / bind.source).exists():
        return overlay / bind.source
    return topology.folder / bind.source


def stage(topology: Topology, overlay: Path | None, folder: Path) -> list[dict[str, Any]]:
    """Copy images and binds into the network's folder; return the nodes as the supervisor wants them."""
    images = {node.image for node in topology.nodes}
    for image in images:
        shutil.copytree(topology.images / image, folder / "images" / image)
    return [_stage_node(node, topology, overlay, folder) for node in topology.nodes]


def _stage_node(node: Node, topology: Topology, overlay: Path | None, folder: Path) -> dict[str, Any]:
    binds = []
    for number, bind in enumerate(node.binds):
        staged = folder / "binds" / node.name / str(number)
        _copy(bind, topology, overlay, staged)
        binds.append({"source": str(staged), "target": bind.target, "read_only": bind.read_only})
    return {
        "name": node.name,
        "image": str(folder / "images" / node.image),
        "env": node.env,
        "sysctls": node.sysctls,
        "exec": list(node.exec),
        "binds": sorted(binds, key=lambda bind: str(bind["target"]).count("/")),
    }


def _copy(bind: Bind, topology: Topology, overlay: Path | None, staged: Path) -> None:
    staged.parent.mkdir(parents=True, exist_ok=True)
    original = topology.folder / bind.source
    if original.is_dir():
        shutil.copytree(original, staged)
        if overlay is not None and (overlay / bind.source).is_dir():
            shutil.copytree(overlay / bind.source, staged, dirs_exist_ok=True)
        return
    found = source_of(bind, topology, overlay)
    if found.is_dir():
        shutil.copytree(found, staged)
    else:
        shutil.copyfile(found, staged)
