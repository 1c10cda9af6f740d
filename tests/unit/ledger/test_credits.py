"""Credits: which entries count, for how much, under which dated policy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timezone
from pathlib import Path

import pytest

from netdojo.errors import InvalidFiles, WrongUse
from netdojo.ledger import Ledger, credits, current_policy, read_policy  # noqa: A004 - the word of the subject
from netdojo.model import DISCLAIMER, EntryContent, Policy

Write = Callable[..., EntryContent]
ERRORS = Path(__file__).parents[2] / "errors" / "ledger" / "policies"


@pytest.fixture
def policy() -> Policy:
    return current_policy(date(2026, 6, 1))


def counted(ledger: Ledger, policy: Policy) -> list[tuple[float, str]]:
    return [(credit.hours, credit.reason) for credit in credits(ledger.entries(), [policy])]


def test_lab_counts_once_by_the_first_entry_that_passed(ledger: Ledger, policy: Policy) -> None:
    """A failed run counts nothing, the first pass counts, and the same lab again counts nothing."""
    assert [(0, "not passed"), (0.75, ""), (0, "counted by entry 2")] == counted(ledger, policy)


def test_lab_counts_for_each_learner(ledger: Ledger, policy: Policy, content: Write) -> None:
    """One learner's pass does not take another's credit."""
    ledger.append(content(learner="grace"))

    assert (0.75, "") == counted(ledger, policy)[-1]


def test_each_lab_counts(ledger: Ledger, policy: Policy, content: Write) -> None:
    """Another lab of the same learner counts too."""
    ledger.append(content(lab="second-lab"))

    assert (0.75, "") == counted(ledger, policy)[-1]


def test_policy_may_count_a_lab_again(ledger: Ledger, policy: Policy) -> None:
    """What counts once is the policy's choice."""
    again = policy.model_copy(update={"once_per_lab": False})

    assert [0, 0.75, 0.75] == [hours for hours, _ in counted(ledger, again)]


@pytest.mark.parametrize(("minutes", "hours"), [(14, 0), (15, 0.25), (45, 0.75), (59, 0.75), (60, 1), (600, 10)])
def test_minutes_are_rounded_down_to_the_step(
    own_home: Path, policy: Policy, content: Write, minutes: int, hours: float
) -> None:
    """A quarter of an hour counts when it is full."""
    entry = Ledger().append(content(minutes=minutes))

    assert hours == credits([entry], [policy])[0].hours


def test_steps_that_binary_numbers_cannot_hold(own_home: Path, policy: Policy, content: Write) -> None:
    """Steps of a tenth are exact: six minutes are 0.1, not a hair less."""
    tenths = policy.model_copy(update={"step": 0.1})
    entries = [Ledger().append(content(lab=f"lab-{minutes}", minutes=minutes)) for minutes in (6, 18, 42)]

    assert [0.1, 0.3, 0.7] == [credit.hours for credit in credits(entries, [tenths])]


def test_credit_says_what_the_lab_is_worth(ledger: Ledger, policy: Policy) -> None:
    """An entry that counts nothing still says what was to be had."""
    assert [0.75, 0.75, 0.75] == [credit.available for credit in credits(ledger.entries(), [policy])]


def test_policy_words_its_hours_as_self_declared(policy: Policy) -> None:
    """No policy claims that a body accepts its hours."""
    assert "self-declared, CE-style learning hours; each body decides on acceptance" == DISCLAIMER == policy.statement


def test_policy_of_a_day_is_the_latest_that_has_begun(tmp_path: Path) -> None:
    """A later policy leaves the days before it alone."""
    text = (Path(ERRORS) / "2026-01-01-good.yml").read_text()
    (tmp_path / "2026-01-01-a.yml").write_text(text)
    (tmp_path / "2027-01-01-b.yml").write_text(
        text.replace("2026-01-01", "2027-01-01").replace("id: good", "id: later")
    )

    days = [date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert ["good", "good", "later"] == [current_policy(day, tmp_path).id for day in days]


def test_new_policy_leaves_the_entries_before_it_alone(ledger: Ledger, policy: Policy, content: Write) -> None:
    """An entry counts under the policy of the day on which it was finished, whatever came later."""
    later = policy.model_copy(
        update={"id": "later", "valid_from": date(2026, 6, 1), "minutes_per_credit": 120, "once_per_lab": False}
    )
    before = credits(ledger.entries(), [policy])
    ledger.append(content().model_copy(update={"finished": datetime(2026, 6, 1, tzinfo=timezone.utc)}))
    counted = credits(ledger.entries(), [policy, later])

    assert before == counted[:3]
    assert ("later 2026.1", 0.25, "") == (counted[3].policy, counted[3].hours, counted[3].reason)


def test_entry_before_every_policy_counts_nothing(ledger: Ledger, policy: Policy) -> None:
    """What a machine without a clock recorded keeps nobody from his record."""
    late = policy.model_copy(update={"valid_from": date(2026, 4, 1)})

    assert (0, "no policy was valid on 2026-03-01") == counted(ledger, late)[1]


def test_day_before_every_policy(policy: Policy) -> None:
    """A day that no policy reaches back to is said, with the first day that one does."""
    with pytest.raises(WrongUse, match="no policy for credits is valid on 2025-12-31") as refused:
        current_policy(date(2025, 12, 31))

    assert "the first begins on 2026-01-01" == refused.value.help


@pytest.mark.parametrize("golden", sorted(ERRORS.glob("*.txt")), ids=lambda golden: golden.stem)
def test_bad_policy_tells_every_fault(golden: Path) -> None:
    """Each bad file beside its golden message: path, field, what must be, what was found."""
    with pytest.raises(InvalidFiles) as refused:
        read_policy(golden.with_suffix(".yml"))

    assert golden.read_text() == f"{refused.value}\n"
