"""What is made of the sandbox's answers: values, or a failure that says what the learner must mend."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import pytest

from netdojo.checks import Failed
from netdojo.grading.confined import Confined
from netdojo.grading.inside import MIME
from netdojo.grading.kernel import NotebookKernel, read_line
from netdojo.grading.sandbox import Limits


class Said:
    """A sandbox that has said one thing already."""

    def __init__(self, *lines: object) -> None:
        self.lines = [json.dumps(line).encode() if not isinstance(line, bytes) else line for line in lines]
        self.ended = ""

    def send(self, _: dict[str, Any]) -> None:
        """Take a request; the answer stands already."""

    def receive(self, _: float) -> bytes | None:
        return self.lines.pop(0) if self.lines else None

    def kill(self, reason: str) -> None:
        self.ended = self.ended or reason


def kernel(*lines: object) -> NotebookKernel:
    return NotebookKernel(cast(Confined, Said(*lines)), Limits(cell=5, call=2))


def carried(**held: object) -> dict[str, object]:
    return {"id": 1, "status": "ok", "data": {MIME: json.dumps(held)}}


def test_a_value_comes_through_as_data() -> None:
    """What the function returned is what the check gets."""
    assert {"a": [1, None]} == kernel(carried(value='{"a": [1, null]}')).call("f")(1)


@pytest.mark.parametrize(
    ("held", "message"),
    [
        ({"missing": "f"}, "there is no f in the notebook"),
        ({"uncallable": "int"}, "f is no function but int"),
        ({"raised": "KeyError", "says": "'x'", "line": "x['x']"}, "f(1) raised KeyError: 'x' (in the line: x['x'])"),
        ({"raised": "KeyError", "says": "'x'", "line": ""}, "f(1) raised KeyError: 'x'"),
        ({"unfit": "set", "says": ""}, "f(1) gave set, which is no JSON data"),
        ({"large": 3_000_000}, "f(1) gave more than can be judged: 3000000 characters of JSON"),
        ({"value": "NaN"}, "f(1) gave data that holds NaN, which is no JSON"),
        ({"value": 7}, "f(1) gave nothing that can be read"),
        ({}, "f(1) gave nothing that can be read"),
        ({"raised": "\x1b[31mX\n", "says": "y" * 900}, f"f(1) raised [31mX: {'y' * 300}"),
    ],
)
def test_what_the_learner_must_mend_is_a_failure(held: dict[str, object], message: str) -> None:
    """Each fault of a function is told in a sentence, with nothing that a terminal would obey."""
    with pytest.raises(Failed) as told:
        kernel(carried(**held)).call("f")(1)

    assert message == told.value.rationale


def test_what_raised_is_to_be_called_by_hand() -> None:
    """The next step names the function: its traceback says more than a judge can."""
    with pytest.raises(Failed) as told:
        kernel(carried(raised="KeyError", says="'x'", line="x['x']")).call("f")(1)

    assert "Call `f` in a cell of the notebook, and follow the exception from there." == told.value.help


@pytest.mark.parametrize(
    ("held", "message"),
    [
        ({"uncallable": "fra-lf2: Idle"}, "f is no function"),
        ({"unfit": "fra-lf2: Idle", "says": ""}, "f(…) gave something, which is no JSON data"),
        ({"large": "fra-lf2: Idle"}, "f(…) gave more than can be judged"),
        ({"large": 2_000_000}, "f(…) gave more than can be judged"),
    ],
)
def test_no_word_of_the_learners_comes_with_hidden_inputs(held: dict[str, object], message: str) -> None:
    """What the notebook says of itself could be what it was asked: a hidden check passes none of it on."""
    with pytest.raises(Failed) as told:
        kernel(carried(**held)).hiding(True).call("f")(21)

    assert message == told.value.rationale


@pytest.mark.parametrize("name", ["KeyError", "Given21", "__import__", "print", "UnicodeWarning", "SystemExit"])
def test_hidden_inputs_are_not_repeated(name: str) -> None:
    """A hidden check's failure shows neither arguments nor words of the learner's exception, nor a line of his."""
    asked = kernel(carried(raised=name, says="21", line="raise Given21(21)")).hiding(True)
    with pytest.raises(Failed) as told:
        asked.call("f")(21)

    assert f"f(…) raised {'KeyError' if name == 'KeyError' else 'an exception'}" == told.value.rationale
    assert "" == told.value.help


def test_a_kernel_that_ends_on_a_hidden_input_tells_no_code() -> None:
    """An exit code of the learner's choice could be the input."""
    with pytest.raises(Failed) as told:
        kernel({"status": "dead", "code": 21}).hiding(True).call("f")(21)

    assert "f(…) was stopped: the kernel is gone: the notebook's kernel ended" == told.value.rationale


@pytest.mark.parametrize("line", [b"", b"[1]", b"nonsense", b"[" * 10**6, b'{"id": ', b"\xff\xfe"])
def test_lines_that_are_no_answer_are_dropped(line: bytes) -> None:
    """Whatever is written in the relay's place is no answer, and is no error of the grader."""
    assert {} == read_line(line)
    assert 5 == kernel(line, carried(value="5")).answer("a")


def test_an_answer_to_another_request_is_dropped() -> None:
    """Only the answer to the current request counts."""
    assert 5 == kernel({**carried(value="4"), "id": 99}, carried(value="5")).answer("a")


def test_the_end_of_the_kernel_is_told_from_then_on() -> None:
    """What was running and what comes after both say that the kernel is gone, and why."""
    asked = kernel({"status": "dead", "code": -9})
    outcomes = [asked.run("x", "cell 1"), asked.run("y", "cell 2")]

    assert "cell 1 was stopped: the kernel is gone: the notebook's kernel ended with code -9" == outcomes[0].trouble
    assert outcomes[1].trouble.startswith("cell 2 was not run")
    with pytest.raises(Failed, match="could not be asked: the kernel is gone"):
        asked.answer("a")


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        ({"status": "ok"}, ""),
        ({"status": "error", "raised": "NameError", "says": "x", "line": 2}, "NameError: x (in line 4 of cell 1)"),
        ({"status": "error", "raised": "E", "says": "", "line": 0}, "E (in cell 1)"),
        ({"status": "error", "line": "two"}, "an error (in cell 1)"),
    ],
)
def test_an_exception_is_told_with_its_line(reply: dict[str, object], trouble: str) -> None:
    """Lines count from the cell's first, empty ones too."""
    assert trouble == kernel({"id": 1, **reply}).run("\n\na\nb", "cell 1").trouble


def test_a_call_takes_what_json_can_carry() -> None:
    """A check that calls with something else is at fault itself."""
    wrong: Callable[..., Any] = kernel().call("f")
    with pytest.raises(TypeError):
        wrong({1, 2})
