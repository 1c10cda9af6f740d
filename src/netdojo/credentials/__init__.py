"""Open Badges 3.0: issued with the machine's own key, and verified without a network."""

from netdojo.credentials.check import BadgeCheck, Outcome, Step
from netdojo.credentials.issuing import issue_badge
from netdojo.credentials.issuing_key import Issuer, issuer, own_did
from netdojo.credentials.verifying import verify_badge

__all__ = ["BadgeCheck", "Issuer", "Outcome", "Step", "issue_badge", "issuer", "own_did", "verify_badge"]
