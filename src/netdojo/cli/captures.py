"""netdojo lab capture: the packets of a link, as a pcap file."""

from __future__ import annotations

import sys
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netdojo import places, runtimes
from netdojo.cli.labs import the_network
from netdojo.cli.options import Json, LabSlug
from netdojo.cli.speaking import err, printable, say, say_json
from netdojo.errors import NodeUnreachable, WrongUse

if TYPE_CHECKING:
    from netdojo.model import Capture
    from netdojo.runtimes.capturing import Capturing

TICK = 0.2
"""Seconds between two looks at how many packets there are."""
STDOUT = "-"


def capture(
    slug: LabSlug,
    place: Annotated[str, typer.Argument(metavar="NODE:INTERFACE", help="Where to listen: leaf1:eth1.")],
    *,
    filter: Annotated[str, typer.Option(help="Which packets, in tcpdump's words: 'tcp port 179'.")] = "",
    count: Annotated[int | None, typer.Option(min=1, help="End after so many packets.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="End after so many seconds.")] = None,
    max_bytes: Annotated[int, typer.Option(min=1, help="End before the file is longer.")] = runtimes.CAPTURE_LIMIT,
    output: Annotated[
        str | None, typer.Option(metavar="FILE.pcap", help="The file; - is stdout. Else one in the lab's workspace.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Capture a link's packets until Ctrl-C: netdojo lab capture LAB leaf1:eth1 --filter 'tcp port 179'.

    To watch them in Wireshark: netdojo lab capture LAB leaf1:eth1 --output - | wireshark -k -i -
    """
    from netdojo.runtimes import capture_files

    if output == STDOUT and (as_json or sys.stdout.isatty()):
        raise WrongUse("packets are not for a terminal, nor for --json", help="Pipe them on, or name a file.")
    network = the_network(slug)
    if output is None:
        to: Path | int = capture_files.new(places.workspaces() / slug, place)
    else:
        to = sys.stdout.fileno() if output == STDOUT else Path(output)
    capturing = runtimes.capture(network, place, filter, to=to, count=count, most=max_bytes)
    with capturing as going_on, suppress(KeyboardInterrupt):
        watch(going_on, place, seconds)
    tell(going_on.result, as_json=as_json)


def watch(going_on: Capturing, place: str, seconds: float | None) -> None:
    """Wait until the capture is over, or `seconds` are, and show on a terminal how it goes."""
    end = time.monotonic() + seconds if seconds is not None else float("inf")
    with err.status(f"Listening at {place}; Ctrl-C ends it") if err.is_terminal else nullcontext() as status:
        while not going_on.wait(max(0.0, min(TICK, end - time.monotonic()))) and time.monotonic() < end:
            if status is not None:
                status.update(f"{place}: {going_on.packets} packets, {going_on.bytes} bytes; Ctrl-C ends it")


def tell(found: Capture, *, as_json: bool) -> None:
    """Print what was captured, and what is not in the file; raises NodeUnreachable when the link was lost."""
    if as_json:
        say_json(found.model_dump(mode="json"))
    else:
        where = f" in {found.file}" if found.file else ""
        (say if found.file else err.print)(printable(f"{found.place}: {found.counted}{where}"))
    if found.dropped:
        err.print(f"netdojo: {found.dropped} more came faster than they could be taken; a filter would help")
    if found.ended == "full":
        err.print("netdojo: ended at --max-bytes; more is captured with a larger one, or with a filter")
    if found.ended == "network":
        raise NodeUnreachable("the network has ended; the file holds what came before")
    if found.ended == "interface":
        raise NodeUnreachable(f"{found.place} is lost: {found.said}", help="The file holds what came before.")
