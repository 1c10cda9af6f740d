"""The proof: what is signed, byte for byte as the W3C's vectors say, and that nothing is left out of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from netdojo.credentials import linked_data, multikey
from netdojo.credentials.issuing_key import Issuer
from netdojo.credentials.linked_data import CONTEXTS, NotLinkedData, Undecidable, canonical
from netdojo.credentials.proof import hash_data, holds, secure, taken_apart

VECTORS = Path(__file__).parent / "vectors"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
DOCUMENT_HASH = "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
CONFIG_HASH = "bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0"
SIGNED = [linked_data.VC2, linked_data.OB3]
Document = dict[str, Any]


@pytest.fixture
def vector(monkeypatch: pytest.MonkeyPatch) -> Document:
    """Return the W3C's signed example, with the context that it names at hand."""
    kept = linked_data._contexts() | {EXAMPLES: json.loads((VECTORS / "credentials-examples-v2.json").read_text())}
    monkeypatch.setattr(linked_data, "_contexts", lambda: kept)
    signed: Document = json.loads((VECTORS / "signed-credential.json").read_text())
    return signed


def w3c_issuer() -> Issuer:
    pair = json.loads((VECTORS / "key-pair.json").read_text())
    seed = multikey.from_multibase(pair["privateKeyMultibase"]).removeprefix(b"\x80\x26")
    return Issuer(multikey.DID + pair["publicKeyMultibase"], Ed25519PrivateKey.from_private_bytes(seed))


def test_w3c_vector_hashes_as_published(vector: Document) -> None:
    """The canonical hashes of the document and of the proof's options are those of the specification."""
    document, options, _ = taken_apart(vector)

    assert CONFIG_HASH + DOCUMENT_HASH == hash_data(document, options).hex()


def test_w3c_vector_is_signed_byte_for_byte(vector: Document) -> None:
    """With the specification's key, the whole secured credential comes out as published."""
    document, options, _ = taken_apart(vector)

    assert vector == secure(document, w3c_issuer(), options["created"])


def test_w3c_vector_holds_with_its_key_alone(vector: Document) -> None:
    """The published signature holds, and only with the published key."""
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()

    assert (True, False) == (holds(vector, multikey.from_did(w3c_issuer().did)), holds(vector, other))


def test_contexts_are_the_published_ones() -> None:
    """Each kept context has the digest that is recorded for it beside its source and licence."""
    sources = json.loads((CONTEXTS / "SOURCES.json").read_text())

    assert {source["file"]: source["sha256"] for source in sources} == {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in CONTEXTS.glob("*.jsonld")
    }
    assert SIGNED == [source["url"] for source in sources]


def test_altered_context_is_not_used(tmp_path: Path) -> None:
    """A context file that is not the published one stops everything."""
    (tmp_path / "a.jsonld").write_text("{}")
    with pytest.raises(RuntimeError, match="not the published context"):
        linked_data._published(tmp_path / "a.jsonld", "0" * 64)


def test_no_context_is_fetched() -> None:
    """A context that is not kept is not asked for on any network: it cannot be told what the document says."""
    with pytest.raises(Undecidable, match=r"https://example\.org/context is not kept here"):
        canonical({"@context": [*SIGNED, "https://example.org/context"], "id": "urn:a:b", "name": "x"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mood": "glad"}, "'mood' has no meaning"),
        ({"type": ["VerifiableCredential", "Trophy"]}, "'Trophy' has no meaning"),
        ({"name": None}, "name is empty"),
        ({"name": []}, "name is empty"),
        ({"evidence": [{}]}, "evidence is empty"),
        ({"name": ["a", ["b"]]}, "a list within a list"),
        ({"id": "no-address"}, "no absolute address"),
        ({"id": "_:b0"}, "no absolute address|blank node"),
        ({"@graph": []}, "must be a plain name"),
        ({"https://schema.org/name": "x"}, "must be a plain name"),
        ({"Criteria": {"narrative": "x"}}, "must be a plain name"),
        ({"": "x"}, "must be a plain name"),
        (
            {"evidence": [{"id": "urn:a:b", "type": "Evidence", "validUntil": "2040-01-01T00:00:00Z"}]},
            "described twice",
        ),
        ({"credentialSubject": {"type": "AchievementSubject", "mood": "glad"}}, "'mood' has no meaning"),
    ],
)
def test_nothing_is_left_unsigned_in_silence(change: Document, said: str) -> None:
    """What JSON-LD would drop, or let be written in another place, is an error when signing and when verifying."""
    document = {
        "@context": SIGNED,
        "id": "urn:a:b",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "x",
    }
    with pytest.raises(NotLinkedData, match=said):
        canonical({**document, **change})


def test_parts_that_cannot_be_told_apart_are_refused_at_once() -> None:
    """A document made to keep a canonicaliser busy for hours is refused without trying."""
    twins = [{"type": ["Evidence"], "name": "same"} for _ in range(2)]
    document = {"@context": SIGNED, "id": "urn:a:b", "type": ["VerifiableCredential", "OpenBadgeCredential"]}
    with pytest.raises(Undecidable, match="no id and say the same"):
        canonical({**document, "evidence": twins})
