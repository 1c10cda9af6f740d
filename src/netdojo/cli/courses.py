"""netdojo course …: what the course holds, and building its lessons."""

from __future__ import annotations

import typer

from netdojo.cli.options import Json
from netdojo.cli.speaking import progress, say, say_json

app = typer.Typer(no_args_is_help=True, help="The course: its modules, lessons and labs.")


@app.command("list")
def list_course(*, as_json: Json = False) -> None:
    """List the modules, their lessons, and the labs with minutes, points and fidelity."""
    from netdojo.content import find_course

    course = find_course()
    if as_json:
        return say_json(
            {
                "title": course.title,
                "modules": [
                    {"slug": m.slug, "title": m.manifest.title, "lessons": [lesson.title for lesson in m.lessons]}
                    for m in course.modules
                ],
                "labs": [
                    {"slug": lab.slug, "points": lab.points, **lab.manifest.model_dump(mode="json")}
                    for lab in course.labs
                ],
            }
        )
    say(course.title)
    for module in course.modules:
        say(f"\n{module.manifest.title}: {module.manifest.summary}")
        for lesson in module.lessons:
            say(f"  lesson  {lesson.title}")
        for lab in (one for one in course.labs if one.manifest.module == module.slug):
            facts = f"{lab.manifest.minutes} min, {lab.points} points, {lab.manifest.fidelity.value}"
            say(f"  lab     {lab.slug}: {lab.title} ({facts})")
    return None


@app.command()
def build() -> None:
    """Build the lessons as a site."""
    from netdojo.cli.building import build_site
    from netdojo.content import find_course

    with progress("Building the lessons"):
        folder = build_site(find_course().folder)
    say(f"built {folder}")
