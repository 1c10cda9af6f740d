"""The options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LabSlug = Annotated[str, typer.Argument(metavar="LAB", help="The lab's name: its folder under labs/.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document, for scripts.")]
Folder = Annotated[Path, typer.Option("--submission", help="The folder that holds the notebook.")]
