"""The options and arguments that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

LabSlug = Annotated[str, typer.Argument(metavar="LAB", help="The lab's name: its folder under labs/.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document, for scripts.")]
Folder = Annotated[Path, typer.Option("--submission", help="The folder that holds the notebook.")]


def choose_runtime(name: str | None) -> str | None:
    """Let every network that this command deploys have the runtime `name`; raises NotFound with the near name."""
    from netdojo.runtimes import plugins

    if name is not None:
        plugins.runtime(name)
        os.environ[plugins.CHOICE] = name
    return name


Runtime = Annotated[
    str | None,
    typer.Option(
        "--runtime",
        help="What the network runs in: namespaces or containerlab; else NETDOJO_RUNTIME, else namespaces.",
        show_default=False,
        callback=choose_runtime,
    ),
]
