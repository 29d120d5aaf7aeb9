"""Access to milestones, and to their offers and contracts."""

from dataclasses import dataclass

from souk.domains.agreements.model import Parties
from souk.domains.agreements.rules import require_client_lead, require_vendor
from souk.domains.contracts.model import Contract, ContractStatus
from souk.domains.contracts.store import CONTRACTS
from souk.domains.milestones.model import Milestone
from souk.domains.milestones.store import milestone_by_id
from souk.domains.offers.model import Offer, OfferState
from souk.domains.offers.store import OFFERS
from souk.domains.payments.commands.settlement import cancel
from souk.domains.payments.deployment import provider
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import Conflict, NotFound
from souk.values.times import stamp

_NO_MILESTONE = "This milestone does not exist, or you cannot see it."


@dataclass(frozen=True, slots=True)
class Agreement:
    """The owner of a milestone: an offer, or the contract that it has become."""

    offer: Offer | None
    contract: Contract | None

    @property
    def parties(self) -> Parties:
        """The two sides."""
        return self._source.parties

    @property
    def offer_id(self) -> str:
        """The id of the offer, which is part of the milestones' keys."""
        return self.contract.offer_id if self.contract else self._source.id

    @property
    def currency(self) -> str:
        """The currency of the payments."""
        return self._source.currency

    @property
    def _source(self) -> Offer | Contract:
        source = self.contract or self.offer
        if source is None:
            raise NotFound(_NO_MILESTONE)
        return source

    def require_open(self, ctx: Context) -> None:
        """Raise Conflict if the offer can no longer be answered, or the contract has ended."""
        if self.contract is not None and self.contract.status is ContractStatus.CLOSED:
            raise Conflict("This contract has ended, so its milestones cannot be changed.")
        if self.offer is not None and (
            self.offer.state is not OfferState.ACTIVE or self.offer.expires <= stamp(ctx.now)
        ):
            raise Conflict("This offer can no longer be answered, so its milestones cannot be changed.")

    def add_check(self, tx: Transaction) -> None:
        """Add a check to a transaction: it fails if the offer or contract has changed since it was read."""
        if self.contract is not None:
            tx.check(CONTRACTS, self.contract)
        elif self.offer is not None:
            tx.check(OFFERS, self.offer)


def offer_for_client(ctx: Context, offer_id: str) -> Agreement:
    """Return an offer if the caller may act for its client. Raises NotFound for strangers, Forbidden for others."""
    offer = ctx.table.get(OFFERS, offer_id, consistent=True)
    if offer is None or not offer.parties.include(ctx.principal):
        raise NotFound("This offer does not exist, or you cannot see it.")
    require_client_lead(offer.parties, ctx.principal)
    return Agreement(offer, None)


def contract_for_client(ctx: Context, contract_id: str) -> Agreement:
    """Return a contract if the caller may act for its client. Raises the same errors as `offer_for_client`."""
    contract = ctx.table.get(CONTRACTS, contract_id, consistent=True)
    if contract is None or not contract.parties.include(ctx.principal):
        raise NotFound("This contract does not exist, or you cannot see it.")
    require_client_lead(contract.parties, ctx.principal)
    return Agreement(None, contract)


def find_milestone(ctx: Context, milestone_id: str) -> Milestone | None:
    """Return a milestone to the parties of its offer or contract; None for everyone else."""
    try:
        milestone, _ = _milestone_for_party(ctx, milestone_by_id(ctx.table, milestone_id))
    except NotFound:
        return None
    return milestone


def milestone_for_client(ctx: Context, milestone_id: str) -> tuple[Milestone, Agreement]:
    """Return a milestone if the caller may act for its client. Raises the same errors as `offer_for_client`."""
    milestone, agreement = _milestone_for_party(ctx, milestone_by_id(ctx.table, milestone_id))
    require_client_lead(agreement.parties, ctx.principal)
    return milestone, agreement


def milestone_for_vendor(ctx: Context, milestone_id: str) -> tuple[Milestone, Contract]:
    """Return a contract's milestone to its freelancer or a leader of their agency.

    Raises the same errors as `offer_for_client`.
    """
    milestone, agreement = _milestone_for_party(ctx, milestone_by_id(ctx.table, milestone_id))
    require_vendor(agreement.parties, ctx.principal)
    return milestone, require_contract(agreement)


def require_contract(agreement: Agreement) -> Contract:
    """Return the contract. Raises Conflict if there is none yet."""
    if agreement.contract is None:
        raise Conflict("This milestone's offer has not been accepted yet.")
    return agreement.contract


def require_active(contract: Contract) -> None:
    """Raise Conflict unless a contract is active."""
    if contract.status is not ContractStatus.ACTIVE:
        raise Conflict(f"This contract is {contract.status} and must be ACTIVE.")


def cancel_checkout(ctx: Context, milestone: Milestone) -> None:
    """Cancel the checkout of a milestone, if it has one."""
    if milestone.checkout_id is not None:
        cancel(ctx.table, provider(ctx.table), milestone.checkout_id, ctx.now)


def _milestone_for_party(ctx: Context, milestone: Milestone | None) -> tuple[Milestone, Agreement]:
    if milestone is None:
        raise NotFound(_NO_MILESTONE)
    if milestone.contract_id is not None:
        agreement = Agreement(None, ctx.table.get(CONTRACTS, milestone.contract_id, consistent=True))
    else:
        agreement = Agreement(ctx.table.get(OFFERS, milestone.offer_id, consistent=True), None)
    if not agreement.parties.include(ctx.principal):
        raise NotFound(_NO_MILESTONE)
    return milestone, agreement
