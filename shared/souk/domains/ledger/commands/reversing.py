"""Reversing a booking: the opposite booking, once. Milestones, weeks and contracts stay as they are."""

from typing import Final

from souk.domains.audit.inputs import reason_in
from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.ledger.inputs import ReverseBooking
from souk.domains.ledger.model import Account, AccountKind, LedgerTransaction, Reversal
from souk.domains.ledger.rules import reversing
from souk.domains.ledger.rules.entries import Entry, balance_changes, reversal
from souk.domains.ledger.store import (
    BOOKINGS,
    MILESTONE_BOOKINGS,
    REVERSALS,
    balances_of,
    post,
    reversal_guard,
)
from souk.graph import Context
from souk.storage import Table, Transaction, View
from souk.values import idempotency
from souk.values.errors import Conflict, NotFound
from souk.values.problems import Problems
from souk.values.times import stamp

_KEY_USED: Final = "This idempotency key was used for a different reversal."
_EVERYTHING: Final[View[LedgerTransaction, LedgerTransaction]] = View()


def reverse(ctx: Context, request: ReverseBooking) -> LedgerTransaction:
    """Book the opposite of a booking, fees included, and return it.

    A repeated idempotency key returns the first reversal. Raises NotFound for an unknown booking, and Conflict for one
    that was reversed already, that is of a kind that is not reversed, or whose accounts hold too little.
    """
    problems = Problems("input")
    reason, key = reason_in(problems, request.reason), idempotency.key(problems, request.idempotency_key)
    if key is None:
        problems.add("idempotencyKey", "must not be empty.", missing=True)
    problems.raise_if_any()
    guard = reversal_guard(ctx.principal.organization_id, ctx.principal.user_id, key or "")
    fingerprint = idempotency.fingerprint(request)

    def attempt(tx: Transaction) -> LedgerTransaction:
        if made := _made(ctx.table, guard, fingerprint):
            return made
        original = ctx.table.get(BOOKINGS, request.booking_id, consistent=True)
        if original is None:
            raise NotFound("There is no booking with this id.")
        reversing.require_reversible(original)
        if earlier := ctx.table.get(REVERSALS, original.id, consistent=True):
            raise Conflict(f"This booking is reversed already, by {earlier.reversed_by}.")
        description = f"Reversed: {original.description or original.kind}"
        booking = reversal(original, Entry(tx.new_id(), stamp(ctx.now), description))
        _require_covered(ctx, booking)
        post(tx, booking)
        tx.create(REVERSALS, Reversal(booking_id=original.id, reversed_by=booking.id))
        tx.reserve(guard, f"{booking.id}#{fingerprint}", Conflict(_KEY_USED))
        subject = Subject(type="LedgerBooking", id=original.id, title=original.description or original.kind)
        record(tx, actor_of(ctx), "reverseBooking", subject, reason=reason, changes={"reversedBy": (None, booking.id)})
        return booking

    return ctx.table.retry_until_committed(attempt)


def _made(table: Table, guard: str, fingerprint: str) -> LedgerTransaction | None:
    """Return the reversal that an idempotency key has made. Raises Conflict if it was for another request."""
    holder = table.holder(guard)
    if holder is None:
        return None
    id_, _, made_for = holder.partition("#")
    if made_for != fingerprint:
        raise Conflict(_KEY_USED)
    return table.get(BOOKINGS, id_, consistent=True)


def _require_covered(ctx: Context, booking: LedgerTransaction) -> None:
    """Raise Conflict, with what is left, if an account would fall below zero.

    Milestones share the escrow of their contract. So a reversal must not take what was funded for another one.
    """
    changes = {one.account: one.by for one in balance_changes([booking])}
    balances = balances_of(ctx.table, list(changes))
    short = reversing.missing(booking, balances)
    if short is not None:
        owner = reversing.owner_of(short, _name(ctx, short))
        raise Conflict(reversing.shortage(owner, short, balances[short], -changes[short]))
    escrow = booking.on(AccountKind.ESCROW)
    if booking.milestone_id and escrow < 0:
        own = MILESTONE_BOOKINGS.of(ctx.table, booking.milestone_id).all(_EVERYTHING)
        left = sum(one.on(AccountKind.ESCROW) for one in own)
        if left + escrow < 0:
            account = next(one for one in changes if one.kind is AccountKind.ESCROW)
            owner = f"The escrow of milestone {booking.milestone_id}"
            raise Conflict(reversing.shortage(owner, account, left, -escrow))


def _name(ctx: Context, account: Account) -> str | None:
    company = ctx.load(ORGANIZATIONS, account.owner) if account.kind is not AccountKind.ESCROW else None
    return company.name if company else None
