"""The judge looks at one network: what the notebook left running or typed ahead acts before or after its looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from netdojo.model import Verdict

if TYPE_CHECKING:
    from tests.live.grading.conftest import Workbench

PASSED, FAILED = Verdict.passed, Verdict.failed
TOGGLES = "no ip address 192.0.2.1/32\\nip address 192.0.2.1/32\\n"
LOGGED_IN = (
    "import threading, time\n"
    "r1 = lab.connect('r1')\n"
    "r1.config_mode()\n"
    "r1.write_channel('interface lo\\nip address 192.0.2.1/32\\n')\n"
)
BESIDE = (
    "def go_on():\n"
    "    while True:\n"
    f"        r1.write_channel('{TOGGLES}')\n"
    "        time.sleep(0.005)\n"
    "        r1.read_channel()\n"
    "threading.Thread(target=go_on, daemon=True).start()\n"
)
AHEAD = f"r1.write_channel('{TOGGLES}' * 3000)\n"


@pytest.mark.parametrize("acts", [BESIDE, AHEAD])
def test_nothing_changes_between_two_looks(bench: Workbench, acts: str) -> None:
    """A thread that goes on, and a terminal with a long line of commands before it, are held while the judge looks."""
    report = bench.graded(address=LOGGED_IN + acts + "time.sleep(0.5)")

    looked = next(result for result in report.tasks[2].results if result.check == "looks_see_one_network")
    assert (PASSED, "") == (looked.verdict, looked.rationale)


def test_an_open_connection_outlives_the_judging(bench: Workbench) -> None:
    """A session that was held goes on where it was: the cell of a later task uses it."""
    report = bench.graded(
        number="r1 = lab.connect('r1')\nr1.write_channel('show version\\n')\nnumber = 42",
        address=(
            "assert 'FRRouting' in r1.read_until_pattern('FRRouting', read_timeout=10)\n"
            "r1.send_config_set(['interface lo', 'ip address 192.0.2.1/32'])"
        ),
    )

    assert {"number": PASSED, "double": PASSED, "address": PASSED} == bench.verdicts(report)


@pytest.mark.parametrize(
    "later", ["double = helper = None", "%reset -f", "helper = lambda x: 0", "del double, helper, lab"]
)
def test_a_function_is_judged_as_it_was_at_its_task(bench: Workbench, later: str) -> None:
    """What a later cell makes of a function, or of what it uses, costs the task nothing."""
    address = "with lab.connect('r1') as r1:\n    r1.send_config_set(['interface lo', 'ip address 192.0.2.1/32'])\n"
    report = bench.graded(
        double="def helper(x):\n    return 2 * x\ndef double(x):\n    return helper(x)", address=address + later
    )

    assert {"number": PASSED, "double": PASSED, "address": PASSED} == bench.verdicts(report)


def test_a_function_that_is_right_only_later_fails(bench: Workbench) -> None:
    """A function is mended in its own cell or not at all."""
    report = bench.graded(
        double="double = lambda x: 4", address="double = lambda x: 2 * x\nlab.reset()\nlab.restore()\nlab.reset()"
    )

    assert {"number": PASSED, "double": FAILED, "address": FAILED} == bench.verdicts(report)
    told = [note.partition(" was called")[0] for note in report.notes if "one fresh network" in note]
    assert ["lab.reset()", "lab.restore()"] == told
