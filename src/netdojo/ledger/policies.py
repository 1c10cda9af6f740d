"""The dated rules by which entries become credits, read from the package's own data."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from netdojo.errors import InvalidFiles, Problem, WrongUse
from netdojo.model import Policy

POLICIES = Path(__file__).parent / "policies"
WORDS = {
    "missing": "must be there",
    "extra_forbidden": "must be a field of a policy",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "string_pattern_mismatch": "must be lower-case words with hyphens",
}


def current_policy(on: date, folder: Path = POLICIES) -> Policy:
    """Return the policy that is valid on this day: the latest that has begun.

    Raises InvalidFiles when a policy's file has faults, WrongUse when none had begun.
    """
    known = sorted((read_policy(file) for file in sorted(folder.glob("*.yml"))), key=lambda policy: policy.valid_from)
    begun = [policy for policy in known if policy.valid_from <= on]
    if not begun:
        first = known[0].valid_from if known else "never"
        raise WrongUse(f"no policy for credits is valid on {on}", help=f"the first begins on {first}")
    return begun[-1]


def read_policy(file: Path) -> Policy:
    """Return the policy in `file`; raises InvalidFiles with every fault that it has."""
    raw = _load(file)
    try:
        policy = Policy.model_validate(raw)
    except ValidationError as error:
        raise InvalidFiles(_problem(file, fault) for fault in error.errors()) from error
    if not file.name.startswith(f"{policy.valid_from}-"):
        raise InvalidFiles(
            [Problem(file.name, "valid_from", f"must be the date in the file's name (got {policy.valid_from})")]
        )
    return policy


def _load(file: Path) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(file.read_text("utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        said = " ".join(str(error).split())
        raise InvalidFiles([Problem(file.name, "", f"must be YAML (got: {said})")]) from error


def _problem(file: Path, fault: Any) -> Problem:
    field = ".".join(str(part) for part in fault["loc"])
    must = WORDS.get(fault["type"]) or fault["msg"].replace("Input should be", "must be", 1)
    got = "nothing" if fault["type"] == "missing" else repr(fault["input"])
    return Problem(file.name, field, f"{must} (got {got})")
