"""The learner's record as the pages show it: entries, credits and badges, read from ledger, submissions and badges."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from netdojo import places
from netdojo.errors import NotFound
from netdojo.model import Credit, Entry, Policy, Report


@dataclass(frozen=True)
class BadgeFile:
    """A badge that is kept here: its two files, and what its credential says."""

    name: str
    lab: str
    title: str
    issued: datetime
    criteria: str
    json_file: Path
    png_file: Path


@dataclass(frozen=True)
class Record:
    """Everything that is recorded of the learner, and what it counts for, each entry under the policy of its day.

    `policy` is the one of today. `aside` are the files of damaged ledgers that were kept.
    """

    entries: tuple[Entry, ...]
    credits: tuple[Credit, ...]
    policy: Policy
    badges: tuple[BadgeFile, ...]
    aside: tuple[str, ...] = ()

    @property
    def hours(self) -> float:
        """The credits together."""
        return sum(credit.hours for credit in self.credits)

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies under which the entries count, in the order in which they came to."""
        return tuple(dict.fromkeys(credit.policy for credit in self.credits if credit.policy))

    def credit(self, entry: Entry) -> Credit:
        return next(credit for credit in self.credits if credit.entry == entry.position)


def record() -> Record:
    """Return this learner's record; raises what the ledger raises when it cannot be trusted."""
    from netdojo import ledger
    from netdojo.grading import this_learner

    entries = ledger.Ledger().entries(this_learner().id)
    policy = ledger.current_policy(datetime.now(timezone.utc).date())
    aside = tuple(str(file) for file in ledger.kept_aside(places.ledger_file()))
    return Record(tuple(entries), tuple(ledger.credits(entries)), policy, badges(), aside)


def passed_labs() -> frozenset[str]:
    """Return the labs that a recorded submission passed."""
    return frozenset(entry.content.lab for entry in record().entries if entry.content.passed)


def badges() -> tuple[BadgeFile, ...]:
    """Return the badges that are kept here, the newest first; a file that is no badge is left out."""
    found = (badge_in(file) for file in sorted(places.badges().glob("*.json")))
    return tuple(sorted((badge for badge in found if badge), key=lambda badge: badge.issued, reverse=True))


def badge(name: str) -> BadgeFile:
    """Return the badge of this file name; raises NotFound with the near one."""
    known = {one.name: one for one in badges()}
    if name not in known:
        raise NotFound("badge", name, known)
    return known[name]


def badge_in(file: Path) -> BadgeFile | None:
    """Return the badge in a credential's file, or None when it cannot be read as one."""
    try:
        credential: dict[str, Any] = json.loads(file.read_bytes())
        achievement = credential["credentialSubject"]["achievement"]
        return BadgeFile(
            name=file.stem,
            lab=file.stem.rpartition("-")[0],
            title=str(achievement["name"]),
            issued=datetime.fromisoformat(str(credential["validFrom"]).replace("Z", "+00:00")),
            criteria=str(achievement.get("criteria", {}).get("narrative", "")),
            json_file=file,
            png_file=file.with_suffix(".png"),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def last_report(slug: str) -> Report | None:
    """Return the report of the lab's newest submission, or None; folders are named by their time."""
    for folder in sorted(places.submissions().glob(f"{slug}/[!.]*"), reverse=True):
        try:
            return Report.model_validate_json((folder / "report.json").read_bytes())
        except (OSError, ValidationError):
            continue
    return None
