"""The mutations and deadlines of offers."""

from datetime import datetime
from typing import Any

from souk.domains.offers.commands import answering, creating
from souk.domains.offers.inputs import AcceptOffer, CreationOffer, DeclineOffer, WithdrawOffer
from souk.domains.offers.resolvers.declared import domain
from souk.domains.workflow.model import Hire
from souk.graph import Context, Scope
from souk.storage import Table


@domain.mutation("createOffer", scopes=[Scope.OFFERS_WRITE])
def create_offer(ctx: Context, offer_input: CreationOffer) -> dict[str, Any]:
    """Make an offer."""
    return {"offer": creating.create(ctx, offer_input)}


@domain.mutation("withdrawOffer", scopes=[Scope.OFFERS_WRITE])
def withdraw_offer(ctx: Context, input: WithdrawOffer) -> bool:
    """Withdraw an offer."""
    answering.withdraw(ctx, input)
    return True


@domain.mutation("acceptOffer", scopes=[Scope.OFFERS_WRITE])
def accept_offer(ctx: Context, input: AcceptOffer) -> dict[str, Any]:
    """Accept an offer, which makes the contract."""
    offer, contract = answering.accept(ctx, input)
    return {"offer": offer, "contract": contract}


@domain.mutation("declineOffer", scopes=[Scope.OFFERS_WRITE])
def decline_offer(ctx: Context, input: DeclineOffer) -> bool:
    """Decline an offer."""
    answering.decline(ctx, input)
    return True


@domain.due("offers.expiry")
def expire(table: Table, entity_id: str, now: datetime) -> None:
    """Expire an offer."""
    answering.expire(table, entity_id, now)


@domain.due("offers.cancel")
def cancel(table: Table, entity_id: str, now: datetime) -> None:
    """Cancel the open offers for a cancelled posting."""
    answering.cancel_offers_for(table, entity_id, now)


@domain.fact("offers.hire")
def hire(table: Table, offer_id: str) -> Hire | None:
    """Return what workflows know of an offer; None if there is none with this id."""
    return answering.hire_of(table, offer_id)
