"""The domain object of offers, in which the modules of this package declare their fields."""

from souk.domains.offers.personal import PERSONAL
from souk.graph import Domain

# Accepting an offer also writes the contract, the milestones, the proposal, the answers to custom fields and the
# workflow, in one transaction.
domain = Domain(
    "offers",
    function="offers",
    joins=("contracts", "customfields", "market", "milestones", "proposals", "rooms", "workflow"),
)
domain.personal(PERSONAL)
