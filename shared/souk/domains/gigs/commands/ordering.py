"""Ordering a gig. An order makes an offer that is accepted at once, so it has the same effects as other offers."""

from dataclasses import dataclass

from souk.domains.agreements.commands import active_vendors, is_colleague, require_parties
from souk.domains.agreements.model import Client, Parties
from souk.domains.contracts.commands.changing import room_subject
from souk.domains.contracts.model import Contract
from souk.domains.contracts.rules.beginning import contract_of
from souk.domains.contracts.store import CONTRACTS, begin_contract, deal_of
from souk.domains.gigs.inputs import OrderInput
from souk.domains.gigs.model import Gig
from souk.domains.gigs.rules import ordering as rules
from souk.domains.gigs.store import GIGS
from souk.domains.identity.store import USERS, memberships_of
from souk.domains.ledger.rules.entries import charge_of
from souk.domains.ledger.store import post
from souk.domains.milestones.commands import charges
from souk.domains.milestones.model import Milestone
from souk.domains.milestones.rules import ending, paying
from souk.domains.milestones.store import MILESTONES, create_milestone
from souk.domains.offers.commands.parties import hiring_client, parties_of
from souk.domains.offers.model import Offer
from souk.domains.offers.rules.creating import MAX_DESCRIPTION
from souk.domains.offers.rules.states import OFFER, STEPS, Action
from souk.domains.offers.store import create_offer, offer_by_key
from souk.domains.payments.commands import orders
from souk.domains.payments.commands.returning import return_url
from souk.domains.payments.deployment import fees
from souk.domains.rooms.commands import Actor
from souk.domains.rooms.commands import begin_contract as begin_room
from souk.graph import Context
from souk.values import idempotency, texts
from souk.values.errors import Conflict, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp


@dataclass(frozen=True, slots=True)
class OrderResult:
    """The result of an order: the contract's OrderGigResponse."""

    contract: Contract
    milestone: Milestone


def order(ctx: Context, request: OrderInput) -> OrderResult:
    """Order a package of a gig. A repeated idempotency key returns the result of the first order."""
    client = hiring_client(ctx, request.client_team_id, "input.clientTeamId")
    problems = Problems("input")
    key, fingerprint = idempotency.key(problems, request.idempotency_key), idempotency.fingerprint(request)
    requirements = texts.optional_text(problems, "requirements", request.requirements, MAX_DESCRIPTION)
    back_url = return_url(problems, ctx, request.return_url)
    problems.raise_if_any()
    if key is not None and (existing := offer_by_key(ctx.table, client.company.id, key, fingerprint)):
        return _result(ctx, existing)
    gig = rules.require_orderable(ctx.table.get(GIGS, request.gig_id, consistent=True))
    package = rules.package_of(gig, request.tier)
    parties = _parties(ctx, client, gig)
    offer = rules.offer_of(gig, package, parties, ctx.table.new_id(), requirements, ctx.now)
    milestone = rules.milestone_of(offer, package, ctx.table.new_id(), ctx.now)
    if key is not None:
        offer = offer.model_copy(update={"idempotency_key": key, "fingerprint": fingerprint})
    try:
        stored = _store(ctx, client, gig, offer, milestone, back_url)
    except Conflict:
        # A concurrent request with the same key may have made the order.
        if key is None or (existing := offer_by_key(ctx.table, client.company.id, key, fingerprint)) is None:
            raise
        stored = existing
    return _result(ctx, stored)


def _parties(ctx: Context, client: Client, gig: Gig) -> Parties:
    """Return both sides. The vendor is the owner's default organization, if it is a vendor.

    Otherwise it is their own organization, or else an agency that they work for.
    """
    memberships = memberships_of(ctx.table, gig.owner_id, consistent=True)
    if is_colleague(client.company.id, memberships):
        raise Unprocessable("input.clientTeamId: you cannot hire your own people.")
    owner = ctx.load(USERS, gig.owner_id)
    vendor = min(
        active_vendors(ctx, gig.owner_id, memberships),
        key=lambda one: (
            owner is None or one.team.id != owner.organization_id,
            one.company.flag.agency,
            int(one.team.id),
        ),
        default=None,
    )
    if vendor is None:
        raise Conflict("This freelancer takes no orders right now.")
    return parties_of(client, ctx.principal.user_id, vendor)


def _store(ctx: Context, client: Client, gig: Gig, offer: Offer, milestone: Milestone, back_url: str | None) -> Offer:
    """Make the contract, and fund it in the same transaction if that needs no provider."""
    ids = ctx.table.new_id(), ctx.table.new_id(), ctx.table.new_id()
    contract = contract_of(offer, *ids, client.company, fees(ctx.table), stamp(ctx.now))
    contract = contract.model_copy(update={"milestone_ids": (milestone.id,)})
    milestone = ending.accepted(milestone, contract.id, ctx.now)
    deal = deal_of(ctx.table, contract)
    tx = ctx.table.transaction()
    require_parties(tx, offer.parties)
    if orders.covered(ctx.table, deal, charge_of(deal, milestone.deposit)):
        booked = paying.fund(milestone, deal, paying.BookingContext(ctx.table.new_id, ctx.now))
        milestone = booked.milestone
        post(tx, *booked.bookings)
    else:  # the checkout page calls the provider when it is opened: this function has no secret
        checkout = orders.place(tx, charges.checkout_of(ctx, milestone, deal, back_url))
        milestone = milestone.model_copy(update={"checkout_id": checkout.id})
    tx.check(GIGS, gig)
    stored = create_offer(tx, rules.accepted(offer, milestone, contract.id, ctx.now))
    create_milestone(tx, milestone, offer.parties)
    begin_contract(tx, ctx.table, contract, client.company.name)
    begin_room(Actor.of(ctx), tx, room_subject(contract), None)
    for step in (Action.CREATE, Action.ACCEPT):
        tx.emit(OFFER, STEPS[step].event, offer.id, to=offer.parties.both)
    tx.emit("GIG", "ORDER", gig.id, to=offer.parties.both)
    tx.commit()
    return stored


def _result(ctx: Context, offer: Offer) -> OrderResult:
    """Return the current result of an order."""
    contract = ctx.table.get(CONTRACTS, offer.contract_id or "", consistent=True)
    milestone = ctx.table.get(MILESTONES, offer.id, offer.milestone_ids[0], consistent=True)
    if contract is None or milestone is None:
        raise Conflict("The milestone of this order was deleted. Its contract is in your list of contracts.")
    return OrderResult(contract, milestone)
