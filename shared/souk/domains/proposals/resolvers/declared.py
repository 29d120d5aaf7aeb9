"""The domain, on which the other modules of this package declare their fields."""

from souk.domains.proposals.store import WRITES
from souk.graph import Domain, Scope

domain = Domain("proposals", function="offers", writes=WRITES)

SCOPES = (Scope.CLIENT_PROPOSALS,)
"""What a token needs for proposals, on either side."""
