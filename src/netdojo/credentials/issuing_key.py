"""The issuer: an Ed25519 key that is made on first use and never leaves its file."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netdojo import atomic_files, places
from netdojo.credentials import multikey
from netdojo.errors import IssuerKeyUnusable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

NAME = "netdojo, self-hosted issuer"
KEY_FILE = "ed25519.pem"


@dataclass(frozen=True)
class Issuer:
    """Who signs. `did` is a did:key: it holds the public key, and is the id by which others pin this issuer."""

    did: str
    key: Ed25519PrivateKey

    @property
    def verification_method(self) -> str:
        return multikey.method_of(self.did)

    @property
    def profile(self) -> dict[str, Any]:
        """The issuer as a badge names it."""
        return {"id": self.did, "type": ["Profile"], "name": NAME}

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data)


def issuer() -> Issuer:
    """Return the issuer of this machine; its key is made on first use (folder 0700, file 0600, PKCS8 PEM).

    Raises IssuerKeyUnusable when the file is no Ed25519 key, or when others may read or replace it.
    """
    file = places.issuer() / KEY_FILE
    if not file.exists():
        _make(file)
    return _load(file)


def own_did() -> str | None:
    """Return the id of this machine's issuer, or None while there is none; makes no key."""
    file = places.issuer() / KEY_FILE
    return _load(file).did if file.exists() else None


def _load(file: Path) -> Issuer:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    _refuse_exposed(file.parent, stat.S_IWGRP | stat.S_IWOTH, "u=rwx,go=")
    _refuse_exposed(file, stat.S_IRWXG | stat.S_IRWXO, "600")
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError, OSError) as error:
        raise _unusable(file, str(error).split(".")[0]) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(file, "it is a key of another kind")
    return Issuer(multikey.to_did(key.public_key().public_bytes_raw()), key)


def _make(file: Path) -> None:
    """Make the key; of two processes at once, one key wins for both."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    atomic_files.create(file, pem, mode=atomic_files.PRIVATE, durable=True)


def _refuse_exposed(path: Path, bits: int, mode: str) -> None:
    found = stat.S_IMODE(path.stat().st_mode)
    if found & bits:
        raise IssuerKeyUnusable(
            f"{path} is open to other users (mode {found:04o}): whoever reads or replaces the key signs badges as you",
            help=f"if nobody else had it: chmod {mode} {path}\n"
            "  otherwise move the folder aside: a new key is made, and old badges are then signed by another key",
        )


def _unusable(file: Path, why: str) -> IssuerKeyUnusable:
    return IssuerKeyUnusable(
        f"{file} must be an Ed25519 private key in PKCS8 PEM (got: {why})",
        help="put it back from a backup, or move it aside: a new key is made, and old badges are another key's then",
    )
