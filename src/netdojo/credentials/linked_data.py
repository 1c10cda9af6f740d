"""A credential as the statements that are signed: JSON-LD with contexts kept here, and nothing left out in silence."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

CONTEXTS = Path(__file__).parent / "contexts"
VC2 = "https://www.w3.org/ns/credentials/v2"
OB3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
UNDEFINED = "urn:x-netdojo:undefined:"
"""Stands for the meaning of a term that has none, so that it is seen: JSON-LD drops such a term, unsigned."""
PLAIN_KEY = re.compile(r"^[a-z][A-Za-z0-9]*$")
"""What a property is called. Keywords, addresses and names of classes would give one statement a second spelling."""
ABSOLUTE = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$")
ONE_AT_A_TIME = Lock()
"""PyLD keeps contexts in caches that are not safe between threads."""


class NotLinkedData(ValueError):
    """The document says something that its contexts give no meaning, and that a signature would not cover."""


class Undecidable(ValueError):
    """The document cannot be read here: a context that is not kept, or a form that netdojo does not take."""


def canonical(document: dict[str, Any]) -> str:
    """Return the canonical N-Quads (RDFC-1.0, SHA-256) of `document`.

    Raises Undecidable for a context that is not kept here or parts that cannot be told apart, NotLinkedData when
    anything in the document would be left out of the statements, or could be moved about without changing them.
    """
    from pyld import jsonld  # type: ignore[import-untyped]  # PyLD has no types

    _refuse_unsignable({key: value for key, value in document.items() if key != "@context"}, set())
    watched = {**document, "@context": [{"@vocab": UNDEFINED}, *_as_list(document.get("@context"))]}
    options = {"documentLoader": _load_document, "processingMode": "json-ld-1.1", "base": None}
    with ONE_AT_A_TIME:
        try:
            expanded = jsonld.expand(watched, options)
            _refuse_undefined(expanded)
            return _canonicalise(jsonld.to_rdf(expanded, options))
        except jsonld.JsonLdError as error:
            raise _cause(error) from error


def context_urls() -> list[str]:
    return [VC2, OB3]


@lru_cache
def _contexts() -> dict[str, Any]:
    """Return each kept context by its address; a file that is not the published one is not used."""
    sources = json.loads((CONTEXTS / "SOURCES.json").read_text("utf-8"))
    return {source["url"]: _published(CONTEXTS / source["file"], source["sha256"]) for source in sources}


def _published(file: Path, sha256: str) -> Any:
    text = file.read_bytes()
    if hashlib.sha256(text).hexdigest() != sha256:
        raise RuntimeError(f"{file} is not the published context; reinstall netdojo")
    return json.loads(text)


def _load_document(url: str, _options: object) -> dict[str, Any]:
    """Serve the contexts that are kept here, and nothing else: no network, whatever a document asks for."""
    if url not in _contexts():
        raise Undecidable(f"the context {url} is not kept here, and netdojo fetches none")
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": _contexts()[url]}


def _cause(error: BaseException) -> ValueError:
    """Return what lies beneath PyLD's nested errors."""
    inner: BaseException | None = error
    while inner:
        if isinstance(inner, (Undecidable, NotLinkedData)):
            return inner
        inner = getattr(inner, "cause", None) or inner.__cause__
    return NotLinkedData(str(error).split("\n")[0])


def _canonicalise(dataset: Any) -> str:
    from pyld.canon import URDNA2015  # type: ignore[import-untyped]  # PyLD has no types

    class Distinct(URDNA2015):  # type: ignore[misc]  # PyLD has no types
        """Telling equal blank nodes apart takes time that grows by factorials: a hostile badge could stop us there."""

        def hash_n_degree_quads(self, *_parts: object) -> Any:
            raise Undecidable("two of its parts have no id and say the same")

    return str(Distinct().main(dataset, {"format": "application/n-quads"}))


def _refuse_unsignable(value: Any, ids: set[str], where: str = "the credential") -> None:
    """Refuse what JSON-LD would leave out, and what could be written in another way without a change of meaning."""
    if value is None or value in ([], {}):
        raise NotLinkedData(f"{where} is empty, which no signature covers")
    if isinstance(value, dict):
        _refuse_second_account(value.get("id"), ids)
        for key, inner in value.items():
            if not PLAIN_KEY.match(key):
                raise NotLinkedData(f"{where} has the property {key!r}, which must be a plain name")
            _refuse_unsignable(inner, ids, key)
    for item in value if isinstance(value, list) else ():
        if isinstance(item, list):
            raise NotLinkedData(f"{where} holds a list within a list")
        _refuse_unsignable(item, ids, where)


def _refuse_second_account(id: Any, ids: set[str]) -> None:
    """Refuse two objects of one id: what is signed of it could be moved from where it is read to where it is not."""
    if isinstance(id, str):
        if id in ids:
            raise NotLinkedData(f"the id {id!r} is described twice")
        ids.add(id)


def _refuse_undefined(expanded: Any) -> None:
    for key, value in _pairs(expanded):
        for name in [key, *(item for item in _as_list(value) if isinstance(item, str) and key in ("@type", "@id"))]:
            if name.startswith(UNDEFINED):
                raise NotLinkedData(f"{name[len(UNDEFINED) :]!r} has no meaning in the contexts, so it is not signed")
        if key == "@id" and not ABSOLUTE.match(str(value)):
            raise NotLinkedData(f"the id {value!r} is no absolute address, so it is not signed")
        if key == "@id" and str(value).startswith("_:"):
            raise NotLinkedData(f"the id {value!r} is a blank node's")


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    """Give every key of an expanded document with its value."""
    if isinstance(value, list):
        for item in value:
            yield from _pairs(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from _pairs(inner)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
