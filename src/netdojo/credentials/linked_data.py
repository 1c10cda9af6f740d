"""A credential as the set of statements that is signed: JSON-LD with contexts at hand, and nothing left out in silence."""

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
"""Stands where a term has no meaning, so that it is seen; without it JSON-LD drops such a term, and it is not signed."""
ABSOLUTE = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$")
ONE_AT_A_TIME = Lock()
"""PyLD keeps contexts in caches that are not safe between threads."""


class NotLinkedData(ValueError):
    """The document says something that its contexts give no meaning, and that a signature would not cover."""


class UnknownContext(ValueError):
    """A context that is not at hand: what the document says cannot be told."""


def canonical(document: dict[str, Any]) -> str:
    """Return the canonical N-Quads (RDFC-1.0, SHA-256) of `document`.

    Raises UnknownContext for a context that is not kept here, NotLinkedData when anything in the document would be
    left out of the statements, or when it has parts that cannot be told apart.
    """
    from pyld import jsonld  # type: ignore[import-untyped]  # PyLD has no types

    _refuse_unsignable(document, top=True)
    watched = {**document, "@context": [{"@vocab": UNDEFINED}, *_as_list(document.get("@context"))]}
    options = {"documentLoader": _load_document, "processingMode": "json-ld-1.1"}
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
    from ruamel.yaml import YAML

    sources = YAML(typ="safe", pure=True).load((CONTEXTS / "SOURCES.yml").read_text("utf-8"))
    return {source["url"]: _published(CONTEXTS / source["file"], source["sha256"]) for source in sources}


def _published(file: Path, sha256: str) -> Any:
    text = file.read_bytes()
    if hashlib.sha256(text).hexdigest() != sha256:
        raise RuntimeError(f"{file} is not the published context; reinstall netdojo")
    return json.loads(text)


def _load_document(url: str, options: object) -> dict[str, Any]:
    """Serve the contexts that are kept here, and nothing else: no network, whatever a document asks for."""
    if url not in _contexts():
        raise UnknownContext(url)
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": _contexts()[url]}


def _cause(error: BaseException) -> ValueError:
    """Return what lies beneath PyLD's nested errors."""
    inner: BaseException | None = error
    while inner:
        if isinstance(inner, (UnknownContext, NotLinkedData)):
            return inner
        inner = getattr(inner, "cause", None) or inner.__cause__
    return NotLinkedData(str(error).split("\n")[0])


def _canonicalise(dataset: Any) -> str:
    from pyld.canon import URDNA2015  # type: ignore[import-untyped]  # PyLD has no types

    class Distinct(URDNA2015):  # type: ignore[misc]  # PyLD has no types
        """Telling equal blank nodes apart takes time that grows by factorials: a hostile badge could stop us there."""

        def hash_n_degree_quads(self, id_: str, issuer: object) -> Any:
            raise NotLinkedData("two of its parts say the same and have no id, so that they cannot be told apart")

    return str(Distinct().main(dataset, {"format": "application/n-quads"}))


def _refuse_unsignable(value: Any, *, top: bool = False, where: str = "") -> None:
    """Refuse what JSON-LD would leave out, or read in another way than it looks."""
    if value is None or value in ([], {}):
        raise NotLinkedData(f"{where} is empty, which nothing can be signed of")
    if isinstance(value, list):
        for item in value:
            if isinstance(item, list):
                raise NotLinkedData(f"{where} holds a list within a list")
            _refuse_unsignable(item, where=where)
    if isinstance(value, dict):
        for key, inner in value.items():
            if key.startswith("@") and not (top and key == "@context"):
                raise NotLinkedData(f"{where or 'the credential'} has the keyword {key!r}")
            if key != "@context":
                _refuse_unsignable(inner, where=f"{where}.{key}".lstrip("."))


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
