"""Draws the table of containerlab's keys, and what becomes of each in either runtime, into the reference page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from netdojo import page_parts
from netdojo.cli.speaking import say
from netdojo.content.topologies.impairments import LABELS
from netdojo.content.topologies.scalars import LINK_TYPES, STAGES
from netdojo.content.topologies.sections import ClabFile, NodeSection
from netdojo.runtimes.containerlab.keys import OURS
from netdojo.runtimes.namespaces.keys import KEYS

OTHER_KINDS = {
    "node.components",
    "node.enforce-startup-config",
    "node.extras",
    "node.license",
    "node.startup-config",
    "node.suppress-startup-config",
    "node.type",
}
"""Keys that containerlab honours for other kinds than linux alone."""


def groups() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield (heading, [(what stands in the file, its name in KEYS)]) for every key of the format."""
    fields = [str(field.alias) for field in ClabFile.model_fields.values()]
    yield "The file", [(key, key) for key in fields if key != "topology"]
    keys = [str(field.alias) for field in NodeSection.model_fields.values()]
    yield "A node, in `nodes`, `groups`, `kinds` and `defaults`", [(key, f"node.{key}") for key in keys]
    yield "A node's `stages`", [(stage, f"stage.{stage}") for stage in STAGES]
    others = [f"type: {kind}" for kind in LINK_TYPES if kind not in {"brief", "veth"}]
    links = ["endpoints", "mac", "mtu", "labels", "vars", *others]
    yield "A link", [(key, f"link.{key.removeprefix('type: ')}") for key in links]
    yield "A cable's `labels`; each holds for both of its directions", [(key, f"label.{key}") for key in LABELS]


def tables() -> str:
    """Return the tables in Markdown; raises KeyError when a key has no answer in this runtime."""
    lines = []
    for heading, keys in groups():
        lines += ["", f"### {heading}", "", "| key | namespaces | containerlab |", "| --- | --- | --- |"]
        for key, name in keys:
            there = OURS.get(name, "honoured by other kinds than linux" if name in OTHER_KINDS else "honoured")
            lines.append(f"| `{key}` | {KEYS[name].does}: {KEYS[name].why} | {there} |")
    return "\n".join(lines[1:])


def drawn(page: str) -> str:
    """Return `page` with the tables of now; raises ValueError when it has no place for them."""
    return page_parts.filled(page, "keys", tables())


def main() -> int:
    """Write the tables into the page, or with --check say whether they are stale and return 1."""
    asked = argparse.ArgumentParser(prog="python -m netdojo.cli.topology_keys", description=__doc__)
    asked.add_argument("page", type=Path)
    asked.add_argument("--check", action="store_true", help="Change nothing; exit 1 when the tables are stale.")
    given = asked.parse_args()
    page = given.page.read_text(encoding="utf-8")
    if not given.check:
        given.page.write_text(drawn(page), encoding="utf-8")
        return 0
    if page == drawn(page):
        return 0
    say(f"{given.page}: must be as the runtimes say it; run: make schemas")
    return 1


if __name__ == "__main__":
    sys.exit(main())
