"""The small file beside the ledger that says where it ends, so that entries cut from its end are noticed."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from netdojo import atomic_files
from netdojo.atomic_files import PRIVATE
from netdojo.ledger.chain import Break, End

KEY_BYTES = 32


@dataclass(frozen=True)
class Head:
    """Where the ledger ends: at `end`, or at `intended` while an append is under way or was interrupted."""

    end: End = field(default_factory=End)
    intended: End | None = None

    def intending(self, next: End) -> Head:
        return replace(self, intended=next)

    def disagreement(self, end: End) -> Break | None:
        """Return how a ledger that ends at `end` differs from this head, or None when it does not."""
        if end in (self.end, self.intended):
            return None
        if end.position < self.end.position:
            return Break(end.position + 1, str(self.end) + " at the end", f"{end} at the end")
        if end.position == self.end.position:
            return Break(end.position, str(self.end), str(end))
        return Break(self.end.position + 1, f"{self.end} at the end", "an entry that netdojo did not write")


class HeadFile:
    """Reads and writes the head, authenticated with HMAC-SHA-256 under a key kept beside it (both mode 0600)."""

    def __init__(self, ledger: Path) -> None:
        self.path = ledger.with_suffix(".head")
        self.key_file = ledger.with_suffix(".key")

    def read(self) -> Head | Break | None:
        """Return the head, None when there is no such file, or what is wrong with it."""
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return None
        key = self._key()
        if key is None:
            return Break(0, f"the key {self.key_file.name} that {self.path.name} was written with", "no such key")
        head = _parse(text, key)
        return head or Break(0, f"{self.path.name} as netdojo wrote it", f"{self.path.name} altered, or another key")

    def write(self, head: Head) -> None:
        """Put `head` in place of the one before, durably and in one step."""
        key = self._key() or self._make_key()
        body = _body(head)
        text = json.dumps({**body, "mac": _mac(body, key)}).encode()
        atomic_files.replace(self.path, text, mode=PRIVATE, durable=True)

    def _key(self) -> bytes | None:
        try:
            return bytes.fromhex(self.key_file.read_text("ascii").strip()) or None
        except (FileNotFoundError, ValueError):
            return None

    def _make_key(self) -> bytes:
        key = secrets.token_bytes(KEY_BYTES)
        atomic_files.replace(self.key_file, key.hex().encode(), mode=PRIVATE, durable=True)
        return key


def _body(head: Head) -> dict[str, Any]:
    intended = head.intended
    return {
        "position": head.end.position,
        "hash": head.end.hash,
        "intended": [intended.position, intended.hash] if intended else None,
    }


def _mac(body: dict[str, Any], key: bytes) -> str:
    return hmac.new(key, json.dumps(body, sort_keys=True).encode(), hashlib.sha256).hexdigest()


def _parse(text: bytes, key: bytes) -> Head | None:
    """Return the head in `text`, or None unless it is one that was written with `key`."""
    try:
        body = json.loads(text)
        mac = body.pop("mac")
        if not hmac.compare_digest(mac, _mac(body, key)):
            return None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    intended = End(*body["intended"]) if body["intended"] else None
    return Head(End(body["position"], body["hash"]), intended)
