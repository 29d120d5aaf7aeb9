"""The Domain object that the other modules of this package register their fields with."""

from souk.graph import Domain, Scope

# Accepting an invitation with an open offer also updates the offer, in the same transaction.
domain = Domain("proposals", function="offers", joins=("mails", "offers"))

SCOPES = (Scope.CLIENT_PROPOSALS,)
"""The scopes for proposals, on both sides."""
