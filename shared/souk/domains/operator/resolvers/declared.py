"""The domain of operators, on which the other modules of this package declare their fields.

Every root field here needs the scope of operators, which counts only for their tokens (`souk.authentication.bearer`),
but for `reportContent`, which is for everybody.
"""

from typing import Final

from souk.domains.operator.personal import PERSONAL
from souk.graph import Domain, Scope

domain = Domain(
    "operator",
    function="operator",
    joins=("audit", "mails", "moderation", "reviews"),
    joins_keys=("FREELANCER_PROFILE#", "GIG#", "JOB#", "KEY#", "ORG#", "USER#"),
)
domain.personal(PERSONAL)

SCOPES: Final = (Scope.OPERATOR,)
