"""The talent domain, on which the other modules of this package declare their fields."""

from souk.domains.talent.personal import PERSONAL
from souk.graph import Domain, Scope

domain = Domain("talent", function="talent", joins=("audit", "reviews"), joins_keys=("FILE#",))
domain.personal(PERSONAL)

PROFILES = (Scope.FREELANCER_PROFILES,)
"""The scope of a freelancer's profile."""
OPERATORS = (Scope.OPERATOR,)
