"""netdojo progress, badge and ledger: what is recorded of a learner, and whether it holds."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from netdojo.cli.options import Json
from netdojo.cli.speaking import say, say_json, table

if TYPE_CHECKING:
    from netdojo.model import Credit, Entry

ledger_app = typer.Typer(no_args_is_help=True, help="The record of what was graded.")
badge_app = typer.Typer(no_args_is_help=True, help="Badges: list yours, and verify one from anybody.")

BadgeFile = Annotated[Path, typer.Argument(help="A badge, as JSON or as a baked PNG.")]
Issuers = Annotated[
    list[str] | None, typer.Option("--issuer", help="A did:key that is trusted beside this machine's own; repeatable.")
]


def recorded() -> tuple[list[Entry], list[Credit], str]:
    """Return the learner's entries, their credits, and the policy's statement."""
    from netdojo import grading
    from netdojo.ledger import Ledger, current_policy
    from netdojo.ledger import credits as credits_of

    entries = Ledger().entries(grading.this_learner().id)
    policy = current_policy(datetime.now(timezone.utc).date())
    return entries, credits_of(entries, policy), policy.statement


def progress(*, as_json: Json = False) -> None:
    """Show what you have submitted, the credits that it counts for, and your badges."""
    entries, counted, statement = recorded()
    if as_json:
        return say_json(
            {
                "entries": [entry.model_dump(mode="json") for entry in entries],
                "credits": [credit.model_dump(mode="json") for credit in counted],
                "hours": sum(credit.hours for credit in counted),
                "badges": [str(file) for file in badge_files()],
                "statement": statement,
            }
        )
    if not entries:
        return say(
            "Nothing is recorded yet: submit a lab with lab.submit(), or netdojo grade LAB --submission DIR --record"
        )
    rows = [row(entry, credit) for entry, credit in zip(entries, counted, strict=True)]
    table("", ["entry", "when", "lab", "result", "hours", ""], rows)
    say(f"\n{sum(credit.hours for credit in counted):g} hours ({statement})")
    for file in badge_files():
        say(f"badge {file}")
    return None


def row(entry: Entry, credit: Credit) -> list[str]:
    """Return one line of the progress table."""
    when = entry.recorded.astimezone().strftime("%Y-%m-%d %H:%M %Z")
    result = f"{entry.content.points} of {entry.content.of}{', passed' if entry.content.passed else ''}"
    return [str(entry.position), when, entry.content.lab, result, f"{credit.hours:g}", credit.reason]


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
        table("", ["", "step", "found"], [[step.outcome.value, step.name, step.detail] for step in found.steps])
        verdict = "valid" if found.valid else "not valid" if found.broken else "cannot be verified here"
        say(f"{found.name or file.name}: {verdict}")
    raise typer.Exit(found.exit_code)


@ledger_app.command("verify")
def verify_ledger(*, as_json: Json = False) -> None:
    """Check every entry of the ledger and the chain that holds them; nothing is changed by looking."""
    from netdojo import places
    from netdojo.ledger import Ledger

    found = Ledger().verify()
    if as_json:
        shown: dict[str, Any] = {"file": str(places.ledger_file()), **found.model_dump(mode="json")}
        return say_json(shown)
    return say(f"{places.ledger_file()}: {found.count} entries hold, up to {found.head[:12]}")
