"""The dated rules by which entries become credits, read from the package's own data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from netdojo.errors import InvalidFiles, Problem, WrongUse
from netdojo.model import Policy

POLICIES = Path(__file__).parent / "policies"


def current_policy(on: date, folder: Path | None = None) -> Policy:
    """Return the policy that is valid on this day: the latest that has begun.

    Raises InvalidFiles when a policy's file has faults, WrongUse when none had begun.
    """
    known = read_policies(folder)
    policy = in_force(on, known)
    if policy is None:
        first = known[0].valid_from if known else "never"
        raise WrongUse(f"no policy for credits is valid on {on}", help=f"the first begins on {first}")
    return policy


def in_force(on: date, policies: Sequence[Policy]) -> Policy | None:
    """Return the latest of `policies`, in the order in which they begin, that has begun on this day, or None."""
    return next((policy for policy in reversed(policies) if policy.valid_from <= on), None)


def read_policies(folder: Path | None = None) -> list[Policy]:
    """Return every policy of the folder, else of the package, in the order in which they begin.

    Raises InvalidFiles when a policy's file has faults.
    """
    known = (read_policy(file) for file in sorted((folder or POLICIES).glob("*.yml")))
    return sorted(known, key=lambda policy: policy.valid_from)


def read_policy(file: Path) -> Policy:
    """Return the policy in `file`; raises InvalidFiles with every fault that it has."""
    from netdojo.yaml_files import parse, read_yaml

    policy = parse(read_yaml(file, file.name), Policy, file.name)
    if not file.name.startswith(f"{policy.valid_from}-"):
        found = f"must be the date that the file's name begins with (got {policy.valid_from})"
        raise InvalidFiles([Problem(file.name, "valid_from", found)])
    return policy
