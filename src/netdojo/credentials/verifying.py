"""Verifying a badge without a network: every step has its own result, and what cannot be told is not called bad."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from netdojo.credentials import multikey, proof
from netdojo.credentials.check import BadgeCheck, Outcome, Step
from netdojo.credentials.issuing_key import own_did
from netdojo.credentials.linked_data import NotLinkedData, Undecidable
from netdojo.credentials.reading import NoCredential, read_credential
from netdojo.credentials.result import result_step
from netdojo.credentials.shape import Misshapen, OtherForm, dates_of, refuse_misshapen
from netdojo.errors import WrongUse

NEEDS_SIGNATURE = "not looked at, since nobody vouches for what it says"


def verify_badge(file: Path, *, trusted: Iterable[str] = (), now: datetime | None = None) -> BadgeCheck:
    """Check the badge in `file` (JSON or baked PNG) and return every step's result; uses no network.

    Its issuer must be this machine's own or one of `trusted` (did:key ids). Where `trusted` is given, any other is
    broken; else it cannot be told here, since whoever made the badge may be known elsewhere. `now` is the time to hold
    it against.
    Raises WrongUse when there is no such file or an id in `trusted` is no did:key. Whoever needs an exception for a
    bad badge calls `.require()` on the result.
    """
    named, own = _named(trusted), own_did()
    try:
        credential = read_credential(file)
        refuse_misshapen(credential)
    except (NoCredential, OtherForm, Misshapen) as error:
        outcome = Outcome.unknown if isinstance(error, OtherForm) else Outcome.broken
        return BadgeCheck(file=file, steps=(Step(name="format", outcome=outcome, detail=str(error)),))
    badge = _Badge(credential, named, own, now or datetime.now(timezone.utc))
    form = Step(name="format", outcome=Outcome.holds, detail="it is an Open Badges 3.0 credential")
    return BadgeCheck(
        file=file, steps=(form, *badge.steps()), name=badge.name, id=credential["id"], issuer=badge.issuer
    )


@dataclass(frozen=True)
class _Badge:
    """A well-formed credential, and what it is held against."""

    credential: dict[str, Any]
    named: tuple[str, ...]
    own: str | None
    now: datetime

    @property
    def issuer(self) -> str:
        issuer = self.credential["issuer"]
        return str(issuer["id"] if isinstance(issuer, dict) else issuer)

    @property
    def name(self) -> str:
        return str(self.credential["credentialSubject"]["achievement"]["name"])

    def steps(self) -> Iterator[Step]:
        """Give the steps after the format; those about what it says are asked only of a signed badge."""
        signature = _step("signature", self._signature)
        yield signature
        for name, ask in (("issuer", self._issuer), ("dates", self._dates), ("result", self._result)):
            if signature.outcome is Outcome.holds:
                yield _step(name, ask)
            else:
                yield Step(name=name, outcome=Outcome.skipped, detail=NEEDS_SIGNATURE)
        if "credentialStatus" in self.credential:
            yield Step(name="status", outcome=Outcome.unknown, detail="whether it was revoked takes a network to tell")

    def _signature(self) -> tuple[Outcome, str]:
        method = str(self.credential["proof"]["verificationMethod"])
        did = method.partition("#")[0]
        if did != self.issuer:
            return Outcome.broken, f"its key is {did}'s, its issuer is {self.issuer}"
        try:
            public = multikey.from_did(did)
        except ValueError as error:
            return Outcome.unknown, f"the key {method} cannot be read here: {error}"
        if method != multikey.method_of(did):
            return Outcome.broken, f"the key must be named {multikey.method_of(did)} (got {method})"
        if not proof.holds(self.credential, public):
            return Outcome.broken, "the badge was altered after it was signed, or signed with another key than it names"
        return Outcome.holds, f"signed by {did}, over every property"

    def _issuer(self) -> tuple[Outcome, str]:
        if self.issuer == self.own or self.issuer in self.named:
            return Outcome.holds, "its key is trusted here"
        if self.named:
            return Outcome.broken, f"signed by another key than {' or '.join(self.named)} (got {self.issuer})"
        known = f"its key is not this machine's own ({self.own})" if self.own else "no issuer is known here"
        return Outcome.unknown, f"{known}; if {self.issuer} is the one you trust, name it with --issuer"

    def _dates(self) -> tuple[Outcome, str]:
        dates = dates_of(self.credential)
        begins, ends = dates["validFrom"], dates.get("validUntil")
        started, finished = dates.get("activityStartDate"), dates.get("activityEndDate")
        if ends and ends <= begins:
            return Outcome.broken, f"it ends ({ends:%Y-%m-%d}) before it begins ({begins:%Y-%m-%d})"
        if started and finished and finished < started:
            return Outcome.broken, "the activity ended before it started"
        if self.now < begins:
            return Outcome.broken, f"it is not valid before {begins:%Y-%m-%d %H:%M:%S} UTC"
        ended = min((end for end in (ends, dates.get("proof.expires")) if end), default=None)
        if ended and self.now >= ended:
            return Outcome.broken, f"it expired at {ended:%Y-%m-%d %H:%M:%S} UTC"
        return Outcome.holds, f"valid from {begins:%Y-%m-%d}" + (f" until {ended:%Y-%m-%d}" if ended else "")

    def _result(self) -> tuple[Outcome, str]:
        return result_step(self.credential["credentialSubject"])


def _step(name: str, ask: Callable[[], tuple[Outcome, str]]) -> Step:
    try:
        outcome, detail = ask()
    except Undecidable as error:
        outcome, detail = Outcome.unknown, str(error)
    except (NotLinkedData, Misshapen) as error:
        outcome, detail = Outcome.broken, str(error)
    return Step(name=name, outcome=outcome, detail=detail)


def _named(trusted: Iterable[str]) -> tuple[str, ...]:
    """Return `trusted`; raises WrongUse for what is no did:key."""
    named = tuple(dict.fromkeys(trusted))
    for did in named:
        try:
            multikey.from_did(did)
        except ValueError as error:
            raise WrongUse(
                f"an issuer must be named by its did:key:z6Mk… (got {did!r}: {error})",
                help="it is the issuer's id in a badge that you know to be good",
            ) from error
    return named
