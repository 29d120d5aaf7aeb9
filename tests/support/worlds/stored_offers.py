"""Offers between the people of the small market, put into the table as their commands leave them."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from souk.authentication.principal import Role
from souk.domains.agreements.model import Parties, PayType
from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import CONTRACTS
from souk.domains.identity.model import OrganizationLegacyType
from souk.domains.identity.store import ORGANIZATIONS, USERS, create_user
from souk.domains.milestones.model import Milestone
from souk.domains.milestones.store import MILESTONES
from souk.domains.offers.model import HourlyPay, Offer, OfferState
from souk.domains.offers.store import OFFERS
from souk.storage import Collection, Entity
from tests.support.api import Person, person
from tests.support.worlds.jobs import (
    ACME,
    ALL_ORGANIZATIONS,
    ALL_PEOPLE,
    BUILD,
    LISBON,
    MAX,
    NOAH,
    OLIVIA,
    STUDIO,
    People,
    organization,
    user,
)
from tests.support.worlds.milestones import PARTIES, SINCE, contract, milestone, offer

AGENCY, ADA, IVY = "4001", "507", "508"
THROUGH_AGENCY = Parties(
    client_user_id=OLIVIA,
    client_team_id=BUILD,
    client_company_id=ACME,
    vendor_user_id=IVY,
    vendor_team_id=AGENCY,
    vendor_company_id=AGENCY,
    agency=True,
)
HOURLY: dict[str, Any] = {"pay": PayType.HOURLY, "hourly": HourlyPay(rate=4_912, weekly_limit=40)}
FIXED: dict[str, Any] = {"budget": 100_000}


def numbered(number: int) -> str:
    """Return an id; that of a greater number was made later."""
    return f"{7_000_000_000_000_000_000 + number}"


@dataclass
class StoredOffersWorld(People):
    """The API with a client, freelancers and an agency, and whatever offers a test puts there."""

    made: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        agency = organization(AGENCY, "Agency", legacy_type=OrganizationLegacyType.VENDOR)
        self.put(ORGANIZATIONS, *ALL_ORGANIZATIONS, agency)
        self.put(USERS, *ALL_PEOPLE)
        tx = self.souk.table.transaction()
        for id_, name in ((ADA, "Ada"), (IVY, "Ivy")):
            create_user(tx, user(id_, name, AGENCY, LISBON))
        tx.commit()

    def put(self, collection: Collection[Any], *records: Entity) -> None:
        """Put records into the table."""
        tx = self.souk.table.transaction()
        for record in records:
            tx.create(collection, record)
        tx.commit()

    def offer(self, **changes: Any) -> Offer:
        """Put an offer of Acme Design's to Sofia there; each one is younger than those before."""
        self.made += 1
        made = offer(**{"id": numbered(self.made), **changes})
        self.put(OFFERS, made)
        return made

    def fixed(self, *milestones: dict[str, Any], **changes: Any) -> tuple[Offer, list[Milestone]]:
        """Put an offer at a fixed price there, with its milestones."""
        self.made += 1
        id_ = numbered(self.made)
        parts = [milestone(id=f"{id_}{at}", offer_id=id_, sequence=at, **part) for at, part in enumerate(milestones, 1)]
        made = offer(**{"id": id_, "milestone_ids": tuple(one.id for one in parts), **FIXED, **changes})
        self.put(OFFERS, made)
        self.put(MILESTONES, *parts)
        return made, parts

    def hired(self, of: Offer | None = None, **changes: Any) -> tuple[Offer, Contract]:
        """Put an offer there that has become a contract; `changes` are the contract's."""
        accepted = of or self.offer(state=OfferState.COMMITTED)
        made = contract(
            **{
                "offer_id": accepted.id,
                "parties": accepted.parties,
                "title": accepted.title,
                "pay": accepted.pay,
                "milestone_ids": accepted.milestone_ids,
                **changes,
            }
        )
        tx = self.souk.table.transaction()
        stored = self.souk.table.get(OFFERS, accepted.id)
        assert stored is not None
        accepted = tx.update(OFFERS, stored.model_copy(update={"state": OfferState.COMMITTED, "contract_id": made.id}))
        tx.create(CONTRACTS, made)
        tx.commit()
        return accepted, made

    @cached_property
    def max(self) -> Person:
        """A plain member of the client's team Build."""
        return person(self.souk, MAX, BUILD, company_id=ACME, role=Role.MEMBER)

    @cached_property
    def ada(self) -> Person:
        """The owner of an agency."""
        return person(self.souk, ADA, AGENCY)

    @cached_property
    def ivy(self) -> Person:
        """A freelancer who works through the agency."""
        return person(self.souk, IVY, AGENCY, role=Role.MEMBER)

    @cached_property
    def noah(self) -> Person:
        """Somebody else of Sofia's organization, who does not lead it."""
        return person(self.souk, NOAH, STUDIO, role=Role.MEMBER)


__all__ = ["FIXED", "HOURLY", "PARTIES", "SINCE", "THROUGH_AGENCY", "StoredOffersWorld", "numbered"]
