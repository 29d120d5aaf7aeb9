"""The Domain object that the other modules of this package register their fields with."""

from souk.domains.proposals.store import WRITES
from souk.graph import Domain, Scope

# Accepting an invitation with an open offer also updates the offer, in the same transaction.
domain = Domain("proposals", function="offers", writes=WRITES, joins=("offers",))

SCOPES = (Scope.CLIENT_PROPOSALS,)
"""The scopes for proposals, on both sides."""
