"""Open Badges 3.0: issued with the machine's own key, and verified without a network."""

from netdojo.credentials.achievement import VALID_YEARS
from netdojo.credentials.check import BadgeCheck, Outcome, Step
from netdojo.credentials.issuing import issue_badge, kept_badges
from netdojo.credentials.issuing_key import Issuer, issuer, own_did
from netdojo.credentials.verifying import verify_badge

__all__ = [
    "VALID_YEARS",
    "BadgeCheck",
    "Issuer",
    "Outcome",
    "Step",
    "issue_badge",
    "issuer",
    "kept_badges",
    "own_did",
    "verify_badge",
]
