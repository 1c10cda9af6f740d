"""netdojo lab destroy: one network, or all of this home's."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

from netdojo.cli.labs import end
from netdojo.cli.speaking import progress, say
from netdojo.errors import NotFound, WrongUse
from netdojo.model import Progress


def destroy(
    slug: Annotated[
        str | None, typer.Argument(metavar="[LAB]", help="The lab's name: its folder under labs/.", show_default=False)
    ] = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Every network of this home, but for those of gradings that go on.")
    ] = False,
) -> None:
    """End the lab's network and all that belongs to it, or those of all labs."""
    from netdojo import runtimes

    if (slug is None) != everything:
        raise WrongUse(
            "lab destroy ends one lab's network, or all: name a lab or say --all",
            help="See which there are: netdojo lab list",
        )
    if slug is not None:
        with progress(f"Ending {slug}") as tell:
            if slug in runtimes.coming_up():
                tell(Progress(phase="it is still coming up; waiting until nothing is left of it"))
            end(slug)
        say(f"{slug}: ended")
    else:
        end_all()


def end_all() -> None:
    """End every network of this home, and say which."""
    from netdojo import places, runtimes
    from netdojo.grading import is_at_work
    from netdojo.model import ListedState

    left = [one for one in runtimes.listed(everywhere=True) if one.state is ListedState.abandoned]
    left = [one for one in left if places.is_home(one.home)]
    for one in left:
        runtimes.sweep(one)
        say(f"{one.name}: ended what was left of it")
    found = sorted({*runtimes.coming_up(), *(network.name for network in runtimes.networks())})
    for name in found:
        if is_at_work(name):
            say(f"{name}: left alone, a grading is using it")
        else:
            with suppress(NotFound):
                runtimes.destroy(name)
            say(f"{name}: ended")
    if not found and not left:
        say("No network is deployed.")
