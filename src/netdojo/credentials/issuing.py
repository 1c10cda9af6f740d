"""A passed lab becomes a badge: signed, drawn, baked and kept in its two forms."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

from netdojo import atomic_files, places
from netdojo.credentials import achievement
from netdojo.credentials.baking import bake
from netdojo.credentials.drawing import draw
from netdojo.credentials.issuing_key import issuer
from netdojo.credentials.proof import secure
from netdojo.errors import WrongUse
from netdojo.model import Badge, Credit, Entry, Lab, Learner


def issue_badge(entry: Entry, lab: Lab, *, learner: Learner, credit: Credit | None = None) -> Badge:
    """Sign a badge for `entry`, a passed run of `lab` by `learner`, and keep it as JSON and as PNG in places.badges().

    `credit` is what the entry counts for (netdojo.ledger.credits); without it the badge says nothing of hours.
    Raises WrongUse when the entry is not of this lab and learner or did not pass, and IssuerKeyUnusable.
    """
    _refuse_other(entry, lab, learner)
    issued = datetime.now(timezone.utc).replace(microsecond=0)
    signer = issuer()
    unsigned = achievement.credential(entry, lab, learner, signer, issued, credit)
    credential = secure(unsigned, signer, achievement.instant(issued))
    text = json.dumps(credential, ensure_ascii=False, indent=2)
    picture = draw(lab.title, f"{entry.content.points} of {entry.content.of} points", entry.content.finished)
    stem = places.badges() / f"{lab.slug}-{credential['id'][-8:]}"
    return Badge(
        id=credential["id"],
        lab=lab.slug,
        name=lab.title,
        issued=issued,
        credential=credential,
        png_file=_written(stem.with_suffix(".png"), bake(picture, text)),
        json_file=_written(stem.with_suffix(".json"), f"{text}\n".encode()),
    )


def kept_badges(entry: Entry, lab: Lab, learner: Learner) -> list[Badge]:
    """Return the badges that `learner` has here of what `entry` achieved, the newest first, valid or not.

    Raises IssuerKeyUnusable. A file that is no badge, or has lost its picture, is left out.
    """
    achieved = achievement.achievement_id(entry, lab, issuer()).urn
    found = [_kept(file, lab, learner, achieved) for file in places.badges().glob(f"{lab.slug}-*.json")]
    return sorted((badge for badge in found if badge), key=lambda badge: badge.issued, reverse=True)


def _kept(file: Path, lab: Lab, learner: Learner, achieved: str) -> Badge | None:
    """Return the badge in a file when it is the learner's and of what was `achieved`."""
    try:
        credential = json.loads(file.read_bytes())
        subject = credential["credentialSubject"]
        issued = datetime.fromisoformat(credential["validFrom"].replace("Z", "+00:00"))
        wanted = subject["achievement"]["id"] == achieved and achievement.is_of(learner, subject)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None
    picture = file.with_suffix(".png")
    if not wanted or not picture.is_file():
        return None
    return Badge(
        id=credential["id"],
        lab=lab.slug,
        name=lab.title,
        issued=issued,
        credential=credential,
        json_file=file,
        png_file=picture,
    )


def _refuse_other(entry: Entry, lab: Lab, learner: Learner) -> None:
    content = entry.content
    if not content.passed:
        raise WrongUse(f"entry {entry.position} did not pass {lab.slug}: no badge is issued for it")
    if (content.lab, content.learner) != (lab.slug, learner.id):
        raise WrongUse(
            f"entry {entry.position} is {content.learner}'s of {content.lab}, not {learner.id}'s of {lab.slug}"
        )


def _written(file: Path, data: bytes) -> Path:
    """Write `data` so that half a badge is never seen, and return the file."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    atomic_files.replace(file, data, durable=True)
    return file
