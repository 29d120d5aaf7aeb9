"""The declarations of the market: no fields, only what it erases of a person."""

from souk.domains.market.personal import PERSONAL
from souk.graph import Domain

domain = Domain("market", function="contracts")
domain.personal(PERSONAL)
