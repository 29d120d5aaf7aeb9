"""The domain that the modules beside this one declare their fields in."""

from souk.domains.offers.store import WRITES
from souk.graph import Domain

# To accept an offer makes its contract, takes its milestones over and hires by its proposal, in one transaction.
domain = Domain("offers", function="offers", writes=WRITES, joins=("contracts", "market", "milestones", "proposals"))
