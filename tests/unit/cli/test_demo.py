"""What the demonstration says of a step: what it does while it lasts, and its time when it is over."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from netdojo.cli.demo import Step, run_until, step
from netdojo.model import Progress


def test_step_says_what_it_does_before_it_is_over(capsys: pytest.CaptureFixture[str]) -> None:
    """Also without a terminal: a line at its start and at each phase on stderr, the line of the table at its end."""
    with step("grade", "handing in the notebook") as current:
        begun = capsys.readouterr()
        current.tell(Progress(phase="deploy"))
        under_way = capsys.readouterr()
        current.found.append("14 of 14 points")
    ended = capsys.readouterr()

    assert re.fullmatch(r"grade: handing in the notebook \(\d\.\d s\)\n", begun.err)
    assert re.fullmatch(r"grade: deploy \(\d\.\d s\)\n", under_way.err)
    assert ("", "") == (begun.out, under_way.out)
    assert re.fullmatch(r"grade       \d\.\d s  14 of 14 points\n", ended.out)
    assert "" == ended.err


def test_step_that_fails_has_no_line_in_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Its error is what is printed last."""
    with pytest.raises(RuntimeError), step("grade", "handing in the notebook"):
        raise RuntimeError

    assert "" == capsys.readouterr().out


def test_notebook_tells_how_far_it_is() -> None:
    """Each code cell up to the mark is told before it runs."""
    cells = [
        SimpleNamespace(cell_type=kind, source=source)
        for kind, source in (("code", "a"), ("markdown", "b"), ("code", "lab.submit()"), ("code", "c"))
    ]
    told: list[Progress] = []
    client = SimpleNamespace(nb=SimpleNamespace(cells=cells), execute_cell=lambda *_: None)
    run_until(client, iter(enumerate(cells)), "lab.submit()", Step("running", told.append, []))

    assert ["running 1 of 4", "running 3 of 4"] == [one.line for one in told]
