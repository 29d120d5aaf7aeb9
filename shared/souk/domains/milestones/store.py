"""Where milestones are kept: with the offer that they began in, also when it has become a contract.

MILESTONES#<offer>   <id>      a milestone
UNIQ#milestone#<id>            held by its offer
UNIQ#submission#<id>           held by `<offer>/<milestone>`
"""

from datetime import datetime
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.agreements.model import Parties, Side
from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import deal_of
from souk.domains.ledger.model import LedgerTransaction
from souk.domains.ledger.rules import entries
from souk.domains.ledger.store import post
from souk.domains.milestones.model import Milestone, Submission
from souk.domains.milestones.rules import ending
from souk.domains.payments.store import RECONCILE
from souk.storage import Collection, Key, Table, Transaction
from souk.values.errors import Conflict
from souk.values.times import stamp

WRITES: Final = ("MILESTONES#", "UNIQ#milestone#", "UNIQ#submission#")
"""The beginnings of the partition keys that this domain owns."""
MILESTONE: Final = "MILESTONE"
"""The contract's word for a milestone in events; its one action is REFRESH."""


def milestone_key(offer_id: str, milestone_id: str) -> Key:
    """Return the key of a milestone."""
    return Key(f"MILESTONES#{offer_id}", milestone_id)


MILESTONES: Collection[Milestone] = Collection(
    name="Milestone", model=Milestone, key=milestone_key, key_of=lambda one: milestone_key(one.offer_id, one.id)
)


def create_milestone(tx: Transaction, milestone: Milestone, parties: Parties) -> Milestone:
    """Note in a transaction that a milestone is made."""
    return _told(tx, put_milestone(tx, milestone), parties)


def put_milestone(tx: Transaction, milestone: Milestone) -> Milestone:
    """Note in a transaction that there is a milestone, which is no news to anybody."""
    tx.reserve(f"UNIQ#milestone#{milestone.id}", milestone.offer_id, Conflict("This milestone exists already."))
    return tx.create(MILESTONES, milestone)


def change_milestone(tx: Transaction, milestone: Milestone, parties: Parties) -> Milestone:
    """Note in a transaction that a milestone changes."""
    return _told(tx, tx.update(MILESTONES, milestone), parties)


def delete_milestone(tx: Transaction, milestone: Milestone, parties: Parties) -> None:
    """Note in a transaction that a milestone is taken away."""
    tx.delete(MILESTONES, milestone)
    tx.release(f"UNIQ#milestone#{milestone.id}", milestone.offer_id)
    _told(tx, milestone, parties)


def reserve_submission(tx: Transaction, milestone: Milestone, submission: Submission) -> None:
    """Note in a transaction where a new submission is found."""
    taken = Conflict("This submission exists already.")
    tx.reserve(f"UNIQ#submission#{submission.id}", f"{milestone.offer_id}/{milestone.id}", taken)


def milestone_of_submission(table: Table, submission_id: str) -> str | None:
    """Return the id of the milestone that a submission is of."""
    holder = table.holder(f"UNIQ#submission#{submission_id}")
    return holder.partition("/")[2] if holder else None


def milestone_by_id(table: Table, milestone_id: str) -> Milestone | None:
    """Return a milestone as it is now, by its id alone."""
    holder = table.holder(f"UNIQ#milestone#{milestone_id}")
    return table.get(MILESTONES, holder, milestone_id, consistent=True) if holder else None


def milestones_of(table: Table, offer_id: str) -> list[Milestone]:
    """Return the milestones of an offer, and of the contract that it became, as they are now and in their order."""
    found = table.query_all(MILESTONES, f"MILESTONES#{offer_id}", consistent=True)
    return sorted(found, key=lambda one: (one.sequence, one.id))


def close_open(tx: Transaction, table: Table, contract: Contract, by: Side, now: datetime) -> LedgerTransaction | None:
    """Note in a transaction that one side ends a contract: its open milestones end, and escrow goes to the client.

    Returns the booking of the refund if escrow held anything. Nothing else can be booked in the same transaction
    (`souk.domains.ledger.store.post`). It has to change the contract at its version, so that nobody pays meanwhile.
    Raises Conflict as `ending.closed` does.
    """
    still = ending.open_ones(milestones_of(table, contract.offer_id))
    for milestone in still:
        change_milestone(tx, ending.closed(milestone, by, now), contract.parties)
        if milestone.checkout_id is not None and not milestone.funded:
            schedule(tx, RECONCILE, milestone.checkout_id, now)  # it is not to be paid any more
    amount, fee = ending.refund_of(still, contract.fees.client)
    if not amount:
        return None
    entry = entries.Entry(tx.new_id(), stamp(now), f"The contract ended: {contract.title}")
    booking = entries.refund(deal_of(table, contract), amount, fee, entry)
    post(tx, booking)
    return booking


def _told(tx: Transaction, milestone: Milestone, parties: Parties) -> Milestone:
    tx.emit(MILESTONE, "REFRESH", milestone.id, to=parties.both)
    return milestone
