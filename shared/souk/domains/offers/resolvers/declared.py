"""The domain object of offers, in which the modules of this package declare their fields."""

from souk.graph import Domain

# Accepting an offer also writes the contract, the milestones and the proposal, in one transaction.
domain = Domain("offers", function="offers", joins=("contracts", "market", "milestones", "proposals", "rooms"))
