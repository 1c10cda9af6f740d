"""Draws the JSON Schemas of the files that people write and of what `--json` prints from the models, into a folder."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from netdojo.cli.documents import (
    CourseListed,
    ImageListed,
    LedgerVerified,
    NetworkStatus,
    NotebookOpened,
    Recorded,
    TopologyChecked,
)
from netdojo.cli.speaking import say
from netdojo.content.topologies import ClabFile
from netdojo.credentials import BadgeCheck
from netdojo.grading import Proof
from netdojo.grading.states import MutantManifest
from netdojo.grading.writers import DRAWN
from netdojo.model import (
    Capture,
    Changes,
    Fault,
    LabManifest,
    ModuleManifest,
    NetworkDetail,
    NetworkListed,
    Objectives,
    Policy,
    Report,
    Saved,
    TaskReport,
)
from netdojo.runtimes.needs import Need

WRITTEN: dict[str, tuple[str, Any]] = {
    "lab": ("labs/<slug>/lab.yml", LabManifest),
    "module": ("modules/<slug>/module.yml", ModuleManifest),
    "mutant": ("graders/<slug>/mutants/<name>/mutant.yml", MutantManifest),
    "objectives": ("modules/objectives.yml", Objectives),
    "policy": ("a policy for credits", Policy),
    "topology": ("topologies/<name>/<name>.clab.yml, as far as netdojo reads containerlab's format", ClabFile),
}
"""A schema's name → the files that people write in its form, and their noun."""
PRINTED: dict[str, tuple[Any, tuple[str, ...]]] = {
    "badge list": (tuple[str, ...], ()),
    "badge verify": (BadgeCheck, ("valid",)),
    "course list": (CourseListed, ()),
    "doctor": (tuple[Need, ...], ()),
    "grade": (Report, DRAWN),
    "image list": (tuple[ImageListed, ...], ()),
    "lab capture": (Capture, ()),
    "lab check": (tuple[TaskReport, ...], ()),
    "lab deploy": (NetworkStatus, ()),
    "lab diff": (Changes, ()),
    "lab fault": (Fault, ()),
    "lab faults": (tuple[Fault, ...], ()),
    "lab inspect": (NetworkDetail, ()),
    "lab lift": (tuple[Fault, ...], ()),
    "lab list": (tuple[NetworkListed, ...], ()),
    "lab open": (NotebookOpened, ()),
    "lab prove": (Proof, ()),
    "lab reset": (NetworkStatus, ()),
    "lab restore": (NetworkStatus, ()),
    "lab save": (Saved, ()),
    "lab status": (NetworkStatus, ()),
    "ledger verify": (LedgerVerified, ()),
    "progress": (Recorded, ()),
    "topology check": (tuple[TopologyChecked, ...], ()),
    "topology deploy": (NetworkStatus, ()),
}
"""A command → what it prints as JSON, and the properties that are printed beside the noun's own fields."""


def schemas() -> Iterator[tuple[str, str]]:
    """Yield (file name, text) of each schema."""
    for name, (title, noun) in WRITTEN.items():
        yield f"{name}.json", text_of(TypeAdapter(noun).json_schema(), title)
    for command, (noun, drawn) in PRINTED.items():
        how = "--format json" if command == "grade" else "--json"
        schema = TypeAdapter(noun).json_schema(mode="serialization")
        for name in drawn:
            schema["properties"][name] = TypeAdapter(type_of(noun, name)).json_schema()
            schema["required"].append(name)
        yield f"{command.replace(' ', '-')}.json", text_of(schema, f"netdojo {command} {how}")


def type_of(noun: type, name: str) -> Any:
    """Return what the property `name` of a noun gives."""
    return get_type_hints(getattr(noun, name).fget)["return"]


def text_of(schema: JsonSchemaValue, title: str) -> str:
    """Return a schema as it is committed."""
    held = {"$schema": GenerateJsonSchema.schema_dialect, **schema, "title": title}
    return json.dumps(held, indent=2, ensure_ascii=False) + "\n"


def stale(folder: Path) -> list[str]:
    """Return the names of the files in `folder` that are not, or no longer, what the models say."""
    wanted = dict(schemas())
    found = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.json")}
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def write(folder: Path) -> None:
    """Write every schema into `folder`, and take away what is none any more."""
    folder.mkdir(exist_ok=True)
    wanted = dict(schemas())
    for file in folder.glob("*.json"):
        if file.name not in wanted:
            file.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def main() -> int:
    """Write the schemas, or with --check name those that are stale and return 1."""
    asked = argparse.ArgumentParser(prog="python -m netdojo.cli.schemas", description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--check", action="store_true", help="Change nothing; exit 1 when a schema is stale.")
    given = asked.parse_args()
    if not given.check:
        write(given.folder)
        return 0
    old = stale(given.folder)
    for name in old:
        say(f"{given.folder / name}: must be as the models say it; run: make schemas")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
