"""What only the grader of the tiny lab asks."""
# netdojo-canary: graders-tiny

from collections.abc import Callable

from netdojo.checks import check, expect


@check("double", call="double", needs=["doubles_two"])
def doubles_other_numbers(call: Callable[[int], int]) -> None:
    """`double` doubles any number."""
    expect(call(21) == 42, "double is not right for a number that is not 2")
