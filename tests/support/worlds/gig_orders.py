"""A world for the tests of gig orders: Sofia sells a logo, Acme pays on account, and Rival pays by checkouts."""

from dataclasses import dataclass, field
from typing import Any

from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import CONTRACTS
from souk.domains.gigs.model import Gig
from souk.domains.gigs.store import GIGS
from souk.domains.ledger.model import Account, AccountKind
from souk.domains.ledger.store import balance
from souk.domains.milestones.model import Milestone
from souk.domains.milestones.store import milestone_by_id
from tests.support.api import Answer, Person
from tests.support.worlds.gigs import ORDER, PACKAGES, package, published
from tests.support.worlds.jobs import ACME, RIVAL, STUDIO
from tests.support.worlds.offers import OffersWorld

PRICE = 25_050
"""The price of the basic package, in centimes."""
BIGGER = {"name": "More logos", "price": 900, "deliveryTime": 40, "revisions": 1}


@dataclass
class GigOrdersWorld(OffersWorld):
    """The market with a published gig."""

    gig_id: str = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.gig_id = published(self.sofia)

    def stored_gig(self) -> Gig:
        """Return the stored gig."""
        found = self.souk.table.get(GIGS, self.gig_id, consistent=True)
        assert found is not None
        return found

    def set_packages(self, **prices: Any) -> None:
        """Set the packages of the gig. `prices` are the packages besides the basic one."""
        assert self.sofia.call(PACKAGES, {"input": {"gigId": self.gig_id, "basic": package(), **prices}}).data

    def try_order(self, who: Person | None = None, **given: Any) -> Answer:
        """Order the gig, and return the whole answer. By default Olivia orders for Acme."""
        wanted = {"gigId": self.gig_id, "tier": "basic", "clientTeamId": ACME, **given}
        return (who or self.olivia).call(ORDER, {"input": wanted})

    def order(self, who: Person | None = None, **given: Any) -> tuple[Contract, Milestone]:
        """Order the gig, and return the stored contract and milestone."""
        made = self.try_order(who, **given).data["orderGig"]
        return self.stored_contract(made["contract"]["id"]), self.stored_milestone(made["milestone"]["id"])

    def order_for_rival(self, **given: Any) -> dict[str, Any]:
        """Order for Rival, which pays by a checkout, and return the result."""
        made: dict[str, Any] = self.try_order(self.omar, clientTeamId=RIVAL, **given).data["orderGig"]
        return made

    def stored_contract(self, contract_id: str) -> Contract:
        """Return a stored contract."""
        found = self.souk.table.get(CONTRACTS, contract_id, consistent=True)
        assert found is not None
        return found

    def stored_milestone(self, milestone_id: str) -> Milestone:
        """Return a stored milestone."""
        found = milestone_by_id(self.souk.table, milestone_id)
        assert found is not None
        return found

    def contracts(self) -> list[Contract]:
        """Return all stored contracts."""
        return [CONTRACTS.decode(item) for item in self.items() if item["SK"]["S"] == "CONTRACT"]

    def items(self) -> list[dict[str, Any]]:
        """Return all items of the table."""
        table = self.souk.table
        found: list[dict[str, Any]] = table.client.scan(TableName=table.name)["Items"]
        return found

    def balance(self, kind: AccountKind, owner: str = "") -> int:
        """Return a balance in MAD."""
        owners = {AccountKind.FUNDS: ACME, AccountKind.EARNINGS: STUDIO}
        return balance(self.souk.table, Account(kind=kind, owner=owner or owners[kind], currency="MAD"))
