"""A world with offers that are stored directly, as their commands would store them."""

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
    """Return an id. A greater number is a later id."""
    return f"{7_000_000_000_000_000_000 + number}"


@dataclass
class StoredOffersWorld(People):
    """The API with a client, freelancers and an agency, and the offers that a test stores."""

    count: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        agency = organization(AGENCY, "Agency", legacy_type=OrganizationLegacyType.VENDOR)
        self.put(ORGANIZATIONS, *ALL_ORGANIZATIONS, agency)
        self.put(USERS, *ALL_PEOPLE)
        tx = self.souk.table.transaction()
        for id_, name in ((ADA, "Ada"), (IVY, "Ivy")):
            create_user(tx, user(id_, name, AGENCY, LISBON))
        tx.commit()

    def put(self, collection: Collection[Any], *records: Entity) -> None:
        """Store records."""
        tx = self.souk.table.transaction()
        for record in records:
            tx.create(collection, record)
        tx.commit()

    def add_offer(self, **changes: Any) -> Offer:
        """Store an offer of Acme Design to Sofia. Each one is younger than the ones before."""
        self.count += 1
        made = offer(**{"id": numbered(self.count), **changes})
        self.put(OFFERS, made)
        return made

    def add_fixed_offer(self, *milestones: dict[str, Any], **changes: Any) -> tuple[Offer, list[Milestone]]:
        """Store a fixed-price offer with its milestones."""
        self.count += 1
        id_ = numbered(self.count)
        parts = [milestone(id=f"{id_}{at}", offer_id=id_, sequence=at, **part) for at, part in enumerate(milestones, 1)]
        made = offer(**{"id": id_, "milestone_ids": tuple(one.id for one in parts), **FIXED, **changes})
        self.put(OFFERS, made)
        self.put(MILESTONES, *parts)
        return made, parts

    def add_contract(self, of: Offer | None = None, **changes: Any) -> tuple[Offer, Contract]:
        """Store an accepted offer with its contract. `changes` are the contract's."""
        accepted = of or self.add_offer(state=OfferState.COMMITTED)
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
        """A plain member of Sofia's organization."""
        return person(self.souk, NOAH, STUDIO, role=Role.MEMBER)


__all__ = ["FIXED", "HOURLY", "PARTIES", "SINCE", "THROUGH_AGENCY", "StoredOffersWorld", "numbered"]
