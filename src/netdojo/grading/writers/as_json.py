"""Writes a report for programs, as one JSON document: what `schemas/grade.json` describes."""

from __future__ import annotations

import json

from netdojo.model import Report

DRAWN = ("points", "of", "passed", "errored", "exit_code")
"""The properties of a report that its JSON holds beside its fields."""


def write_json(report: Report) -> str:
    """Return `report` as JSON, with what is drawn from it (`DRAWN`)."""
    drawn = {name: getattr(report, name) for name in DRAWN}
    held = {**report.model_dump(mode="json"), **drawn}
    text = json.dumps(held, indent=2, ensure_ascii=False, sort_keys=True)
    return "".join(one if one.isprintable() or one == "\n" else json.dumps(one)[1:-1] for one in text)
