"""What only the grader of the tiny lab asks."""
# netdojo-canary: graders-tiny

from collections.abc import Callable

from netdojo.checks import Device, check, expect


@check("double", call="double", needs=["doubles_two"])
def doubles_other_numbers(call: Callable[[int], int]) -> None:
    """`double` doubles any number."""
    expect(call(1_048_573) == 2_097_146, "double is not right for a number that is not 2")


@check("address", nodes="r1")
def looks_see_one_network(node: Device) -> None:
    """r1's addresses are the same at each of twenty looks."""
    seen = {node.ask("ip", "-j", "addr", "show", "lo").stdout for _ in range(20)}
    expect(len(seen) == 1, f"r1 was seen with {len(seen)} sets of addresses")
