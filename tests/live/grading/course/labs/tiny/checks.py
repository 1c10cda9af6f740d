"""What a learner of the tiny lab may ask."""

import json
from collections.abc import Callable
from typing import Any

from netdojo.checks import Device, check, expect


@check("number", answer="number")
def number_is_42(answer: Any) -> None:
    """`number` is 42."""
    expect(answer == 42, f"number is {answer!r}", expected=42, actual=answer)


@check("double", call="double")
def doubles_two(call: Callable[[int], int]) -> None:
    """`double(2)` is 4."""
    expect(call(2) == 4, "double(2) is not 4")


@check("address", nodes="r1")
def has_the_address(node: Device) -> None:
    """r1 has the address 192.0.2.1."""
    shown = json.loads(node.ask("ip", "-j", "addr", "show", "lo").stdout)
    found = [entry["local"] for entry in shown[0]["addr_info"]]
    expect("192.0.2.1" in found, f"{node.name} has {', '.join(found)}")
