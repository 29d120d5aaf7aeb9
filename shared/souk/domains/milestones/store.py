"""The table's items of milestones. They keep the key of their offer when it becomes a contract.

MILESTONES#<offer>   <id>      a milestone
UNIQ#milestone#<id>            held by its offer
UNIQ#submission#<id>           held by `<offer>/<milestone>`
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.agreements.model import Parties, Side
from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import deal_of
from souk.domains.ledger.model import AccountKind, LedgerTransaction
from souk.domains.ledger.rules import entries
from souk.domains.ledger.store import MILESTONE_BOOKINGS, balance, post
from souk.domains.milestones.model import Milestone, Submission
from souk.domains.milestones.rules import ending, requirements
from souk.domains.payments.store import RECONCILE
from souk.storage import Collection, Key, Table, Transaction, View
from souk.values.errors import Conflict
from souk.values.times import stamp

WRITES: Final = ("MILESTONES#", "UNIQ#milestone#", "UNIQ#submission#")
"""The prefixes of the partition keys that this domain owns."""
MILESTONE: Final = "MILESTONE"
"""The contract's entity name for a milestone in events. Its only action is REFRESH."""


def milestone_key(offer_id: str, milestone_id: str) -> Key:
    """Return the key of a milestone."""
    return Key(f"MILESTONES#{offer_id}", milestone_id)


MILESTONES: Collection[Milestone] = Collection(
    name="Milestone", model=Milestone, key=milestone_key, key_of=lambda one: milestone_key(one.offer_id, one.id)
)


def create_milestone(tx: Transaction, milestone: Milestone, parties: Parties) -> Milestone:
    """Add a new milestone to a transaction, with its event."""
    return _emit_refresh(tx, put_milestone(tx, milestone), parties)


def put_milestone(tx: Transaction, milestone: Milestone) -> Milestone:
    """Add a new milestone to a transaction, without an event."""
    tx.reserve(f"UNIQ#milestone#{milestone.id}", milestone.offer_id, Conflict("This milestone already exists."))
    return tx.create(MILESTONES, milestone)


def change_milestone(tx: Transaction, milestone: Milestone, parties: Parties) -> Milestone:
    """Add a change of a milestone to a transaction, with its event."""
    return _emit_refresh(tx, tx.update(MILESTONES, milestone), parties)


def delete_milestone(tx: Transaction, milestone: Milestone, parties: Parties) -> None:
    """Add the deletion of a milestone to a transaction, with its event."""
    tx.delete(MILESTONES, milestone)
    tx.release(f"UNIQ#milestone#{milestone.id}", milestone.offer_id)
    _emit_refresh(tx, milestone, parties)


def reserve_submission(tx: Transaction, milestone: Milestone, submission: Submission) -> None:
    """Add the reference from a submission's id to its milestone to a transaction."""
    exists = Conflict("This submission already exists.")
    tx.reserve(f"UNIQ#submission#{submission.id}", f"{milestone.offer_id}/{milestone.id}", exists)


def milestone_of_submission(table: Table, submission_id: str) -> str | None:
    """Return the id of a submission's milestone."""
    holder = table.holder(f"UNIQ#submission#{submission_id}")
    return holder.partition("/")[2] if holder else None


def milestone_by_id(table: Table, milestone_id: str) -> Milestone | None:
    """Return a milestone by its id alone. The read is strongly consistent."""
    holder = table.holder(f"UNIQ#milestone#{milestone_id}")
    return table.get(MILESTONES, holder, milestone_id, consistent=True) if holder else None


def milestones_of(table: Table, offer_id: str) -> list[Milestone]:
    """Return the milestones of an offer, or of its contract, in order. The read is strongly consistent.

    There are at most `MAX_ALL`: adding one also changes the offer or the contract, so of two concurrent additions one
    fails with Conflict.
    """
    milestones = table.query_bounded(MILESTONES, f"MILESTONES#{offer_id}", most=requirements.MAX_ALL, consistent=True)
    return sorted(milestones, key=lambda one: (one.sequence, one.id))


def close_open_milestones(
    tx: Transaction, table: Table, contract: Contract, by: Side, now: datetime
) -> LedgerTransaction | None:
    """Add the end of a contract's open milestones to a transaction, with the refund of escrow to the client.

    Returns the booking of the refund, if there was money in escrow. The caller must not book anything else in the same
    transaction (`souk.domains.ledger.store.post`), and must change the contract at its version, so that no payment can
    happen in between. Raises the same errors as `ending.closed`.
    """
    still_open = ending.open_milestones(milestones_of(table, contract.offer_id))
    for milestone in still_open:
        change_milestone(tx, ending.closed(milestone, by, now), contract.parties)
        if milestone.checkout_id is not None and not milestone.funded:
            schedule(tx, RECONCILE, milestone.checkout_id, now)  # cancels the checkout
    amount, fee = ending.refund_of(still_open, contract.fees.client)
    if not amount:
        return None
    deal = deal_of(table, contract)
    if balance(table, entries.account(AccountKind.ESCROW, deal)) < amount:
        amount, fee = _still_in_escrow(table, still_open)
        if not amount:
            return None
    entry = entries.Entry(tx.new_id(), stamp(now), f"The contract ended: {contract.title}")
    booking = entries.refund(deal, amount, fee, entry)
    post(tx, booking)
    return booking


def _still_in_escrow(table: Table, milestones: Iterable[Milestone]) -> tuple[int, int]:
    """Return the amount in escrow for milestones and its fee, by their bookings: operators have reversed a funding."""
    amount = fee = 0
    for milestone in milestones:
        own = MILESTONE_BOOKINGS.of(table, milestone.id).all(View[LedgerTransaction, LedgerTransaction]())
        amount += sum(one.on(AccountKind.ESCROW) for one in own)
        fee += sum(one.on(AccountKind.FEES) for one in own)
    return amount, fee


def _emit_refresh(tx: Transaction, milestone: Milestone, parties: Parties) -> Milestone:
    tx.emit(MILESTONE, "REFRESH", milestone.id, to=parties.both)
    return milestone
