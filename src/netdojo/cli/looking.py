"""netdojo lab list and inspect: which networks there are, and all that is to be seen of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from netdojo.cli.labs import the_network
from netdojo.cli.options import Json, LabSlug
from netdojo.cli.speaking import one_line, say, say_json, table

if TYPE_CHECKING:
    from netdojo.tables import Table


def list_networks(
    *,
    everywhere: Annotated[
        bool, typer.Option("--all", help="Those of other homes and of gradings as well; for root, of all users.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the deployed networks of this home, with age and memory."""
    from netdojo import runtimes, tables
    from netdojo.model import ListedState

    found = runtimes.listed(everywhere=everywhere)
    if as_json:
        return say_json([one.model_dump(mode="json") for one in found])
    if not found:
        return say("No network is deployed. Deploy one: netdojo lab deploy LAB")
    show(*(tables.of_homes(found) if everywhere else [tables.of_list(found)]))
    homes = dict.fromkeys(one.home for one in found if one.state is ListedState.abandoned)
    for home in homes:
        say(f"What holds the abandoned ones was killed. End them: NETDOJO_HOME={home} netdojo lab destroy --all")
    return None


def inspect(
    slug: LabSlug,
    node: Annotated[str | None, typer.Argument(help="One node in full; a line each when left out.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Show what runs: addresses, links, ports, processes and memory, as seen from outside the nodes."""
    from netdojo import runtimes, tables

    detail = runtimes.examine(the_network(slug), *([node] if node else []))
    if as_json:
        return say_json(detail.model_dump(mode="json"))
    if node is None:
        return show(tables.of_network(detail))
    found = detail.nodes[node]
    say(f"{node}: {tables.words(found)}, {tables.megabytes(found.memory)}")
    say()
    return show(*tables.of_node(found))


def show(*found: Table) -> None:
    """Print tables; what a process calls itself cannot move the cursor."""
    for number, one in enumerate(found):
        if number:
            say()
        rows = [["\n".join(map(one_line, cell.split("\n"))) for cell in row] for row in one.rows]
        table(one_line(one.title), one.columns, rows)
