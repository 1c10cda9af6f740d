"""Open Badges 3.0: issued with the machine's own key, and verified without a network."""

from netdojo.credentials.issuing import issue_badge
from netdojo.credentials.issuing_key import Issuer, issuer, own_did

__all__ = ["Issuer", "issue_badge", "issuer", "own_did"]
