"""The dated rules by which entries become credits, read from the package's own data."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from netdojo.errors import InvalidFiles, Problem, WrongUse
from netdojo.model import Policy

POLICIES = Path(__file__).parent / "policies"


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
    from netdojo.yaml_files import parse, read_yaml

    policy = parse(read_yaml(file, file.name), Policy, file.name)
    if not file.name.startswith(f"{policy.valid_from}-"):
        found = f"must be the date that the file's name begins with (got {policy.valid_from})"
        raise InvalidFiles([Problem(file.name, "valid_from", found)])
    return policy
