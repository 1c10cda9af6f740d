"""The credential in a file: JSON or a baked PNG, read so strictly that no two readers can see two different badges."""

from __future__ import annotations

import json
import math
import os
import stat
from pathlib import Path
from typing import Any, NoReturn

from netdojo.credentials.baking import SIGNATURE, NotBaked, unbake
from netdojo.credentials.shape import OtherForm
from netdojo.errors import WrongUse

MOST_PNG = 8 * 2**20
MOST_JSON = 256 * 2**10
"""Bytes; ours have 4 KiB. What is larger is not read."""
DEEPEST = 32
"""Levels of nesting; ours have 6."""
NAME_A_BADGE = "name a badge's .json or .png file"


class NoCredential(ValueError):
    """There is no credential in the file, or it is not well formed."""


def read_credential(file: Path) -> dict[str, Any]:
    """Return the credential in `file`; raises NoCredential, OtherForm, and WrongUse when there is no such file."""
    text = _text(_bytes(file)).strip()
    if text.startswith("eyJ") and text.count(".") == 2:
        raise OtherForm("it is signed as a JSON Web Token; netdojo reads Data Integrity proofs")
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_integer, parse_float=_number
        )
    except json.JSONDecodeError as error:
        raise NoCredential(f"it is not JSON (line {error.lineno}, column {error.colno}: {error.msg})") from error
    except RecursionError as error:
        raise NoCredential(f"it is nested more than {DEEPEST} levels deep") from error
    if not isinstance(value, dict):
        raise NoCredential(f"it must be a JSON object (got {type(value).__name__})")
    _refuse_odd(value, DEEPEST)
    return value


def _bytes(file: Path) -> bytes:
    """Return a plain file's bytes; a pipe or a device may never end, so it is refused unread."""
    try:
        with open(file, "rb", opener=_without_waiting) as source:
            plain = stat.S_ISREG(os.fstat(source.fileno()).st_mode)
            data = source.read(MOST_PNG + 1) if plain else b""
    except OSError as error:
        raise WrongUse(f"{file} cannot be read: {error.strerror}", help=NAME_A_BADGE) from error
    if not plain:
        raise WrongUse(f"{file} is no plain file", help=NAME_A_BADGE)
    if len(data) > MOST_PNG:
        raise NoCredential(f"it is larger than {MOST_PNG // 2**20} MiB")
    return data


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)


def _text(data: bytes) -> str:
    try:
        text = unbake(data) if data.startswith(SIGNATURE) else data.decode("utf-8")
    except NotBaked as error:
        raise NoCredential(str(error)) from error
    except UnicodeDecodeError as error:
        raise NoCredential("it is neither a PNG nor JSON in UTF-8") from error
    if len(text) > MOST_JSON:
        raise NoCredential(f"its credential is larger than {MOST_JSON // 2**10} KiB")
    return text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise NoCredential(f"it has {twice!r} twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise NoCredential(f"it holds {name}, which is no JSON number")


def _integer(text: str) -> int:
    if len(text) > 15:
        raise NoCredential("it holds a whole number of more than 15 digits")
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) or len(text) > 24:
        raise NoCredential("it holds a number that cannot be kept exactly")
    return number


def _refuse_odd(value: Any, levels: int) -> None:
    """Refuse deep nesting, and text that is no Unicode (a lone surrogate)."""
    if not levels:
        raise NoCredential(f"it is nested more than {DEEPEST} levels deep")
    if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise NoCredential("it holds text that is no Unicode")
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_odd(key, levels - 1)
            _refuse_odd(inner, levels - 1)
    for item in value if isinstance(value, list) else ():
        _refuse_odd(item, levels - 1)
