"""netdojo lab inventory: a deployed network as the tools of automation want it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from netdojo.cli.labs import the_network
from netdojo.cli.options import LabSlug
from netdojo.cli.speaking import say


def inventory(
    slug: LabSlug,
    *,
    tool: Annotated[str, typer.Option("--format", help="ansible, netmiko, nornir or ssh.")],
    output: Annotated[
        Path | None, typer.Option(help="The file, for nornir the folder; it is for your eyes only. Else stdout.")
    ] = None,
) -> None:
    """Print the lab's network as an inventory, with its password: netdojo lab inventory LAB --format ansible."""
    from netdojo.runtimes import inventories

    network = the_network(slug)
    if output is not None:
        return say(str(inventories.write(network, tool, output)))
    made = inventories.documents(network, tool)
    for name, text in made.items():
        sys.stdout.write(f"--- # {name}\n{text}" if len(made) > 1 else text)
    return None
