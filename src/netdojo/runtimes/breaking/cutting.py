"""Cables that are cut, and cables that come and go.

A cable of two virtual ends has no carrier when one of them is set down. It is the far end that is: the end that was
named shows what it shows when a cable is cut, up and without a carrier.
"""

from __future__ import annotations

from netdojo.errors import FaultFailed, FaultRefused
from netdojo.runtimes.breaking import interfaces, places
from netdojo.runtimes.breaking.cases import Before, Case

FLAP = """
left=$2
while [ "$left" != 0 ]; do
    ip link set dev "$1" down || exit
    sleep "$3"
    ip link set dev "$1" up || exit
    printf '%s' "$5" | ip -force -batch -
    left=$((left - 1))
    [ "$left" = 0 ] || sleep "$4"
done
"""
"""The far end's interface, how often, seconds down, seconds up, and what the kernel forgets meanwhile."""
UNTIL_LIFTED = -1


def touches(case: Case) -> list[str]:
    """A cut cable has its carrier to itself, and the addresses of the end that is set down."""
    cable = places.cable(case.topology, case.target)
    return [f"the carrier of {cable.name}", f"the addresses of {cable.far}"]


def prepare(case: Case) -> Before:
    """Look that there is something to cut; raises FaultRefused."""
    cable = places.cable(case.topology, case.target)
    for end in cable:
        if not interfaces.has_carrier(case, end):
            raise FaultRefused(f"{end} has no carrier as it is: there is nothing to cut")
    return {"mechanism": f"{cable.far} set down", "forgotten": interfaces.forgotten(case, cable.far)}


def cut(case: Case, before: Before) -> str:  # noqa: ARG001  # every kind's is called so
    """Set the far end down; return once neither end has a carrier."""
    cable = places.cable(case.topology, case.target)
    interfaces.set_link(case, cable.far, "down")
    case.until(lambda: not any(interfaces.has_carrier(case, end) for end in cable), f"{cable.name} kept a carrier")
    return f"neither {cable.near} nor {cable.far} has a carrier"


def mend(case: Case, before: Before) -> None:
    """Set the far end up, with all that it had; return once both ends have a carrier.

    An end that somebody has set down in the meantime stays down, and the cable without a carrier.
    """
    near, far = places.cable(case.topology, case.target)
    interfaces.set_link(case, far, "up")
    interfaces.restore(case, far, before["forgotten"])

    def mended() -> bool:
        if interfaces.has_carrier(case, near) and interfaces.has_carrier(case, far):
            return interfaces.is_settled(case, far)
        return interfaces.is_up(case, far) and not interfaces.is_up(case, near)

    case.until(mended, f"{near} and {far} got no carrier, or no addresses of IPv6")


def flap(case: Case, before: Before) -> str:
    """Have the network's supervisor set the far end down and up; return once both ends have lost their carrier."""
    near, far = places.cable(case.topology, case.target)
    options = case.options
    changes = {end: interfaces.carrier_changes(case, end) for end in (near, far)}
    count = UNTIL_LIFTED if options.count is None else options.count
    lines = "".join(f"{line}\n" for line in before["forgotten"])
    words = ["sh", "-c", FLAP, "flap", far.interface, str(count), f"{options.down:g}", f"{options.up:g}", lines]
    case.supervisor("hold", node=far.node, key=case.key, argv=words)
    for end, number in changes.items():
        case.until(
            lambda end=end, number=number: interfaces.carrier_changes(case, end) > number,  # type: ignore[misc]
            f"{end} did not lose its carrier",
        )
    return f"{near} and {far} have lost their carrier"


def settle(case: Case, before: Before) -> None:
    """End the flapping, and leave the cable mended."""
    if case.supervisor("release", key=case.key)["left"]:
        raise FaultFailed("the flapping does not end")
    mend(case, before)


def is_over(case: Case) -> bool:
    """Whether a cable has flapped as often as it was to."""
    try:
        return case.key not in case.supervisor("held")["held"]
    except FaultFailed:
        return True
