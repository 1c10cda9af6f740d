"""Whether what a badge says was achieved is enough for the badge."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from netdojo.credentials.check import Outcome
from netdojo.credentials.shape import Misshapen

NOT_ACHIEVED = {"Failed", "InProgress", "Enrolled", "OnHold", "Withdrew"}


def result_step(subject: dict[str, Any]) -> tuple[Outcome, str]:
    """Hold each result against the description that it names; returns the outcome and what was found."""
    results = _objects(subject, "result")
    descriptions = {one.get("id"): one for one in _objects(subject["achievement"], "resultDescription")}
    if not results:
        required = [one for one in descriptions.values() if "requiredValue" in one or "requiredLevel" in one]
        return (Outcome.broken, "it asks for a result and has none") if required else (Outcome.holds, "none is claimed")
    for outcome, detail in (_judge(result, descriptions) for result in results):
        if outcome is not Outcome.holds:
            return outcome, detail
    said = [
        _said(result, descriptions.get(result.get("resultDescription"), {})) for result in results if "value" in result
    ]
    return Outcome.holds, ", ".join(said) or "achieved; no value is named"


def _said(result: dict[str, Any], description: dict[str, Any]) -> str:
    """Return a value as its description means it: "14 of 14 points", "86 %", "Grade: A"."""
    value, kind, most = result["value"], description.get("resultType"), description.get("valueMax")
    if kind == "RawScore":
        return f"{value} of {most} points" if most else f"{value} points"
    return f"{value} %" if kind == "Percent" else f"{description.get('name', 'value')}: {value}"


def _judge(result: dict[str, Any], descriptions: dict[Any, dict[str, Any]]) -> tuple[Outcome, str]:
    if result.get("status") in NOT_ACHIEVED:
        return Outcome.broken, f"its status is {result['status']}"
    named = result.get("resultDescription")
    if named is None:
        return Outcome.holds, "nothing is asked of it"
    if named not in descriptions:
        return Outcome.broken, f"its result names {named!r}, which the achievement does not describe"
    return _compare(result, descriptions[named])


def _compare(result: dict[str, Any], description: dict[str, Any]) -> tuple[Outcome, str]:
    if "requiredLevel" in description:
        return Outcome.unknown, "it is judged by a rubric, which netdojo does not read"
    value, required = _decimal(result, "value"), _decimal(description, "requiredValue")
    if required is not None and value is None:
        return Outcome.broken, f"it asks for {required} and its result has no value"
    if value is None:
        return Outcome.holds, "no value is claimed"
    low, high = _decimal(description, "valueMin"), _decimal(description, "valueMax")
    if (low is not None and value < low) or (high is not None and value > high):
        return Outcome.broken, f"its value {value} is not within {low} and {high}"
    if required is not None and value < required:
        return Outcome.broken, f"its value {value} is below the required {required}"
    return Outcome.holds, "enough"


def _decimal(parent: dict[str, Any], key: str) -> Decimal | None:
    """Return a number that is written as text; raises Misshapen for any other text."""
    text = parent.get(key)
    if text is None:
        return None
    try:
        number = Decimal(text) if isinstance(text, str) and len(text) <= 24 else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Misshapen(f"{key} must be a number as text (got {str(text)[:40]!r})")
    return number


def _objects(parent: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = parent.get(key, [])
    found = value if isinstance(value, list) else [value]
    if not all(isinstance(one, dict) for one in found):
        raise Misshapen(f"{key} must be objects")
    return found
