"""Where milestones are kept: with the offer that they began in, also when it has become a contract.

MILESTONES#<offer>   <id>      a milestone
UNIQ#milestone#<id>            held by its offer
UNIQ#submission#<id>           held by `<offer>/<milestone>`
"""

from typing import Final

from souk.domains.milestones.model import Milestone
from souk.errors import Conflict
from souk.storage import Collection, Key, Table, Transaction

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


def create_milestone(tx: Transaction, milestone: Milestone) -> Milestone:
    """Note in a transaction that a milestone is made."""
    tx.reserve(f"UNIQ#milestone#{milestone.id}", milestone.offer_id, Conflict("This milestone exists already."))
    return _told(tx, tx.create(MILESTONES, milestone))


def change_milestone(tx: Transaction, milestone: Milestone) -> Milestone:
    """Note in a transaction that a milestone changes."""
    return _told(tx, tx.update(MILESTONES, milestone))


def milestone_by_id(table: Table, milestone_id: str) -> Milestone | None:
    """Return a milestone as it is now, by its id alone."""
    holder = table.holder(f"UNIQ#milestone#{milestone_id}")
    return table.get(MILESTONES, holder, milestone_id, consistent=True) if holder else None


def milestones_of(table: Table, offer_id: str) -> list[Milestone]:
    """Return the milestones of an offer, and of the contract that it became, as they are now and in their order."""
    found = table.query_all(MILESTONES, f"MILESTONES#{offer_id}", consistent=True)
    return sorted(found, key=lambda one: (one.sequence, one.id))


def _told(tx: Transaction, milestone: Milestone) -> Milestone:
    tx.emit(MILESTONE, "REFRESH", milestone.id)
    return milestone
