"""Settling payments for milestones: funding, and the part of an approval that escrow does not cover."""

from datetime import datetime
from itertools import chain

from souk.domains.contracts.commands.changing import room_subject
from souk.domains.contracts.model import Contract, ContractStatus
from souk.domains.contracts.store import CONTRACTS
from souk.domains.ledger.store import post
from souk.domains.milestones.model import Milestone, MilestonePayment
from souk.domains.milestones.rules import paying
from souk.domains.milestones.store import MILESTONES, change_milestone
from souk.domains.payments.model import PaymentOrder
from souk.domains.payments.rules.orders import incoming
from souk.domains.rooms.commands import Actor, tell
from souk.domains.rooms.model import StoryEvent
from souk.domains.workflow.store import note_work
from souk.storage import Table, Transaction
from souk.values.errors import Conflict


def fund(tx: Transaction, table: Table, order: PaymentOrder, now: datetime) -> None:
    """Fund a milestone with a payment. Raises Conflict if the milestone does not wait for this payment."""
    contract, milestone = _load(table, order)
    if contract.status is ContractStatus.CLOSED:
        raise Conflict("The contract has ended.")
    if milestone.checkout_id != order.id or milestone.deposit != order.amount:
        raise Conflict("The milestone has changed since this checkout was made.")
    _book(tx, contract, order, paying.fund(milestone, order.deal, _context(table, order, now)), now)


def approve(tx: Transaction, table: Table, order: PaymentOrder, now: datetime) -> None:
    """Pay for an approved milestone. Raises Conflict if the milestone does not wait for this payment."""
    contract, milestone = _load(table, order)
    approval = _details(order).approval
    if milestone.payment_id != order.id or approval is None:
        raise Conflict("The milestone does not wait for this payment.")
    actor = Actor(table, order.user_id, contract.parties.client_team_id, now)
    subject, event = room_subject(contract), StoryEvent.MILESTONE_APPROVED
    tell(actor, tx, subject, event, approval.note, "milestone", milestone.id)
    _book(tx, contract, order, paying.approve(milestone, approval, order.deal, _context(table, order, now)), now)


def unlock(tx: Transaction, table: Table, order: PaymentOrder) -> None:
    """Unlock a milestone whose approval could not be charged."""
    milestone = _milestone(table, order)
    if milestone is not None and milestone.payment_id == order.id:
        change_milestone(tx, milestone.model_copy(update={"payment_id": None}), order.deal.parties)


def _load(table: Table, order: PaymentOrder) -> tuple[Contract, Milestone]:
    contract = table.get(CONTRACTS, order.deal.contract_id, consistent=True)
    milestone = _milestone(table, order)
    if contract is None or milestone is None:
        raise Conflict("The milestone no longer exists.")
    return contract, milestone


def _milestone(table: Table, order: PaymentOrder) -> Milestone | None:
    details = _details(order)
    return table.get(MILESTONES, details.offer_id, details.milestone_id, consistent=True)


def _details(order: PaymentOrder) -> MilestonePayment:
    return MilestonePayment.model_validate(order.details)


def _context(table: Table, order: PaymentOrder, now: datetime) -> paying.BookingContext:
    ids = chain([order.booking_id], iter(table.new_id, None))
    return paying.BookingContext(lambda: next(ids), now, order.id)


def _book(
    tx: Transaction, contract: Contract, order: PaymentOrder, booked: paying.BookedMilestone, now: datetime
) -> None:
    tx.check(CONTRACTS, contract)
    change_milestone(tx, booked.milestone, contract.parties)
    if booked.milestone.paid:
        note_work(tx, contract.id, now)
    post(tx, incoming(order, tx.new_id(), now, booked.milestone.id), *booked.bookings)
