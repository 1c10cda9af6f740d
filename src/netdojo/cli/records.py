"""netdojo progress, badge and ledger: what is recorded of a learner, and whether it holds."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netdojo.cli.options import Json
from netdojo.cli.speaking import one_line, say, say_json, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netdojo.cli.documents import Recorded
    from netdojo.credentials import BadgeCheck
    from netdojo.ledger import Verification
    from netdojo.model import Credit, Entry

ledger_app = typer.Typer(no_args_is_help=True, help="The record of what was graded.")
badge_app = typer.Typer(no_args_is_help=True, help="Badges: list yours, and verify one from anybody.")

BadgeFile = Annotated[Path, typer.Argument(help="A badge, as JSON or as a baked PNG.")]
Issuers = Annotated[
    list[str] | None, typer.Option("--issuer", help="A did:key that is trusted beside this machine's own; repeatable.")
]


def recorded() -> tuple[list[Entry], list[Credit], str]:
    """Return the learner's entries, their credits, and the statement of the policy of today."""
    from netdojo import grading
    from netdojo.ledger import Ledger, current_policy
    from netdojo.ledger import credits as credits_of

    entries = Ledger().entries(grading.this_learner().id)
    return entries, credits_of(entries), current_policy(datetime.now(timezone.utc).date()).statement


def progress(*, as_json: Json = False) -> None:
    """Show what you have submitted, the credits that it counts for, and your badges."""
    entries, counted, statement = recorded()
    hours = sum(credit.hours for credit in counted)
    if as_json:
        return say_json(shown(entries, counted, hours, statement).model_dump(mode="json"))
    if not entries:
        say(without_entries())
        return say_badges()
    rows = [row(entry, credit) for entry, credit in zip(entries, counted, strict=True)]
    table("", ["", f"when ({datetime.now().astimezone():%Z})", "lab", "points", "hours"], rows)
    say(f"\n{hours:g} hours ({statement})")
    return say_badges()


def without_entries() -> str:
    """Return what comes first, or, after a ledger was kept aside, where it is and how to go on."""
    from netdojo import places
    from netdojo.ledger import how_to_go_on, kept_aside

    ledger = places.ledger_file()
    if aside := [f"  {file}" for file in kept_aside(ledger)]:
        head = f"Nothing is recorded in {ledger}: a damaged ledger was kept aside."
        return "\n".join([head, *aside, how_to_go_on(ledger)])
    return "Nothing is recorded yet: submit a lab with lab.submit(), or netdojo grade LAB --submission DIR --record"


def say_badges() -> None:
    """Print a line for each badge."""
    for file in badge_files():
        say(f"badge {file}")


def shown(entries: list[Entry], counted: list[Credit], hours: float, statement: str) -> Recorded:
    """Return the record as `--json` prints it."""
    from netdojo import places
    from netdojo.cli.documents import Recorded
    from netdojo.ledger import kept_aside

    return Recorded(
        entries=tuple(entries),
        credits=tuple(counted),
        hours=hours,
        badges=tuple(str(file) for file in badge_files()),
        statement=statement,
        kept_aside=tuple(kept_aside(places.ledger_file())),
    )


def row(entry: Entry, credit: Credit) -> list[str]:
    """Return one line of the progress table; beside no hours stands why."""
    when = entry.recorded.astimezone().strftime("%Y-%m-%d %H:%M")
    points = f"{entry.content.points} of {entry.content.of}"
    hours = f"{credit.hours:g}{f': {credit.reason}' if credit.reason else ''}"
    return [str(entry.position), when, entry.content.lab, points, hours]


def badge_files() -> list[Path]:
    """Return the badges that were issued here, oldest first."""
    from netdojo import places

    return sorted(places.badges().glob("*.png"), key=lambda file: file.stat().st_mtime)


@badge_app.command("list")
def list_badges(*, as_json: Json = False) -> None:
    """List the badges that were issued here."""
    files = [str(file) for file in badge_files()]
    if as_json:
        return say_json(files)
    return say("\n".join(files) or "No badge yet: a badge comes with the first lab that you pass.")


@badge_app.command()
def verify(file: BadgeFile, *, issuer: Issuers = None, as_json: Json = False) -> None:
    """Verify a badge offline, step by step: exit 0 valid, 1 not valid, 2 no such file, 3 cannot be told here."""
    from netdojo.credentials import verify_badge

    found = verify_badge(file, trusted=issuer or ())
    if as_json:
        say_json({**found.model_dump(mode="json"), "valid": found.valid})
    else:
        say("\n".join(told(found)))
    raise typer.Exit(found.exit_code)


def told(found: BadgeCheck) -> Iterator[str]:
    """Yield a line a step, the verdict, and the next step for a badge that is not valid or of which it cannot be told.

    The badge's own words stand after ours, and can begin no line.
    """
    for step in found.steps:
        yield f"{step.outcome.value:<7}  {step.name:<9}  {one_line(step.detail)}"
    yield ""
    name = f"«{one_line(found.name)}»" if found.name else ""
    if found.valid:
        yield f"This badge is valid: {name}."
    else:
        verdict = "This badge is not valid." if found.broken else "Whether this badge is valid cannot be told here."
        yield f"{verdict} It calls itself {name}." if name else verdict
        yield found.help


@ledger_app.command("verify")
def verify_ledger(*, as_json: Json = False) -> None:
    """Check every entry of the ledger and the chain that holds them; nothing is changed by looking."""
    from netdojo import places
    from netdojo.cli.documents import LedgerVerified
    from netdojo.ledger import Ledger, kept_aside

    found, file = Ledger().verify(), places.ledger_file()
    aside = tuple(kept_aside(file))
    if as_json:
        return say_json(LedgerVerified(file=file, kept_aside=aside, **dict(found)).model_dump(mode="json"))
    if not found.count and aside:
        return say(without_entries())
    return say(f"{file}: {held(found)}")


def held(found: Verification) -> str:
    """Return what was found in a ledger that holds."""
    if not found.count:
        return "nothing is recorded yet"
    return f"{found.count} {'entry holds' if found.count == 1 else 'entries hold'}, up to {found.head[:12]}"
