"""The domain, on which the other modules of this package declare their fields."""

from souk.domains.proposals.store import WRITES
from souk.graph import Domain, Scope

# Who accepts an invitation while an offer waits for them ties that offer to their proposal, in one transaction.
domain = Domain("proposals", function="offers", writes=WRITES, joins=("offers",))

SCOPES = (Scope.CLIENT_PROPOSALS,)
"""What a token needs for proposals, on either side."""
