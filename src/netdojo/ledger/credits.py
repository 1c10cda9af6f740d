"""What entries count for: computed from the ledger under dated policies, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timezone
from fractions import Fraction

from netdojo.ledger.policies import in_force, read_policies
from netdojo.model import Credit, Entry, Policy

NOT_PASSED = "not passed"
COUNTED = "counted by entry {position}"
NO_POLICY = "no policy was valid on {day}"


def credits(  # noqa: A001 - the word of the subject
    entries: Iterable[Entry], policies: Sequence[Policy] | None = None
) -> list[Credit]:
    """Return one credit an entry, in the entries' order; `reason` says why one counts nothing.

    Each entry counts under the policy that was in force on the day, in UTC, on which it was finished, so a later
    policy leaves it alone. `policies` stand in the order in which they begin; without them, they are the package's.
    Give all entries of a learner: a lab counts once for each learner, by the first entry that passed.
    """
    known = read_policies() if policies is None else policies
    counted: dict[tuple[str, str], int] = {}
    return [_credit(entry, known, counted) for entry in entries]


def hours(minutes: int, policy: Policy) -> float:
    """Return what `minutes` are worth, in the policy's credits, rounded down to its step."""
    step = Fraction(str(policy.step))
    steps = Fraction(minutes, policy.minutes_per_credit) // step
    return float(steps * step)


def _credit(entry: Entry, policies: Sequence[Policy], counted: dict[tuple[str, str], int]) -> Credit:
    content = entry.content
    day = content.finished.astimezone(timezone.utc).date()
    policy = in_force(day, policies)
    available = hours(content.minutes, policy) if policy else 0
    reason = _reason(entry, policy, counted) if policy else NO_POLICY.format(day=day)
    if content.passed:
        counted.setdefault((content.learner, content.lab), entry.position)
    return Credit(
        entry=entry.position,
        lab=content.lab,
        awarded=content.finished,
        minutes=content.minutes,
        hours=0 if reason else available,
        available=available,
        policy=f"{policy.id} {policy.version}" if policy else "",
        reason=reason,
    )


def _reason(entry: Entry, policy: Policy, counted: dict[tuple[str, str], int]) -> str:
    if not entry.content.passed:
        return NOT_PASSED
    first = counted.get((entry.content.learner, entry.content.lab))
    return COUNTED.format(position=first) if policy.once_per_lab and first else ""
