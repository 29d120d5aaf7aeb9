"""The identity domain, on which the other modules of this package declare their fields."""

from typing import Final

from souk.graph import Domain, ListSize, Scope
from souk.graph.lists import MAX_PAGE

# Who accepts an invitation to a room joins it in the same transaction.
domain = Domain("identity", function="auth", joins=("mails", "reviews"), joins_keys=("ROOM#", "STORIES#"))

CALLER = (Scope.COMMON_ENTITIES_READ, Scope.COMMON_FUNCTIONS)
"""The scopes for reading the caller and the organization of the request."""

WHOLE: Final = ListSize(default=MAX_PAGE, greatest=MAX_PAGE)
"""The size of lists that answer as much as possible where no page is asked for."""
