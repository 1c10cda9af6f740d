"""netdojo image …: the node images of the course, as docker has them for the containerlab runtime."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from netdojo.cli.options import Json
from netdojo.cli.speaking import progress, say, say_json, table

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer(no_args_is_help=True, help="Build the node images for the containerlab runtime, and list them.")


def images_folder() -> Path:
    """Return the folder of the course's images."""
    from netdojo.content import find_course

    return find_course().folder / "topologies" / "images"


@app.command()
def build(
    names: Annotated[list[str] | None, typer.Argument(help="The images; all when left out.", metavar="[NAME]…")] = None,
) -> None:
    """Build images with docker; one whose files have not changed is not built again."""
    from netdojo.model import Progress
    from netdojo.runtimes.containerlab import images

    for image in images.named(images_folder(), names or []):
        began = time.monotonic()
        built = False
        with progress(f"Building {image.tag}") as tell:
            for step in images.build(image):
                built = True
                elapsed = time.monotonic() - began
                tell(Progress(phase=step.line, done=step.number, total=step.of, elapsed=elapsed))
        say(
            f"{image.tag}: " + (f"built in {time.monotonic() - began:.1f} s" if built else "is there, from these files")
        )


@app.command("list")
def list_images(*, as_json: Json = False) -> None:
    """List the course's images, and what docker has of them."""
    from netdojo.cli.documents import ImageListed
    from netdojo.runtimes.containerlab import images

    found = [images.known(image) for image in images.images(images_folder())]
    if as_json:
        listed = [ImageListed(name=one.name, tag=one.tag, state=one.state, size=one.size) for one in found]
        say_json([one.model_dump() for one in listed])
    else:
        rows = [[one.name, one.tag, one.state, f"{one.size / 1e6:.0f} MB" if one.size else ""] for one in found]
        table("", ["image", "tag", "docker", "size"], rows)
