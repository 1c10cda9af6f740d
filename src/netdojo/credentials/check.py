"""What verifying a badge found, step by step."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from netdojo.errors import BadgeInvalid, BadgeUndecided
from netdojo.model import Noun

AS_ISSUED = "Ask for the file as it was issued: its holder or its issuer has it."
NEXT = {
    ("format", "broken"): AS_ISSUED,
    ("format", "unknown"): "Ask its issuer how badges of this form are verified.",
    ("signature", "broken"): AS_ISSUED,
    ("signature", "unknown"): "Ask its issuer for a badge that is signed with eddsa-rdfc-2022.",
    ("issuer", "broken"): "Ask its holder for the badge of an issuer whom you trust.",
    ("issuer", "unknown"): "Ask its issuer whether this key is theirs.",
    ("dates", "broken"): "Ask its holder or its issuer for one that is valid now.",
    ("result", "broken"): "Ask its holder for a badge whose result is enough.",
    ("result", "unknown"): "Ask its issuer what was achieved.",
    ("status", "unknown"): "Ask its issuer whether it was revoked.",
}
"""What to do next where a step, by its name, has ended so."""


class Outcome(str, Enum):
    """How a step ended. `unknown` is not `broken`: it cannot be told here; `skipped` waits for another step."""

    holds = "holds"
    broken = "broken"
    unknown = "unknown"
    skipped = "skipped"


class Step(Noun):
    """One thing that was checked, and what was found, in words for the person who asked."""

    name: str
    outcome: Outcome
    detail: str


class BadgeCheck(Noun):
    """Every step of a verification, in order. `name`, `id` and `issuer` are the badge's, "" when it cannot be read."""

    file: Path
    steps: tuple[Step, ...]
    name: str = ""
    id: str = ""
    issuer: str = ""

    @property
    def valid(self) -> bool:
        """Whether every step holds."""
        return all(step.outcome is Outcome.holds for step in self.steps)

    @property
    def broken(self) -> bool:
        """Whether the badge is known to be bad; when neither valid nor broken, it cannot be told here."""
        return any(step.outcome is Outcome.broken for step in self.steps)

    @property
    def help(self) -> str:
        """The next step where the badge is not valid, or where it cannot be told; "" where it is."""
        decisive = Outcome.broken if self.broken else Outcome.unknown
        decided = (step.name for step in self.steps if step.outcome is decisive)
        return next((NEXT.get((name, decisive.value), AS_ISSUED) for name in decided), "")

    @property
    def exit_code(self) -> int:
        """0 valid, 1 not valid, 3 cannot be told."""
        return 0 if self.valid else 1 if self.broken else 3

    def require(self) -> None:
        """Raise BadgeInvalid when a step is broken, BadgeUndecided when one cannot be told; else nothing."""
        for outcome, error in ((Outcome.broken, BadgeInvalid), (Outcome.unknown, BadgeUndecided)):
            for step in self.steps:
                if step.outcome is outcome:
                    verdict = "is not valid" if error is BadgeInvalid else "cannot be verified here"
                    raise error(f"{self.file.name} {verdict}: {step.name}: {step.detail}", help=self.help)
