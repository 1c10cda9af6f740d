"""The issuer's key: made once, kept from others, and named by a did:key."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdojo import places
from netdojo.credentials import issuer, own_did
from netdojo.credentials.multikey import from_did, from_multibase, method_of, to_did, to_multibase
from netdojo.errors import IssuerKeyUnusable

KEY = "ed25519.pem"


def test_key_is_made_once_and_is_the_owners_alone(own_home: Path) -> None:
    """The first use makes the key (folder 0700, file 0600), the second finds it."""
    first, second = issuer(), issuer()

    assert first.did == second.did == own_did()
    assert ["0o700", "0o600"] == [oct(one.stat().st_mode & 0o777) for one in (places.issuer(), places.issuer() / KEY)]
    assert [KEY] == [one.name for one in places.issuer().iterdir()]
    assert (places.issuer() / KEY).read_text().startswith("-----BEGIN PRIVATE KEY-----")


def test_asking_for_the_own_id_makes_no_key(own_home: Path) -> None:
    """A machine that only verifies has no issuer."""
    assert own_did() is None
    assert not own_home.exists()


def test_processes_that_begin_at_once_share_one_key(own_home: Path) -> None:
    """Of several first uses at the same time one key comes out."""
    code = "from netdojo.credentials import issuer; print(issuer().did)"
    makers = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(4)]
    made = {maker.communicate(timeout=60)[0].decode().strip() for maker in makers}

    assert {issuer().did} == made


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
def test_key_that_others_can_reach_is_refused(own_home: Path, mode: int) -> None:
    """A key that was open to others is not used, and the remedy is a command."""
    issuer()
    os.chmod(places.issuer() / KEY, mode)
    with pytest.raises(IssuerKeyUnusable, match=rf"open to other users \(mode 0{mode:o}\)") as refused:
        issuer()

    assert f"chmod 600 {places.issuer() / KEY}" in refused.value.help


def test_folder_that_others_can_write_is_refused(own_home: Path) -> None:
    """Who can write the folder can put another key in its place."""
    issuer()
    os.chmod(places.issuer(), 0o770)
    with pytest.raises(IssuerKeyUnusable, match="open to other users"):
        issuer()


@pytest.mark.parametrize("text", ["", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_file_that_is_no_key_is_refused(own_home: Path, text: str) -> None:
    """A broken key is neither used nor replaced."""
    issuer()
    (places.issuer() / KEY).write_text(text)
    with pytest.raises(IssuerKeyUnusable, match="must be an Ed25519 private key"):
        issuer()

    assert text == (places.issuer() / KEY).read_text()


def test_key_of_another_kind_is_refused(own_home: Path) -> None:
    """An RSA or X25519 key is not taken for an issuer's."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    issuer()
    pem = X25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (places.issuer() / KEY).write_bytes(pem)
    with pytest.raises(IssuerKeyUnusable, match="a key of another kind"):
        issuer()


@given(st.binary(max_size=40))
def test_multibase_gives_its_bytes_back(data: bytes) -> None:
    """Any bytes survive base58btc, leading zeros too."""
    assert data == from_multibase(to_multibase(data))


@given(st.text(max_size=20))
def test_multibase_has_one_spelling(text: str) -> None:
    """Text that is read is text that would be written."""
    try:
        data = from_multibase(text)
    except ValueError:
        return
    assert text == to_multibase(data)


def test_did_key_of_the_specification() -> None:
    """The did:key of the W3C's test vector holds its public key, and names itself."""
    did = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"

    assert did == to_did(from_did(did))
    assert f"{did}#{did[8:]}" == method_of(did)


@pytest.mark.parametrize(
    "did", ["", "did:web:example.org", "did:key:z6Mk", "did:key:z6LSeu9HkTHSfLLeUs2nnzUSNedgDUevfNQgQjQC23ZCit6F"]
)
def test_other_dids_are_refused(did: str) -> None:
    """Only Ed25519 keys in did:key are read."""
    with pytest.raises(ValueError, match="not "):
        from_did(did)
