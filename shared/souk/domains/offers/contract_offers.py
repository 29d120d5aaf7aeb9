"""Offers together with the contracts that they became: the contract's ContractOfferResult."""

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
    """An offer with its contract. The attributes are the fields of ContractOfferResult."""

    offer: Offer
    contract: Contract | None
    state: AgreementState
    milestone_state: MilestoneState | None
    """Only fixed price: the state of the current milestone."""
    escrow_refund_status: None = None
    """Always None: no request asks for a refund of escrow."""

    @property
    def id(self) -> str:
        """The offer's id, also after it became a contract."""
        return self.offer.id

    @property
    def contract_details(self) -> Contract | None:
        """The contract, for newer programs."""
        return self.contract

    @property
    def title(self) -> str:
        """The contract's title, or the offer's."""
        return self.contract.title if self.contract else self.offer.title

    @property
    def type(self) -> AgreementType:
        """The type of payment."""
        return enums.AGREEMENT_TYPE[self.offer.pay]

    @property
    def start_date_time(self) -> str:
        """The start of the work; the creation of an offer without a start date."""
        return self.contract.starts if self.contract else self.offer.starts or self.offer.created

    @property
    def end_date_time(self) -> str | None:
        """The actual or expected end; None without an end."""
        return self.contract.ends if self.contract else self.offer.ends

    @property
    def last_updated_date_time(self) -> str:
        """The last change of the offer or the contract."""
        return max(self.offer.modified, self.contract.modified if self.contract else "")

    @property
    def last_published_date_time(self) -> str:
        """The creation of the offer: the freelancer can see it at once."""
        return self.offer.created

    @property
    def offer_created_date_time(self) -> str:
        """The creation of the offer."""
        return self.offer.created

    @property
    def in_private_talent_cloud(self) -> bool:
        """Whether the freelancer was hired from a talent cloud of the client."""
        return self.offer.cloud_id is not None

    @property
    def catalog_project(self) -> bool:
        """Whether it is a ready-made package of work."""
        return self.offer.delivery_model is DeliveryModel.CATALOG_PROJECT


def load_agreements(ctx: Context, offers: Iterable[Offer]) -> list[Agreement]:
    """Return agreements for offers, with their contracts and milestones.

    They are loaded in one batch. A second batch loads the milestones that were added to contracts later.
    """
    offers = list(offers)
    milestones = {milestone_key(one.id, id_): MILESTONES for one in offers for id_ in one.milestone_ids}
    contracts = {CONTRACTS.key(one.contract_id): CONTRACTS for one in offers if one.contract_id}
    # An eventually consistent read could miss the contract of an offer that was just accepted.
    ctx.fetch({**milestones, **contracts}, consistent=True)
    pairs = [(one, _contract(ctx, one)) for one in offers]
    ctx.fetch({key: MILESTONES for one, contract in pairs for key in _milestone_keys(one, contract)})
    now = stamp(ctx.now)
    return [
        Agreement(
            offer=one,
            contract=contract,
            state=enums.agreement_state(state_at(one, now), contract.status if contract else None),
            milestone_state=enums.current_milestone_state(_milestones(ctx, one, contract)),
        )
        for one, contract in pairs
    ]


def _contract(ctx: Context, offer: Offer) -> Contract | None:
    contract: Contract | None = ctx.entities.get(CONTRACTS.key(offer.contract_id)) if offer.contract_id else None
    return contract


def _milestone_keys(offer: Offer, contract: Contract | None) -> Iterator[Key]:
    for id_ in (contract or offer).milestone_ids:
        yield milestone_key(offer.id, id_)


def _milestones(ctx: Context, offer: Offer, contract: Contract | None) -> Iterator[Milestone]:
    for key in _milestone_keys(offer, contract):
        if milestone := ctx.entities[key]:
            yield milestone
