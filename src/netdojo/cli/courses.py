"""netdojo course …: what the course holds, and building its lessons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from netdojo.cli.options import Json
from netdojo.cli.speaking import progress, say, say_json

if TYPE_CHECKING:
    from netdojo.cli.documents import CourseListed
    from netdojo.model import Course

app = typer.Typer(no_args_is_help=True, help="The course: its modules, lessons and labs.")


@app.command("list")
def list_course(*, as_json: Json = False) -> None:
    """List the modules, their lessons, and the labs with minutes, points and fidelity."""
    from netdojo.content import find_course

    course = find_course()
    if as_json:
        return say_json(listed(course).model_dump(mode="json"))
    say(course.title)
    for module in course.modules:
        say(f"\n{module.manifest.title}: {module.manifest.summary}")
        for lesson in module.lessons:
            say(f"  lesson  {lesson.title}")
        for lab in (one for one in course.labs if one.manifest.module == module.slug):
            facts = f"{lab.manifest.minutes} min, {lab.points} points, {lab.manifest.fidelity.value}"
            say(f"  lab     {lab.slug}: {lab.title} ({facts})")
    return None


def listed(course: Course) -> CourseListed:
    """Return the course as `--json` prints it."""
    from netdojo.cli.documents import CourseListed, LabListed, ModuleListed

    return CourseListed(
        title=course.title,
        objectives=course.objectives,
        modules=tuple(
            ModuleListed(slug=m.slug, title=m.manifest.title, lessons=tuple(lesson.title for lesson in m.lessons))
            for m in course.modules
        ),
        labs=tuple(LabListed(slug=lab.slug, points=lab.points, **dict(lab.manifest)) for lab in course.labs),
    )


@app.command()
def build() -> None:
    """Build the lessons as a site."""
    from netdojo.cli.building import build_site
    from netdojo.content import find_course

    with progress("Building the lessons"):
        folder = build_site(find_course().folder)
    say(f"built {folder}")
