"""Ed25519 public keys as text: base58btc, Multikey and did:key, so that verifying needs no network."""

from __future__ import annotations

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ED25519 = b"\xed\x01"
"""The multicodec prefix of an Ed25519 public key."""
DID = "did:key:"


def to_multibase(data: bytes) -> str:
    """Return `data` in base58btc with multibase's prefix z."""
    number = int.from_bytes(data, "big")
    digits = ""
    while number:
        number, digit = divmod(number, 58)
        digits = ALPHABET[digit] + digits
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


def from_multibase(text: str) -> bytes:
    """Return the bytes of base58btc text; raises ValueError for any text that `to_multibase` would not give."""
    digits = text[1:]
    if not text.startswith("z") or len(text) > 200 or any(digit not in ALPHABET for digit in digits):
        raise ValueError("not base58btc")
    number = 0
    for digit in digits:
        number = number * 58 + ALPHABET.index(digit)
    body = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return b"\0" * (len(digits) - len(digits.lstrip("1"))) + body


def to_did(public: bytes) -> str:
    """Return the did:key of an Ed25519 public key (32 bytes)."""
    return DID + to_multibase(ED25519 + public)


def from_did(did: str) -> bytes:
    """Return the public key (32 bytes) in a did:key; raises ValueError when it holds no Ed25519 key."""
    if not did.startswith(DID):
        raise ValueError("not a did:key")
    data = from_multibase(did[len(DID) :])
    if len(data) != 34 or not data.startswith(ED25519):
        raise ValueError("not an Ed25519 key")
    return data[2:]


def method_of(did: str) -> str:
    """Return the verification method of a did:key: the key names itself."""
    return f"{did}#{did[len(DID) :]}"
