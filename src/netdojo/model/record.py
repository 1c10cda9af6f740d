"""What is recorded of a learner, and what is drawn from it: entries, credits, policies and badges."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from netdojo.model.base import Instant, Noun, Sha256, Slug
from netdojo.model.report import Report, Verdict

DISCLAIMER = "self-declared, CE-style learning hours; each body decides on acceptance"


class Learner(Noun):
    """Who learns: a pseudonym for records, and a name for the learner's own eyes only."""

    id: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    name: str = ""


class EntryContent(Noun):
    """A fact about a graded submission, as it is written down once and never changed.

    `minutes` are the lab's designed minutes; `started` and `finished` bound the grading, in UTC.
    """

    learner: str
    lab: Slug
    lab_digest: Sha256
    objectives: tuple[Slug, ...]
    minutes: int
    minutes_basis: str = "designed"
    points: int
    of: int
    passed: bool
    verdicts: dict[Slug, Verdict]
    grader_version: str
    submission_digest: Sha256
    notebook_digest: Sha256
    report_digest: Sha256
    started: Instant
    finished: Instant


class Entry(Noun):
    """An entry of the ledger: its place, its content, and the chain that holds it there.

    `row_hash` is SHA-256 over the RFC 8785 form of {position, recorded, content, prev_hash}.
    """

    position: int
    recorded: Instant
    content: EntryContent
    prev_hash: Sha256
    row_hash: Sha256


class Policy(Noun):
    """A dated rule by which entries become credits. `minutes_per_credit` and `step` give the rounding, always down."""

    id: Slug
    version: str
    valid_from: date
    source: str
    minutes_per_credit: int = Field(gt=0)
    step: float = Field(gt=0)
    once_per_lab: bool = True
    statement: str = DISCLAIMER


class Credit(Noun):
    """What one entry counts for under the policy of its day. `hours` is in units of the policy's credit.

    `available` is what the lab is worth when it counts; `reason` says why an entry counts nothing.
    """

    entry: int
    lab: Slug
    awarded: Instant
    minutes: int
    hours: float
    available: float = Field(default=0, ge=0)
    policy: str
    reason: str = ""


class Badge(Noun):
    """An Open Badges 3.0 credential as issued, and where its two forms are kept."""

    id: str
    lab: Slug
    name: str
    issued: Instant
    credential: dict[str, Any]
    json_file: Path
    png_file: Path


class Receipt(Noun):
    """What submitting gave: the report, and what was recorded of it. `badge` is there when all tasks passed."""

    report: Report
    folder: Path
    entry: Entry | None = None
    badge: Badge | None = None
