"""netdojo lab fault, faults, lift: a lab's network, broken on purpose and mended again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from netdojo.cli.labs import the_network
from netdojo.cli.options import Json, LabSlug
from netdojo.cli.speaking import say, say_json, table
from netdojo.errors import FaultRefused, WrongUse
from netdojo.model.fault import SENTENCES, FaultState

if TYPE_CHECKING:
    from netdojo.model import Fault

KINDS = "\n".join(f"- `{kind.value}` {sentence}" for kind, sentence in SENTENCES.items())
HELP = f"Break the lab's network, and print what showed that the fault has taken effect.\n\n{KINDS}"
Kind = Annotated[str, typer.Argument(metavar="KIND", help="What to break; the kinds are above.")]
Target = Annotated[str, typer.Argument(metavar="TARGET", help="NODE, NODE:INTERFACE or NODE:DAEMON.")]
Percent = Annotated[str | None, typer.Option("--percent", help="loss: of the packets, as 20 or 0.5%.")]
Rate = Annotated[str | None, typer.Option("--rate", help="rate: bits a second, as 512kbit or 10mbit.")]
Delay = Annotated[str | None, typer.Option("--delay", help="delay: how late each packet is, as 20ms.")]
Jitter = Annotated[str | None, typer.Option("--jitter", help="delay: how much it differs, as 5ms.")]
Mtu = Annotated[str | None, typer.Option("--mtu", help="mtu: bytes, 1280 to 65535.")]
Up = Annotated[str | None, typer.Option("--up", help="flap: seconds up; 5 when not given.")]
Down = Annotated[str | None, typer.Option("--down", help="flap: seconds down; 5 when not given.")]
Period = Annotated[str | None, typer.Option("--period", help="flap: seconds for up and down together.")]
Count = Annotated[str | None, typer.Option("--count", help="flap: how often; until lifted when not given.")]
Lines = Annotated[
    list[str] | None,
    typer.Option("--line", help="config-drift: a line to type; once for each. Else a neighbour is wrong."),
]
Address = Annotated[
    str | None,
    typer.Option("--address", help="duplicate-address: another node's, as 10.0.0.12/32; else the far end's."),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to those of `netdojo lab`."""
    app.command(help=HELP)(fault)
    app.command()(faults)
    app.command()(lift)


def fault(  # noqa: PLR0913  # an option for each thing that can be broken
    slug: LabSlug,
    kind: Kind,
    target: Target,
    *,
    percent: Percent = None,
    rate: Rate = None,
    delay: Delay = None,
    jitter: Jitter = None,
    mtu: Mtu = None,
    up: Up = None,
    down: Down = None,
    period: Period = None,
    count: Count = None,
    lines: Lines = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Put a fault on the lab's network, and print what showed that it has taken effect."""
    from netdojo import runtimes

    asked = {"percent": percent, "rate": rate, "delay": delay, "jitter": jitter, "mtu": mtu, "up": up, "down": down}
    asked |= {"period": period, "count": count, "address": address}
    found = runtimes.fault(the_network(slug), kind, target, lines=lines, **asked)
    if as_json:
        return say_json(found.model_dump(mode="json"))
    return say(told(found))


def told(fault: Fault) -> str:
    """Return a fault that was put on, and what showed that it has taken effect."""
    return f"fault {fault.id}: {fault.kind.value} at {fault.target} ({fault.mechanism})\n  seen: {fault.seen}"


def faults(slug: LabSlug, *, as_json: Json = False) -> None:
    """List the faults of the lab's network: what is in force and what was, with times."""
    from netdojo import runtimes

    found = runtimes.faults(the_network(slug))
    if as_json:
        return say_json([one.model_dump(mode="json") for one in found])
    if not found:
        return say(f"No fault has been put on {slug}. Put one on: netdojo lab fault --help")
    return table("", ["fault", "kind", "target", "state", "from", "to", "how"], [row(one) for one in found])


def row(fault: Fault) -> list[str]:
    """Return a fault as a line of a table; times are those of this machine's zone."""
    began = fault.imposed.astimezone().strftime("%H:%M:%S")
    ended = fault.lifted.astimezone().strftime("%H:%M:%S") if fault.lifted else ""
    return [str(fault.id), fault.kind.value, fault.target, fault.state.value, began, ended, fault.mechanism]


def lift(
    slug: LabSlug,
    id: Annotated[int | None, typer.Argument(metavar="[ID]", help="The fault's number.", show_default=False)] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Lift every fault, the latest first.")] = False,
    as_json: Json = False,
) -> None:
    """Lift a fault, or with --all every one; without a number, the only one that is in force."""
    from netdojo import runtimes

    if everything and id is not None:
        raise WrongUse(f"either the number of a fault, or --all (got {id} and --all)")
    network = the_network(slug)
    wanted = the_only(runtimes.faults(network)) if id is None and not everything else id
    lifted = runtimes.lift(network, wanted)
    if as_json:
        return say_json([one.model_dump(mode="json") for one in lifted])
    if not lifted:
        return say("No fault is in force.")
    return say("\n".join(f"fault {one.id}: {one.kind.value} at {one.target} is lifted" for one in lifted))


def the_only(found: list[Fault]) -> int:
    """Return the number of the one fault that is in force; raises FaultRefused when there is none, or more."""
    lasting = [fault for fault in found if fault.state not in {FaultState.lifted, FaultState.withdrawn}]
    if len(lasting) == 1:
        return lasting[0].id
    if not lasting:
        raise FaultRefused("no fault is in force")
    named = ", ".join(f"{fault.id} ({fault.kind.value} at {fault.target})" for fault in lasting)
    raise FaultRefused(f"{len(lasting)} faults are in force: {named}", help="give the number of one, or --all")
