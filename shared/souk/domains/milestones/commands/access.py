"""Who reaches a milestone, and the offer or the contract that it belongs to."""

from dataclasses import dataclass

from souk.domains.agreements.model import Parties
from souk.domains.agreements.rules import require_client_lead, require_vendor
from souk.domains.contracts.model import Contract, ContractStatus
from souk.domains.contracts.store import CONTRACTS
from souk.domains.milestones.model import Milestone
from souk.domains.milestones.store import milestone_by_id
from souk.domains.offers.model import Offer, OfferState
from souk.domains.offers.store import OFFERS
from souk.domains.payments.commands.settlement import called_off
from souk.domains.payments.deployment import provider
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import Conflict, NotFound
from souk.values.times import stamp

_NO_MILESTONE = "There is no such milestone, or it is not yours to see."


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a milestone belongs to: an offer, or the contract that it has become."""

    offer: Offer | None
    contract: Contract | None

    @property
    def parties(self) -> Parties:
        """The two sides."""
        return self._whole.parties

    @property
    def offer_id(self) -> str:
        """The offer, with which milestones are kept."""
        return self.contract.offer_id if self.contract else self._whole.id

    @property
    def currency(self) -> str:
        """In which it is paid."""
        return self._whole.currency

    @property
    def _whole(self) -> Offer | Contract:
        whole = self.contract or self.offer
        if whole is None:
            raise NotFound(_NO_MILESTONE)
        return whole

    def require_open(self, ctx: Context) -> None:
        """Raise Conflict unless the offer can still be answered, or the contract has not ended."""
        if self.contract is not None and self.contract.status is ContractStatus.CLOSED:
            raise Conflict("This contract has ended; its milestones cannot be changed any more.")
        if self.offer is not None and (
            self.offer.state is not OfferState.ACTIVE or self.offer.expires <= stamp(ctx.now)
        ):
            raise Conflict("This offer cannot be answered any more, so its milestones cannot be changed.")

    def checked(self, tx: Transaction) -> None:
        """Have a transaction hold only if neither has changed since it was read."""
        if self.contract is not None:
            tx.check(CONTRACTS, self.contract)
        elif self.offer is not None:
            tx.check(OFFERS, self.offer)


def offered(ctx: Context, offer_id: str) -> Agreement:
    """Return an offer to who may bind its client. Raises NotFound for strangers and Forbidden for others."""
    offer = ctx.table.get(OFFERS, offer_id, consistent=True)
    if offer is None or not offer.parties.include(ctx.principal):
        raise NotFound("There is no such offer, or it is not yours to see.")
    require_client_lead(offer.parties, ctx.principal)
    return Agreement(offer, None)


def contracted(ctx: Context, contract_id: str) -> Agreement:
    """Return a contract to who may bind its client. Raises as `offered` does."""
    contract = ctx.table.get(CONTRACTS, contract_id, consistent=True)
    if contract is None or not contract.parties.include(ctx.principal):
        raise NotFound("There is no such contract, or it is not yours to see.")
    require_client_lead(contract.parties, ctx.principal)
    return Agreement(None, contract)


def clients(ctx: Context, milestone_id: str) -> tuple[Milestone, Agreement]:
    """Return a milestone to who may bind its client. Raises as `offered` does."""
    milestone, agreement = _reached(ctx, milestone_by_id(ctx.table, milestone_id))
    require_client_lead(agreement.parties, ctx.principal)
    return milestone, agreement


def freelancers(ctx: Context, milestone_id: str) -> tuple[Milestone, Contract]:
    """Return a milestone of a contract to its freelancer, and who leads their agency. Raises as `offered` does."""
    milestone, agreement = _reached(ctx, milestone_by_id(ctx.table, milestone_id))
    require_vendor(agreement.parties, ctx.principal)
    return milestone, of_contract(agreement)


def of_contract(agreement: Agreement) -> Contract:
    """Return the contract. Raises Conflict where there is none yet."""
    if agreement.contract is None:
        raise Conflict("This milestone is in an offer that is not accepted yet.")
    return agreement.contract


def require_active(contract: Contract) -> None:
    """Raise Conflict unless a contract is active."""
    if contract.status is not ContractStatus.ACTIVE:
        raise Conflict(f"This contract is {contract.status}; this takes an active one.")


def call_off_checkout(ctx: Context, milestone: Milestone) -> None:
    """End the checkout of a milestone as it was: nobody shall pay for what is not wanted any more."""
    if milestone.checkout_id is not None:
        called_off(ctx.table, provider(ctx.table), milestone.checkout_id, ctx.now)


def _reached(ctx: Context, milestone: Milestone | None) -> tuple[Milestone, Agreement]:
    if milestone is None:
        raise NotFound(_NO_MILESTONE)
    if milestone.contract_id is not None:
        agreement = Agreement(None, ctx.table.get(CONTRACTS, milestone.contract_id, consistent=True))
    else:
        agreement = Agreement(ctx.table.get(OFFERS, milestone.offer_id, consistent=True), None)
    if not agreement.parties.include(ctx.principal):
        raise NotFound(_NO_MILESTONE)
    return milestone, agreement
