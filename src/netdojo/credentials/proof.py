"""Data Integrity proofs of the suite eddsa-rdfc-2022: made, and checked against a given key."""

from __future__ import annotations

import hashlib
from typing import Any

from netdojo.credentials.issuing_key import Issuer
from netdojo.credentials.linked_data import canonical
from netdojo.credentials.multikey import from_multibase, to_multibase

SUITE = "eddsa-rdfc-2022"
PURPOSE = "assertionMethod"


def secure(document: dict[str, Any], issuer: Issuer, created: str) -> dict[str, Any]:
    """Return `document` with a proof by `issuer`; `created` is RFC 3339 in UTC.

    Raises NotLinkedData when a part of the document would not be covered by the signature.
    """
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": issuer.verification_method,
        "proofPurpose": PURPOSE,
    }
    value = to_multibase(issuer.sign(hash_data(document, options)))
    return {**document, "proof": {**options, "proofValue": value}}


def holds(secured: dict[str, Any], public: bytes) -> bool:
    """Return whether the proof's signature over this very document was made with `public` (32 bytes).

    Raises NotLinkedData and Undecidable, as `canonical` does.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    document, options, value = taken_apart(secured)
    data = hash_data(document, options)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(from_multibase(value), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def taken_apart(secured: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return the document without its proof, the proof's options, and the proof's value."""
    document = {key: value for key, value in secured.items() if key != "proof"}
    options = {key: value for key, value in secured["proof"].items() if key != "proofValue"}
    return document, options, secured["proof"]["proofValue"]


def hash_data(document: dict[str, Any], options: dict[str, Any]) -> bytes:
    """Return what is signed: the SHA-256 of the proof's options, then that of the document (64 bytes)."""
    config = {"@context": document["@context"], **options}
    return _digest(config) + _digest(document)


def _digest(document: dict[str, Any]) -> bytes:
    return hashlib.sha256(canonical(document).encode()).digest()
