"""Issuing: what a badge says, the two files that it is kept in, and what other verifiers say of it."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft201909Validator  # type: ignore[import-untyped]  # its types are a package of their own
from openbadgeslib.ob3 import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError
from PIL import Image

from netdojo.credentials import achievement, issue_badge, issuer, kept_badges
from netdojo.credentials.baking import KEYWORD, NotBaked, bake, unbake
from netdojo.credentials.drawing import draw
from netdojo.errors import WrongUse
from netdojo.model import DISCLAIMER, Badge, Entry, Lab, Learner

SCHEMA = Path(__file__).parent / "vectors" / "ob_v3p0_achievementcredential_schema.json"
ADA = Learner(id="ada", name="Ada Lovelace")


def test_badge_says_what_was_achieved(badge: Badge) -> None:
    """The result, the hours, the date and the evidence are those of the entry, and no more is claimed than was done."""
    said, subject = badge.credential, badge.credential["credentialSubject"]

    assert "2026-03-01T09:05:00Z" == said["awardedDate"]
    assert not {"activityStartDate", "activityEndDate"} & {*subject}, "how long it was worked on is not known"
    assert (0.75, 0.75) == (subject["creditsEarned"], subject["achievement"]["creditsAvailable"])
    assert "10" == subject["result"][0]["value"] == subject["achievement"]["resultDescription"][0]["requiredValue"]
    assert "6" * 64 in said["evidence"][0]["narrative"]
    criteria = subject["achievement"]["criteria"]["narrative"]
    assert criteria.startswith("Every task was judged from outside the notebook")
    assert DISCLAIMER in criteria
    assert ["bgp-unnumbered", "netmiko-config"] == subject["achievement"]["tag"]


def test_badge_without_credit_says_nothing_of_hours(own_home: Path, entry: Entry, lab: Lab) -> None:
    """Hours are only in a badge when a policy gave them."""
    subject = issue_badge(entry, lab, learner=ADA).credential["credentialSubject"]

    assert not {"creditsEarned", "creditsAvailable"} & {*subject, *subject["achievement"]}


def test_badge_is_valid_for_three_years(badge: Badge) -> None:
    """It begins when it is issued and ends on the same day three years on."""
    begins, ends = (datetime.fromisoformat(badge.credential[key][:-1]) for key in ("validFrom", "validUntil"))

    assert (3, begins.month, begins.day) == (ends.year - begins.year, ends.month, ends.day)


def test_badge_of_a_leap_day_ends_on_the_28th() -> None:
    """A date that the later year does not have becomes the one before."""
    assert datetime(2031, 2, 28) == achievement._years_later(datetime(2028, 2, 29), 3)


def test_learner_is_a_salted_hash(badge: Badge) -> None:
    """Neither name nor pseudonym can be read off; whoever knows the pseudonym can check it."""
    identity = badge.credential["credentialSubject"]["identifier"][0]

    assert not [word for word in ('"ada"', "Ada Lovelace") if word in badge.json_file.read_text()]
    assert identity["identityHash"] == "sha256$" + hashlib.sha256(f"ada{identity['salt']}".encode()).hexdigest()


def test_two_badges_cannot_be_linked_by_the_learner(badge: Badge, entry: Entry, lab: Lab) -> None:
    """Each badge has its own id and salt; the achievement is the same."""
    other = issue_badge(entry, lab, learner=ADA)
    first, second = badge.credential["credentialSubject"], other.credential["credentialSubject"]

    assert badge.id != other.id
    assert first["identifier"] != second["identifier"]
    assert first["achievement"]["id"] == second["achievement"]["id"]


def test_a_badge_that_is_kept_is_found_again(badge: Badge, entry: Entry, lab: Lab) -> None:
    """The learner's badge of this version of the lab is found as it was issued, for whichever run that passed."""
    later = entry.model_copy(update={"position": 9, "row_hash": "8" * 64})

    assert [badge] == kept_badges(later, lab, ADA)


def test_a_badge_of_something_else_is_not_found(badge: Badge, entry: Entry, lab: Lab) -> None:
    """Neither another learner's, nor that of another version of the lab, nor one without its picture."""
    other = entry.model_copy(update={"content": entry.content.model_copy(update={"lab_digest": "9" * 64})})
    (badge.json_file.parent / "first-lab-broken.json").write_text("{", encoding="utf-8")

    assert [] == kept_badges(entry, lab, Learner(id="grace"))
    assert [] == kept_badges(other, lab, ADA)
    badge.png_file.unlink()
    assert [] == kept_badges(entry, lab, ADA)


def test_json_and_png_hold_the_same_credential(badge: Badge) -> None:
    """The two files are two forms of one badge, side by side, and nothing else is left there."""
    baked = json.loads(unbake(badge.png_file.read_bytes()))

    assert badge.credential == baked == json.loads(badge.json_file.read_text())
    assert {badge.json_file, badge.png_file} == set(badge.json_file.parent.iterdir())
    assert badge.json_file.name.startswith("first-lab-")


def test_png_is_a_picture_with_one_plain_text_chunk(badge: Badge) -> None:
    """Any viewer opens the PNG, and its credential stands in one uncompressed iTXt chunk."""
    data = badge.png_file.read_bytes()
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        assert ((640, 640), ["openbadgecredential"]) == (picture.size, list(picture.text))
    assert 1 == data.count(b"iTXt" + KEYWORD + b"\0\0\0\0\0{")


@pytest.mark.parametrize(
    "title", ["BGP", "Bring up a BGP unnumbered fabric", "Every word of it " * 12, "x" * 90, "日本語 Ünï"]
)
def test_any_title_is_drawn(title: str) -> None:
    """Short, long and unbroken titles all give a picture."""
    with Image.open(io.BytesIO(draw(title, "10 of 10 points", datetime(2026, 3, 1, tzinfo=timezone.utc)))) as picture:
        assert (640, 640) == picture.size


def test_badge_conforms_to_the_schema_of_1edtech(badge: Badge) -> None:
    """The schema that 1EdTech publishes finds nothing to object to."""
    assert [] == [
        error.message for error in Draft201909Validator(json.loads(SCHEMA.read_text())).iter_errors(badge.credential)
    ]


def test_schema_of_1edtech_does_object(badge: Badge) -> None:
    """The same schema refuses a badge without its achievement's criteria: it does look."""
    del badge.credential["credentialSubject"]["achievement"]["criteria"]

    assert not Draft201909Validator(json.loads(SCHEMA.read_text())).is_valid(badge.credential)


def test_another_verifier_accepts_the_badge(badge: Badge) -> None:
    """openbadgeslib, with our did:key as its anchor and no network, reads and accepts the badge."""
    found = OB3LdpVerifier.for_issuer_did(issuer().did).verify(badge.json_file.read_bytes())

    assert (badge.id, issuer().did) == (found.id, found.issuer.id)


def test_another_verifier_reads_the_baked_png(badge: Badge) -> None:
    """openbadgeslib finds in the PNG what it accepts."""
    from openbadgeslib.baking import extract_png

    text = extract_png(badge.png_file.read_bytes(), keyword=KEYWORD)

    assert text is not None
    assert badge.id == OB3LdpVerifier.for_issuer_did(issuer().did).verify(text).id


def test_another_verifier_refuses_an_altered_badge(badge: Badge) -> None:
    """The same verifier refuses the badge with one letter changed: it does look."""
    altered = badge.json_file.read_text().replace("10 of 10", "10 of 11")
    with pytest.raises(OB3VerificationError):
        OB3LdpVerifier.for_issuer_did(issuer().did).verify(altered)


@pytest.mark.parametrize(
    ("change", "learner", "said"),
    [
        ({"passed": False}, ADA, "did not pass"),
        ({"lab": "another-lab"}, ADA, "not ada's of first-lab"),
        ({}, Learner(id="grace"), "not grace's of first-lab"),
    ],
)
def test_no_badge_without_a_pass(
    own_home: Path, entry: Entry, lab: Lab, change: dict[str, Any], learner: Learner, said: str
) -> None:
    """An entry that failed, or is of another lab or learner, gives no badge."""
    other = entry.model_copy(update={"content": entry.content.model_copy(update=change)})
    with pytest.raises(WrongUse, match=said):
        issue_badge(other, lab, learner=learner)

    assert not own_home.exists()


def test_unmeant_property_stops_the_issue(
    own_home: Path, entry: Entry, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A property that the contexts do not know is an error when issuing, and nothing is written."""
    plain: Callable[..., dict[str, Any]] = achievement.credential
    monkeypatch.setattr(achievement, "credential", lambda *parts: {**plain(*parts), "mood": "glad"})
    with pytest.raises(ValueError, match="'mood' has no meaning in the contexts"):
        issue_badge(entry, lab, learner=ADA)

    assert not (own_home / "badges").exists()


def test_baking_again_replaces_what_was_baked(badge: Badge) -> None:
    """A PNG never holds two credentials."""
    assert "second" == unbake(bake(badge.png_file.read_bytes(), "second"))


def test_baking_into_no_png() -> None:
    """What is no PNG is refused."""
    with pytest.raises(NotBaked, match="it is no PNG"):
        bake(b"GIF89a", "{}")
