"""What an author of checks is told when a check cannot work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from netdojo.checks import check, load_checks
from netdojo.errors import InvalidFiles


def test_check_needs_a_docstring() -> None:
    """A check without a docstring is refused: it is what the learner reads."""
    with pytest.raises(TypeError, match="must have a docstring"):

        @check("read")
        def silent(network: Any) -> None: ...


def test_check_takes_known_arguments_only() -> None:
    """An argument that no engine can give is refused by its name."""
    with pytest.raises(TypeError, match="takes fabric; a check may take answer, call, network, node"):

        @check("read")
        def asks(fabric: Any) -> None:
            """Ask."""


def test_argument_and_keyword_go_together() -> None:
    """`node` without nodes=, and answer= without `answer`, are both refused."""
    with pytest.raises(TypeError, match="'node' and nodes= go together"):

        @check("read")
        def without_nodes(node: Any) -> None:
            """Ask."""

    with pytest.raises(TypeError, match="'answer' and answer= go together"):

        @check("read", answer="seen")
        def without_answer(network: Any) -> None:
            """Ask."""


def test_checks_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Checks run as they stand in the file, and what a file imports is not its own."""
    file = tmp_path / "checks.py"
    file.write_text(
        "from netdojo.checks import check\n"
        "@check('b')\ndef second(network):\n    '''Two.'''\n"
        "@check('a')\ndef first(network):\n    '''One.'''\n"
    )

    assert ["second", "first"] == [found.name for found in load_checks(file)]
    assert [True, True] == [found.hidden for found in load_checks(file, hidden=True)]


def test_absent_file_has_no_checks(tmp_path: Path) -> None:
    """A lab may do without hidden checks."""
    assert () == load_checks(tmp_path / "hidden.py")


@pytest.mark.parametrize(("text", "line"), [("def broken(:\n", 1), ("x = 1\ny = x / 0\n", 2)])
def test_file_that_does_not_run_names_its_line(tmp_path: Path, text: str, line: int) -> None:
    """The author is told the file and the line."""
    file = tmp_path / "checks.py"
    file.write_text(text)

    with pytest.raises(InvalidFiles, match=rf"checks.py: line {line}: does not run"):
        load_checks(file)
