"""netdojo lab save, restore and diff: a lab is left and taken up again, and what was changed in it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netdojo.cli.labs import reachability, status_of, the_lab, the_network
from netdojo.cli.options import Json, LabSlug, Runtime
from netdojo.cli.speaking import printable, progress, say, say_json
from netdojo.errors import WrongUse

Place = Annotated[
    Path | None,
    typer.Argument(metavar="[FOLDER]", help="The save; else saved/ in the lab's workspace.", show_default=False),
]


def save(slug: LabSlug, folder: Place = None, *, as_json: Json = False) -> None:
    """Save the lab's network as a readable folder, and each router's configuration in the workspace's configs/.

    A network that belongs to no lab has no workspace: FOLDER is named then.
    """
    from netdojo import places, runtimes
    from netdojo.content import lab_names
    from netdojo.notebook import keeping

    network = the_network(slug)
    if slug in lab_names():
        saved = keeping.save(network, places.workspaces() / slug, folder)
        told = keeping.saved_text(the_lab(slug), saved)
    elif folder is not None:
        saved = runtimes.save(network, folder)
        told = "\n".join(keeping.saved_lines(saved))
    else:
        raise WrongUse(f"{slug} belongs to no lab", help=f"Name a folder: netdojo lab save {slug} FOLDER")
    say_json(saved.model_dump(mode="json")) if as_json else say(printable(told))


def restore(slug: LabSlug, folder: Place = None, *, runtime: Runtime = None, as_json: Json = False) -> None:
    """Deploy the lab's network as it was saved, in any runtime; --json is what `lab status` prints."""
    from netdojo import places, runtimes
    from netdojo.notebook import keeping

    lab = the_lab(slug)
    with progress(f"Restoring {lab.title}", quiet=as_json) as tell:
        network = keeping.restore(lab, places.workspaces() / slug, folder, runtime=runtime, tell=tell)
    if as_json:
        return say_json(status_of(network, runtimes.inspect(network)).model_dump(mode="json"))
    say(f"{slug}: {len(network.access)} nodes are as they were saved")
    return reachability(network)


def diff(
    slug: LabSlug,
    *,
    against: Annotated[
        Path | None, typer.Option(help="A save to compare with; else the lab's start.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what was changed in the lab's network since its start, or since a save of it."""
    from netdojo import runtimes

    changes = runtimes.diff(the_network(slug), against)
    say_json(changes.model_dump(mode="json")) if as_json else say(printable(changes.text().expandtabs()))
