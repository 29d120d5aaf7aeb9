"""A counter for the tests of orders: Sofia sells a logo, Acme buys on account, and Rival pays by checkouts."""

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
"""Centimes, of the basic package."""
BIGGER = {"name": "More logos", "price": 900, "deliveryTime": 40, "revisions": 1}


@dataclass
class GigOrdersWorld(OffersWorld):
    """The market with a gig that can be ordered."""

    gig_id: str = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.gig_id = published(self.sofia)

    def gig(self) -> Gig:
        """Return the gig as it is stored."""
        found = self.souk.table.get(GIGS, self.gig_id, consistent=True)
        assert found is not None
        return found

    def price(self, **prices: Any) -> None:
        """Set the packages of the gig; `prices` are its other sizes, beside the basic one."""
        assert self.sofia.call(PACKAGES, {"input": {"gigId": self.gig_id, "basic": package(), **prices}}).data

    def ask(self, who: Person | None = None, **given: Any) -> Answer:
        """Ask for an order: Olivia's for Acme, unless told otherwise."""
        wanted = {"gigId": self.gig_id, "tier": "basic", "clientTeamId": ACME, **given}
        return (who or self.olivia).call(ORDER, {"input": wanted})

    def ordered(self, who: Person | None = None, **given: Any) -> tuple[Contract, Milestone]:
        """Order, and return what was made as it is stored."""
        made = self.ask(who, **given).data["orderGig"]
        return self.contract(made["contract"]["id"]), self.milestone(made["milestone"]["id"])

    def rivals(self, **given: Any) -> dict[str, Any]:
        """Order for Rival, which has to pay by a checkout, and return the answer."""
        made: dict[str, Any] = self.ask(self.omar, clientTeamId=RIVAL, **given).data["orderGig"]
        return made

    def contract(self, contract_id: str) -> Contract:
        """Return a contract as it is stored."""
        found = self.souk.table.get(CONTRACTS, contract_id, consistent=True)
        assert found is not None
        return found

    def milestone(self, milestone_id: str) -> Milestone:
        """Return a milestone as it is stored."""
        found = milestone_by_id(self.souk.table, milestone_id)
        assert found is not None
        return found

    def contracts(self) -> list[Contract]:
        """Return all contracts that there are."""
        return [CONTRACTS.decode(item) for item in self.items() if item["SK"]["S"] == "CONTRACT"]

    def items(self) -> list[dict[str, Any]]:
        """Return every item of the table."""
        table = self.souk.table
        found: list[dict[str, Any]] = table.client.scan(TableName=table.name)["Items"]
        return found

    def on(self, kind: AccountKind, owner: str = "") -> int:
        """Return a balance in MAD."""
        owners = {AccountKind.FUNDS: ACME, AccountKind.EARNINGS: STUDIO}
        return balance(self.souk.table, Account(kind=kind, owner=owner or owners[kind], currency="MAD"))
