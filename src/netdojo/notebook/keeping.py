"""Leaves a lab and takes it up again: what is saved of its network, where, and what the learner is told."""

from __future__ import annotations

from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from netdojo import atomic_files, runtimes
from netdojo.content import read_topology
from netdojo.model import Changes, Lab, Network, Saved

if TYPE_CHECKING:
    from netdojo.runtimes import Tell

FOLDER = "saved"
"""Where in the workspace a network is saved when no other place is named."""
CONFIGS = "configs"
"""Where in the workspace each router's running configuration is, for the submission."""


def save(network: Network, workspace: Path, folder: Path | None = None) -> Saved:
    """Save `network` in `folder`, or in the workspace's saved/, and each router's configuration in its configs/.

    Raises as `netdojo.runtimes.save` does; then neither was written.
    """
    saved = runtimes.save(network, folder or workspace / FOLDER)
    (workspace / CONFIGS).mkdir(parents=True, exist_ok=True)
    for node, configuration in configurations(saved).items():
        atomic_files.replace(workspace / CONFIGS / f"{node}.conf", configuration)
    return saved


def configurations(saved: Saved) -> dict[str, bytes]:
    """Return the running configuration of each router of a save."""
    files = {node: saved.folder / "nodes" / node / "running.conf" for node in saved.save.topology.nodes}
    return {node: file.read_bytes() for node, file in files.items() if file.exists()}


def restore(
    lab: Lab, workspace: Path, folder: Path | None = None, *, runtime: str | None = None, tell: Tell = runtimes.silent
) -> Network:
    """Deploy the lab's network as it was saved; raises as `netdojo.runtimes.restore` does."""
    return runtimes.restore(
        read_topology(lab.topology_file, partial(runtimes.check, runtime=runtime)),
        folder or workspace / FOLDER,
        name=lab.slug,
        overlay=lab.start,
        runtime=runtime,
        tell=tell,
    )


def saved_text(lab: Lab, saved: Saved) -> str:
    """Return what was saved, where, what was left out, and whether the lab grades it."""
    handed_in = any(name.rstrip("/") == CONFIGS for name in lab.manifest.files)
    first, *left_out = saved_lines(saved)
    lines = [
        f"{first}, and the configuration of {len(configurations(saved))} nodes in {CONFIGS}/ of the workspace.",
        "They are part of what you submit: the grader's routers start with them."
        if handed_in
        else "This lab grades the notebook, not these files.",
    ]
    return "\n".join([*lines, *left_out])


def saved_lines(saved: Saved) -> list[str]:
    """Return what was saved and where, and a line for each thing that was left out."""
    left_out = [f"Left out: {node}: {what}" for node, things in saved.left_out.items() for what in things]
    return [f"Saved {len(saved.save.topology.nodes)} nodes in {saved.folder}", *left_out]


def changes_html(changes: Changes) -> str:
    """Return what changed as HTML: a part for each node; everything that came from a node is escaped."""
    if not changes.nodes:
        return f"<p>{escape(changes.text())}</p>"
    parts = [
        f"<section><p><strong>{escape(node)}</strong></p><pre>{escape(one.text())}</pre></section>"
        for node, one in changes.nodes.items()
    ]
    return "".join(parts)
