"""What a credential must look like before it is read any further: Open Badges 3.0, as far as netdojo reads it."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

from netdojo.credentials.linked_data import VC2
from netdojo.credentials.proof import PURPOSE, SUITE

OB3_CONTEXT = re.compile(r"^https://purl\.imsglobal\.org/spec/ob/v3p0/context-3\.0\.\d\.json$")
RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$")
BADGE_TYPES = {"AchievementCredential", "OpenBadgeCredential"}
VC1 = "https://www.w3.org/2018/credentials/v1"
OTHER_PROOFS = (
    "eddsa-jcs-2022", "ecdsa-rdfc-2019", "ecdsa-jcs-2019", "ecdsa-sd-2023", "bbs-2023",
    "Ed25519Signature2020", "Ed25519Signature2018", "JsonWebSignature2020",
)  # fmt: skip
PROOF_KEYS = {"id", "type", "cryptosuite", "created", "expires", "verificationMethod", "proofPurpose", "proofValue"}
DATES = ("validFrom", "validUntil", "awardedDate")
ACTIVITY_DATES = ("activityStartDate", "activityEndDate")


class Misshapen(ValueError):
    """A property is missing, or is not what Open Badges 3.0 wants there."""


class OtherForm(ValueError):
    """It may be a credential, in a form that netdojo does not read."""


def refuse_misshapen(credential: dict[str, Any]) -> None:
    """Raise Misshapen for the first property that is not as it must be, OtherForm for one of another standard."""
    refuse_other_form(credential)
    _refuse_listed(credential)
    contexts = credential.get("@context")
    _must(
        isinstance(contexts, list) and len(contexts) >= 2 and all(isinstance(one, str) for one in contexts)
        and contexts[0] == VC2 and bool(OB3_CONTEXT.match(contexts[1])),
        "@context", "the addresses of Verifiable Credentials 2.0 and Open Badges 3.0", contexts,
    )  # fmt: skip
    types = set(_texts(credential, "type"))
    _must("VerifiableCredential" in types and bool(types & BADGE_TYPES), "type", "a badge's", sorted(types))
    _text(credential, "id")
    issuer = credential.get("issuer")
    _text(issuer if isinstance(issuer, dict) else {"id": issuer}, "id", "issuer.")
    _refuse_misshapen_subject(_object(credential, "credentialSubject"))
    _refuse_misshapen_proof(_object(credential, "proof"))
    dates_of(credential)


def _refuse_listed(value: Any, where: str = "") -> None:
    """Raise Misshapen for a number or a switch in a list: signed it says the same, and Open Badges 3.0 has it alone."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        here = f"{where}[{key}]" if isinstance(value, list) else f"{where}.{key}".lstrip(".")
        if isinstance(inner, (dict, list)):
            _refuse_listed(inner, here)
        elif isinstance(value, list):
            _must(not isinstance(inner, (bool, int, float)), here, "no number and no switch in a list", inner)


def refuse_other_form(credential: dict[str, Any]) -> None:
    """Raise OtherForm for what other verifiers take and netdojo does not, so that it is not called bad."""
    proof = credential.get("proof")
    if isinstance(proof, list):
        raise OtherForm("it has a set of proofs; netdojo reads one")
    for key, value in proof.items() if isinstance(proof, dict) else ():
        if value in OTHER_PROOFS:
            raise OtherForm(f"its proof.{key} is {value}; netdojo reads {SUITE}")
    contexts = credential.get("@context")
    if isinstance(contexts, list) and VC1 in contexts:
        raise OtherForm("it is written for Verifiable Credentials 1.1; netdojo reads 2.0")


def _refuse_misshapen_subject(subject: dict[str, Any]) -> None:
    here = "credentialSubject."
    _must("AchievementSubject" in _texts(subject, "type", here), f"{here}type", "AchievementSubject", subject["type"])
    _must("id" in subject or "identifier" in subject, f"{here}id", "there, or an identifier", None)
    achievement = _object(subject, "achievement", here)
    here += "achievement."
    _must("Achievement" in _texts(achievement, "type", here), f"{here}type", "Achievement", achievement["type"])
    for key in ("id", "name", "description"):
        _text(achievement, key, here)
    _object(achievement, "criteria", here)


def _refuse_misshapen_proof(proof: dict[str, Any]) -> None:
    _must(not set(proof) - PROOF_KEYS, "proof", "a Data Integrity proof alone", sorted(set(proof) - PROOF_KEYS))
    for key, due in (("type", "DataIntegrityProof"), ("cryptosuite", SUITE), ("proofPurpose", PURPOSE)):
        _must(proof.get(key) == due, f"proof.{key}", due, proof.get(key))
    for key in ("verificationMethod", "proofValue"):
        _text(proof, key, "proof.")


def dates_of(credential: dict[str, Any]) -> dict[str, datetime]:
    """Return every date of the credential by name; raises Misshapen for one that is no date, or that is missing."""
    subject, proof = credential["credentialSubject"], credential["proof"]
    found = {key: credential[key] for key in DATES if key in credential}
    found |= {key: subject[key] for key in ACTIVITY_DATES if key in subject}
    found |= {f"proof.{key}": proof[key] for key in ("created", "expires") if key in proof}
    _must("validFrom" in found, "validFrom", "there", None)
    return {key: _instant(key, value) for key, value in found.items()}


def _instant(key: str, value: Any) -> datetime:
    _must(isinstance(value, str) and bool(RFC3339.match(value)), key, "a date and time with its zone", value)
    trimmed = re.sub(r"(\.\d{1,6})\d*", lambda part: part[1].ljust(7, "0"), value).replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(trimmed).astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise Misshapen(f"{key} must be a possible date (got {value!r})") from error


def _object(parent: dict[str, Any], key: str, where: str = "") -> dict[str, Any]:
    value = parent.get(key)
    _must(isinstance(value, dict), f"{where}{key}", "one object", value)
    return dict(value or {})


def _text(parent: dict[str, Any], key: str, where: str = "") -> None:
    value = parent.get(key)
    _must(isinstance(value, str) and bool(value), f"{where}{key}", "text", value)


def _texts(parent: dict[str, Any], key: str, where: str = "") -> list[str]:
    value = parent.get(key)
    texts = value if isinstance(value, list) else [value]
    _must(all(isinstance(text, str) for text in texts), f"{where}{key}", "text", value)
    return [str(text) for text in texts]


def _must(holds: bool, where: str, what: str, got: Any) -> None:
    if not holds:
        shown = "nothing" if got is None else repr(got)
        raise Misshapen(f"{where} must be {what} (got {shown if len(shown) < 120 else shown[:117] + '…'})")
