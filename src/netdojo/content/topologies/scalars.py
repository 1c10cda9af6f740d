"""The kinds of values that a containerlab file has, and what is said of one that is of another kind or unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from netdojo.clab_yaml import Mapping, Scalar, Sequence, number_of
from netdojo.model import StageName


def text(value: Any) -> str:
    """Return a scalar as it was written; nothing is the empty text."""
    if isinstance(value, (Mapping, Sequence)):
        raise PydanticCustomError("string_type", "text")
    made = "" if value is None else str(value)
    try:
        made.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("said", "must be text of Unicode's characters") from None
    return made


def whole(value: Any) -> int:
    """Return a whole number; a fraction is cut off, as containerlab does."""
    found = number_of(value)
    if found is None or abs(found) >= 1 << 63:
        raise PydanticCustomError("int_type", "a whole number")
    return int(found)


def number(value: Any) -> float:
    found = number_of(value)
    if found is None:
        raise PydanticCustomError("said", "must be a number")
    return float(found)


def switch(value: Any) -> bool:
    if isinstance(value, Scalar) and value.kind in {"true", "false"}:
        return value.kind == "true"
    raise PydanticCustomError("said", "must be true or false")


def anything(value: Any) -> Any:
    """Return a part of the file as it is; netdojo passes it over."""
    return value


Text = Annotated[str, BeforeValidator(text), WithJsonSchema({"type": ["string", "number", "boolean", "null"]})]
Whole = Annotated[int, BeforeValidator(whole)]
Number = Annotated[float, BeforeValidator(number)]
Switch = Annotated[bool, BeforeValidator(switch), WithJsonSchema({"enum": [True, False, "yes", "no", "on", "off"]})]
Anything = Annotated[Any, BeforeValidator(anything)]


def one_of(words: tuple[str, ...]) -> Callable[[Any], str]:
    """Return what reads one of `words`."""

    def read(value: Any) -> str:
        word = text(value).strip().lower()
        if word not in words:
            raise PydanticCustomError("said", "must be one of {words}", {"words": ", ".join(words)})
        return word

    return read


STAGES = tuple(stage.value for stage in StageName)
LINK_TYPES = ("veth", "mgmt-net", "macvlan", "host", "vxlan", "vxlan-stitch", "dummy", "brief")
TARGETS = ("container", "host")
PHASES = ("on-enter", "on-exit")
StageWord = Annotated[str, BeforeValidator(one_of(STAGES)), WithJsonSchema({"enum": list(STAGES)})]
LinkType = Annotated[str, BeforeValidator(one_of(LINK_TYPES))]
Target = Annotated[str, BeforeValidator(one_of(TARGETS)), WithJsonSchema({"enum": list(TARGETS)})]
Phase = Annotated[str, BeforeValidator(one_of(PHASES)), WithJsonSchema({"enum": list(PHASES)})]


def hyphenated(name: str) -> str:
    return name.replace("_", "-")


class Strict(BaseModel):
    """A part of a containerlab file. A key with nothing behind it is a key that is not given."""

    model_config = ConfigDict(extra="forbid", alias_generator=hyphenated)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Let each key that need not be given be given with nothing behind it as well."""
        made = handler.resolve_ref_schema(handler(core))
        for name, held in made["properties"].items():
            if name not in made.get("required", ()) and {"type": "null"} not in held.get("anyOf", ()):
                described = {key: held.pop(key) for key in ("title", "default", "description") if key in held}
                made["properties"][name] = {**described, "anyOf": [*held.pop("anyOf", [held]), {"type": "null"}]}
        return made

    @model_validator(mode="before")
    @classmethod
    def leave_out_what_is_empty(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        known = {field.alias for field in cls.model_fields.values()}
        return {key: value for key, value in given.items() if value is not None or key not in known}
