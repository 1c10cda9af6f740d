"""What a badge says was achieved, in the words of its own description."""

from __future__ import annotations

from typing import Any

import pytest

from netdojo.credentials import Outcome
from netdojo.credentials.result import result_step


@pytest.mark.parametrize(
    ("description", "value", "said"),
    [
        ({"resultType": "RawScore", "valueMax": "14", "requiredValue": "14"}, "14", "14 of 14 points"),
        ({"resultType": "RawScore", "valueMax": "20", "requiredValue": "10"}, "12.5", "12.5 of 20 points"),
        ({"resultType": "RawScore"}, "7", "7 points"),
        ({"resultType": "Percent", "valueMax": "100"}, "86", "86 %"),
        ({"resultType": "GradePointAverage", "name": "Average", "valueMax": "4.0"}, "3.5", "Average: 3.5"),
    ],
)
def test_value_is_said_as_its_description_means_it(description: dict[str, Any], value: str, said: str) -> None:
    """Points are said of how many, a percentage as such, and anything else under its own name."""
    achievement = {"resultDescription": [{"id": "urn:score", **description}]}
    result = [{"resultDescription": "urn:score", "value": value}]

    assert (Outcome.holds, said) == result_step({"achievement": achievement, "result": result})


def test_several_results_are_said_one_after_the_other() -> None:
    """Each value is said; one that names no description is called a value."""
    achievement = {"resultDescription": [{"id": "urn:a", "resultType": "Percent"}]}
    result = [{"resultDescription": "urn:a", "value": "86"}, {"value": "B"}]

    assert (Outcome.holds, "86 %, value: B") == result_step({"achievement": achievement, "result": result})


def test_result_without_a_value_is_said_to_have_none() -> None:
    """A status alone is enough where no value is asked for."""
    achieved = {"achievement": {}, "result": [{"status": "Completed"}]}

    assert (Outcome.holds, "achieved; no value is named") == result_step(achieved)
