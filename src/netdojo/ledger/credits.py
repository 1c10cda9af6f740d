"""What entries count for: computed from the ledger under a dated policy, never stored."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from netdojo.model import Credit, Entry, Policy

NOT_PASSED = "not passed"
COUNTED = "counted by entry {position}"


def credits(entries: Iterable[Entry], policy: Policy) -> list[Credit]:  # noqa: A001 - the word of the subject
    """Return one credit an entry, in the entries' order; `reason` says why one counts nothing.

    Give all entries of a learner: a lab counts once for each learner, by the first entry that passed.
    """
    counted: dict[tuple[str, str], int] = {}
    return [_credit(entry, policy, counted) for entry in entries]


def hours(minutes: int, policy: Policy) -> float:
    """Return what `minutes` are worth, in the policy's credits, rounded down to its step."""
    step = Fraction(str(policy.step))
    steps = Fraction(minutes, policy.minutes_per_credit) // step
    return float(steps * step)


def _credit(entry: Entry, policy: Policy, counted: dict[tuple[str, str], int]) -> Credit:
    content = entry.content
    available = hours(content.minutes, policy)
    reason = _reason(entry, policy, counted)
    if content.passed:
        counted.setdefault((content.learner, content.lab), entry.position)
    return Credit(
        entry=entry.position,
        lab=content.lab,
        awarded=content.finished,
        minutes=content.minutes,
        hours=0 if reason else available,
        available=available,
        policy=f"{policy.id} {policy.version}",
        reason=reason,
    )


def _reason(entry: Entry, policy: Policy, counted: dict[tuple[str, str], int]) -> str:
    if not entry.content.passed:
        return NOT_PASSED
    first = counted.get((entry.content.learner, entry.content.lab))
    return COUNTED.format(position=first) if policy.once_per_lab and first else ""
