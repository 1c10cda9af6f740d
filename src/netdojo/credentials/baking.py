"""A credential inside a PNG: exactly one uncompressed iTXt chunk, written and read strictly."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt")


class NotBaked(ValueError):
    """The PNG is broken, or does not hold exactly one credential as Open Badges 3.0 wants it."""


def bake(png: bytes, credential: str) -> bytes:
    """Return `png` with `credential` in it; one that was in it before is replaced."""
    kept = [(kind, body) for kind, body in _chunks(png) if not _is_ours(kind, body)]
    baked = (b"iTXt", KEYWORD + b"\0\0\0\0\0" + credential.encode())
    return SIGNATURE + b"".join(_chunk(*part) for part in [kept[0], baked, *kept[1:]])


def unbake(png: bytes) -> str:
    """Return the credential's text; raises NotBaked."""
    found = [(kind, body) for kind, body in _chunks(png) if _is_ours(kind, body)]
    if len(found) != 1:
        raise NotBaked(f"it must hold one openbadgecredential chunk (got {len(found) or 'none'})")
    kind, body = found[0]
    flags, rest = body[len(KEYWORD) + 1 : len(KEYWORD) + 3], body[len(KEYWORD) + 3 :]
    if kind != b"iTXt" or flags != b"\0\0":
        raise NotBaked(f"its chunk must be an uncompressed iTXt (got {_kind(kind)})")
    parts = rest.split(b"\0", 2)
    if len(parts) != 3:
        raise NotBaked("its iTXt chunk is cut short")
    try:
        return parts[2].decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotBaked("its iTXt chunk is not UTF-8") from error


def _kind(kind: bytes) -> str:
    return "a compressed iTXt" if kind == b"iTXt" else kind.decode("ascii")


def _is_ours(kind: bytes, body: bytes) -> bool:
    return kind in TEXT_CHUNKS and body.split(b"\0", 1)[0] == KEYWORD


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give each chunk's kind and body; raises NotBaked for a broken file, or one with more behind its end."""
    if not png.startswith(SIGNATURE):
        raise NotBaked("it is no PNG")
    at = len(SIGNATURE)
    kind = b""
    while kind != b"IEND":
        head, at = png[at : at + 8], at + 8
        length, kind = struct.unpack(">I4s", head) if len(head) == 8 else (0, b"")
        body, check = png[at : at + length], png[at + length : at + length + 4]
        if len(check) != 4 or struct.pack(">I", zlib.crc32(kind + body)) != check:
            raise NotBaked("the PNG is cut short or altered")
        at += length + 4
        yield kind, body
    if at != len(png):
        raise NotBaked("the PNG has more behind its end")
