"""The domain that the modules beside this one declare their fields in."""

from souk.domains.contracts.store import WRITES as OF_CONTRACTS
from souk.domains.milestones.store import WRITES as OF_MILESTONES
from souk.domains.offers.store import WRITES
from souk.domains.proposals.store import WRITES as OF_PROPOSALS
from souk.graph import Domain

# To accept an offer makes its contract, takes its milestones over and hires by its proposal, in one transaction.
domain = Domain("offers", function="offers", writes=WRITES, joins=(*OF_PROPOSALS, *OF_MILESTONES, *OF_CONTRACTS))
