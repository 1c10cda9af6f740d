"""Reads YAML into nouns, and tells every fault of a file at once: its path, what must be, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from netdojo.errors import InvalidFiles, Problem, suggestion

Found = TypeVar("Found", bound=BaseModel)
Location = tuple["int | str", ...]
LONGEST_SHOWN = 60
"""Characters of a found value that an error shows."""


def read_yaml(file: Path, shown: str) -> Mapping[str, Any]:
    """Return the mapping that `file` holds; raises InvalidFiles when it is absent, no YAML, or no mapping.

    `shown` is the file's name in errors, relative to the course.
    """
    try:
        held = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InvalidFiles([Problem(shown, "", "must be there")]) from None
    except DuplicateKeyError as error:
        raise InvalidFiles([Problem(shown, at(error), f"must name each key once ({error.problem})")]) from None
    except MarkedYAMLError as error:
        raise InvalidFiles([Problem(shown, at(error), f"must be YAML ({error.problem or error.context})")]) from None
    except (YAMLError, UnicodeDecodeError, ValueError) as error:
        raise InvalidFiles([Problem(shown, "", f"must be YAML ({str(error).splitlines()[0]})")]) from None
    if not isinstance(held, Mapping):
        raise InvalidFiles([Problem(shown, "", f"must be a mapping of keys (got {kind_of(held)})")])
    return held


def at(error: MarkedYAMLError) -> str:
    """Return "line N" of a YAML error."""
    mark = error.problem_mark or error.context_mark
    return f"line {mark.line + 1}" if mark else ""


def parse(held: Mapping[str, Any], noun: type[Found], shown: str) -> Found:
    """Return `held` as a `noun`; raises InvalidFiles with a problem for each field that does not fit."""
    try:
        return noun.model_validate(held)
    except ValidationError as error:
        raise InvalidFiles(problems(error, noun, shown)) from None


def problems(
    error: ValidationError, noun: type[BaseModel], shown: str, line_of: Callable[[Location], int] | None = None
) -> Iterator[Problem]:
    """Put pydantic's errors into the house's words, in the order of the file's fields; `line_of` gives their lines."""
    details = error.errors(include_url=False)
    deeper = {detail["loc"][: len(detail["loc"]) - drop] for detail in details for drop in range(1, len(detail["loc"]))}
    for detail in details:
        if detail["type"] == "too_short" and detail["loc"] in deeper:
            continue
        location = plain(detail["loc"])
        where = f"{shown}:{line_of(location)}" if line_of else shown
        yield Problem(where, field_of(location), must_be(detail), hint(detail, noun))


def plain(location: Location) -> Location:
    """Return a location of pydantic's without the parts that are not in the file: "[key]", or the form of a union."""
    return tuple(part for part in location if not str(part).startswith("["))


def field_of(location: Location) -> str:
    """Return `tasks[1].needs` for ("tasks", 1, "needs")."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")


def must_be(detail: ErrorDetails) -> str:
    """Return "must be … (got …)" for one of pydantic's errors, and for one of ours what it says itself."""
    context = detail.get("ctx", {})
    wanted = {
        "missing": "must be given",
        "said": detail["msg"],
        "extra_forbidden": "must not be there: no such key",
        "int_parsing": "must be a whole number",
        "int_type": "must be a whole number",
        "int_from_float": "must be a whole number",
        "string_type": "must be text",
        "tuple_type": "must be a list",
        "list_type": "must be a list",
        "dict_type": "must be a mapping of keys",
        "model_type": "must be a mapping of keys",
        "enum": f"must be {context.get('expected', 'one of the known values')}",
        "greater_than": f"must be greater than {context.get('gt')}",
        "less_than_equal": f"must be at most {context.get('le')}",
        "literal_error": f"must be {context.get('expected')}",
        "too_short": f"must have at least {context.get('min_length')} of them",
        "string_too_short": "must not be empty",
        "string_pattern_mismatch": "must be lower case letters, digits and single hyphens",
    }.get(detail["type"], f"must be right: {detail['msg']}")
    return wanted if detail["type"] == "missing" else f"{wanted} (got {shown_value(detail['input'])})"


def shown_value(value: Any) -> str:
    """Return a value as it may stand in an error, cut to a readable length."""
    kind = kind_of(value) if value else kind_of(value).replace("a ", "an empty ", 1)
    text = kind if isinstance(value, (Mapping, list)) else repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def kind_of(value: Any) -> str:
    """Return what a YAML value is, in a word."""
    names: tuple[tuple[type, str], ...] = (
        (dict, "a mapping"),
        (list, "a list"),
        (str, "text"),
        (type(None), "nothing"),
        (bool, "true or false"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), type(value).__name__)


def hint(detail: ErrorDetails, noun: type[BaseModel]) -> str:
    """Suggest the near key for an unknown one."""
    if detail["type"] != "extra_forbidden":
        return ""
    return suggestion(str(detail["loc"][-1]), known_keys(noun, detail["loc"][:-1]), "key")


def known_keys(noun: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """Return the keys that are allowed at `location`; where there are several forms, a part names one: "[veth]"."""
    annotation: Any = noun
    for part in location:
        fields = {field.alias or name: field for name, field in noun.model_fields.items()}
        if isinstance(part, str) and part in fields:
            annotation = fields[part].annotation
        elif str(part).startswith("["):
            annotation = tagged(annotation, str(part)) or annotation
        inner = [kind for kind in nested(annotation) if issubclass(kind, BaseModel)]
        noun = inner[0] if inner else noun
    return [field.alias or name for name, field in noun.model_fields.items()]


def tagged(annotation: Any, tag: str) -> Any:
    """Return the form of a union that carries `tag`, or None."""
    if Tag(tag) in getattr(annotation, "__metadata__", ()):
        return annotation
    found = (tagged(inner, tag) for inner in getattr(annotation, "__args__", ()))
    return next((one for one in found if one is not None), None)


def nested(annotation: Any) -> Iterator[type]:
    """Yield the classes that a type annotation is made of."""
    arguments = getattr(annotation, "__args__", ())
    if isinstance(annotation, type) and not arguments:
        yield annotation
    for argument in arguments:
        yield from nested(argument)
