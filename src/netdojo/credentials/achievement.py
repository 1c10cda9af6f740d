"""What a badge says: an Open Badges 3.0 credential drawn from a ledger entry, before it is signed."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime, timezone
from typing import Any
from uuid import UUID, uuid4, uuid5

from netdojo.credentials.issuing_key import Issuer
from netdojo.credentials.linked_data import context_urls
from netdojo.model import DISCLAIMER, Credit, Entry, Lab, Learner

VALID_YEARS = 3
"""The cycle over which Cisco, CompTIA, ISC2 and PMI count continuing education."""
NAMESPACE = UUID("0e9c1a38-5e0f-5c1c-9d5e-6f2b7b1a5c5e")
"""Under which the ids of achievements are made; a fixed random value."""


def credential(
    entry: Entry, lab: Lab, learner: Learner, issuer: Issuer, issued: datetime, credit: Credit | None
) -> dict[str, Any]:
    """Return the unsigned credential for `entry`, which passed `lab`; `issued` is when it begins to be valid."""
    content = entry.content
    return {
        "@context": context_urls(),
        "id": uuid4().urn,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": lab.title,
        "description": f"Passed the netdojo lab «{lab.title}» with {content.points} of {content.of} points.",
        "issuer": issuer.profile,
        "validFrom": instant(issued),
        "validUntil": instant(_years_later(issued, VALID_YEARS)),
        "awardedDate": instant(content.finished),
        "credentialSubject": _subject(entry, lab, learner, issuer, credit),
        "evidence": [_evidence(entry)],
    }


def instant(when: datetime) -> str:
    """Return `when` as RFC 3339 in UTC, to the second."""
    return when.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def achievement_id(entry: Entry, lab: Lab, issuer: Issuer) -> UUID:
    """Return the id of what was achieved: the same for each pass of one version of a lab, by one issuer."""
    return uuid5(NAMESPACE, f"{issuer.did} {lab.slug} {entry.content.lab_digest}")


def is_of(learner: Learner, subject: dict[str, Any]) -> bool:
    """Whether a credential's subject is `learner`: his id, with the salt that is named, has the hash that is named."""
    named = subject["identifier"][0]
    return bool(named["identityHash"] == _hashed(learner, named["salt"]))


def _hashed(learner: Learner, salt: str) -> str:
    return "sha256$" + hashlib.sha256((learner.id + salt).encode()).hexdigest()


def _subject(entry: Entry, lab: Lab, learner: Learner, issuer: Issuer, credit: Credit | None) -> dict[str, Any]:
    content = entry.content
    achievement = achievement_id(entry, lab, issuer)
    score = uuid5(achievement, "score").urn
    return {
        "type": ["AchievementSubject"],
        "identifier": [_pseudonym(learner)],
        **({"creditsEarned": credit.hours} if credit else {}),
        "achievement": _achievement(achievement.urn, score, entry, lab, credit),
        "result": [{"type": ["Result"], "resultDescription": score, "value": str(content.points)}],
    }


def _achievement(id: str, score: str, entry: Entry, lab: Lab, credit: Credit | None) -> dict[str, Any]:
    content = entry.content
    return {
        "id": id,
        "type": ["Achievement"],
        "achievementType": "Assessment",
        "name": lab.title,
        "description": lab.manifest.summary,
        "humanCode": lab.slug,
        "criteria": {"narrative": _criteria(entry, lab, credit)},
        "tag": list(content.objectives),
        **({"creditsAvailable": credit.available} if credit else {}),
        "resultDescription": [
            {
                "id": score,
                "type": ["ResultDescription"],
                "name": "Points",
                "resultType": "RawScore",
                "valueMin": "0",
                "valueMax": str(content.of),
                "requiredValue": str(content.of),
            }
        ],
    }


def _criteria(entry: Entry, lab: Lab, credit: Credit | None) -> str:
    tasks = "\n".join(f"- {task.title} ({task.points} points)" for task in lab.tasks)
    counted = f" under the policy {credit.policy}" if credit else ""
    return (
        "Every task was judged from outside the notebook, on a network of its own "
        f"(fidelity: {lab.manifest.fidelity.value}):\n\n{tasks}\n\n"
        f"Designed for {entry.content.minutes} minutes. Hours{counted} are {DISCLAIMER}."
    )


def _evidence(entry: Entry) -> dict[str, Any]:
    """Point to the ledger's row by its hash (RFC 6920), so that the record and the badge can be held side by side."""
    digest = base64.urlsafe_b64encode(bytes.fromhex(entry.row_hash)).decode().rstrip("=")
    return {
        "id": f"ni:///sha-256;{digest}",
        "type": ["Evidence"],
        "name": f"Entry {entry.position} of the issuer's ledger",
        "narrative": f"Row hash {entry.row_hash}, submission {entry.content.submission_digest}, "
        f"report {entry.content.report_digest}, judged by netdojo {entry.content.grader_version}.",
    }


def _pseudonym(learner: Learner) -> dict[str, Any]:
    """Return the learner's id hashed with a salt: the learner can show whose badge it is, nobody can read it off."""
    salt = secrets.token_hex(16)
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": _hashed(learner, salt),
        "identityType": "identifier",
        "salt": salt,
    }


def _years_later(when: datetime, years: int) -> datetime:
    try:
        return when.replace(year=when.year + years)
    except ValueError:  # 29 February
        return when.replace(year=when.year + years, day=28)
