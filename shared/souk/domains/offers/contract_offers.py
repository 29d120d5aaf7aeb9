"""Offers and the contracts that they became, as one kind of thing: the contract's ContractOfferResult."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from souk.domains.agreements.model import DeliveryModel
from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import CONTRACTS
from souk.domains.milestones.model import Milestone, MilestoneState
from souk.domains.milestones.store import MILESTONES, milestone_key
from souk.domains.offers.model import Offer
from souk.domains.offers.rules import enums
from souk.domains.offers.rules.enums import AgreementState, AgreementType
from souk.domains.offers.rules.states import state_at
from souk.graph import Context
from souk.storage import Key
from souk.values.times import stamp


@dataclass(frozen=True, slots=True)
class Agreement:
    """An offer, with the contract that it became. Its attributes are the fields of ContractOfferResult."""

    offer: Offer
    contract: Contract | None
    state: AgreementState
    milestone_state: MilestoneState | None
    """Of a fixed price: where the present milestone stands."""
    escrow_refund_status: None = None
    """Nobody can ask for escrow to be paid back: it goes back when a contract ends."""

    @property
    def id(self) -> str:
        """The offer's, which stays the same when it becomes a contract."""
        return self.offer.id

    @property
    def contract_details(self) -> Contract | None:
        """The contract, as newer programs know it."""
        return self.contract

    @property
    def title(self) -> str:
        """What it is called now."""
        return self.contract.title if self.contract else self.offer.title

    @property
    def type(self) -> AgreementType:
        """How the work is paid."""
        return enums.AGREEMENT_TYPE[self.offer.pay]

    @property
    def start_date_time(self) -> str:
        """When work begins: where an offer does not say, as soon as it was made."""
        return self.contract.starts if self.contract else self.offer.starts or self.offer.created

    @property
    def end_date_time(self) -> str | None:
        """When work ends or has ended; None while that is open."""
        return self.contract.ends if self.contract else self.offer.ends

    @property
    def last_updated_date_time(self) -> str:
        """When either of the two was changed last."""
        return max(self.offer.modified, self.contract.modified if self.contract else "")

    @property
    def last_published_date_time(self) -> str:
        """When the freelancer could see it: an offer is published when it is made."""
        return self.offer.created

    @property
    def offer_created_date_time(self) -> str:
        """When the offer was made."""
        return self.offer.created

    @property
    def in_private_talent_cloud(self) -> bool:
        """Whether the freelancer was hired from a talent cloud of the client."""
        return self.offer.payroll is not None and self.offer.payroll.talent_cloud_id is not None

    @property
    def catalog_project(self) -> bool:
        """Whether it is a ready-made package of work."""
        return self.offer.delivery_model is DeliveryModel.CATALOG_PROJECT


def of(ctx: Context, offers: Iterable[Offer]) -> list[Agreement]:
    """Return agreements for offers, with their contracts and milestones.

    All of them are read at once, and in a second step those milestones that contracts were given later.
    """
    offers = list(offers)
    wanted = {milestone_key(one.id, id_): MILESTONES for one in offers for id_ in one.milestone_ids}
    contracts = {CONTRACTS.key(one.contract_id): CONTRACTS for one in offers if one.contract_id}
    # A list may know of an acceptance before a read that may be behind finds its contract; this one is not.
    ctx.fetch({**wanted, **contracts}, consistent=True)
    found = [(one, _contract(ctx, one)) for one in offers]
    ctx.fetch({key: MILESTONES for one, contract in found for key in _milestone_keys(one, contract)})
    now = stamp(ctx.now)
    return [
        Agreement(
            offer=one,
            contract=contract,
            state=enums.agreement_state(state_at(one, now), contract.status if contract else None),
            milestone_state=enums.present(_milestones(ctx, one, contract)),
        )
        for one, contract in found
    ]


def _contract(ctx: Context, offer: Offer) -> Contract | None:
    found: Contract | None = ctx.entities.get(CONTRACTS.key(offer.contract_id)) if offer.contract_id else None
    return found


def _milestone_keys(offer: Offer, contract: Contract | None) -> Iterator[Key]:
    for id_ in (contract or offer).milestone_ids:
        yield milestone_key(offer.id, id_)


def _milestones(ctx: Context, offer: Offer, contract: Contract | None) -> Iterator[Milestone]:
    for key in _milestone_keys(offer, contract):
        if found := ctx.entities[key]:
            yield found
