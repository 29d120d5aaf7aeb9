"""The lowest and the highest bid around a posting: worked out a moment after bids have changed.

A sum can be added to whoever else adds to it, but when the lowest bid is withdrawn only the others say which is the
lowest now. Reading them in the commands would have applicants wait for each other; so the bids of one minute are looked
through together when it is over.
"""

from datetime import datetime, timedelta
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.market.store import ACTIVITY, activity_key
from souk.domains.proposals.model import ClientStatus, Proposal
from souk.domains.proposals.rules import bids
from souk.domains.proposals.store import applications_to
from souk.storage import Table, Transaction

RANGE: Final = "proposals.range_of_bids"
"""The work that looks through them."""
_ALL: Final = ("bids", "bid_total")
"""What changes whenever one of the bids does."""
_MINUTE: Final = timedelta(minutes=1)


def count_bids(tx: Transaction, before: Proposal | None, after: Proposal) -> None:
    """Note in a transaction what a step changes of the bids around the posting, and of who was in touch."""
    changed = bids.difference(before, after)
    tx.tally(ACTIVITY, activity_key(after.job_id), **changed)
    if not changed.keys().isdisjoint(_ALL):
        now = datetime.fromisoformat(after.modified)
        schedule(tx, RANGE, after.job_id, now.replace(second=0, microsecond=0) + _MINUTE)


def look_through(table: Table, job_id: str, now: datetime) -> None:  # noqa: ARG001 - bids are good at any time
    """Note which are the lowest and the highest bid of those that the tally counts.

    Raises Conflict where bids change meanwhile: it is done again, with those.
    """
    seen = table.read_tally(ACTIVITY, job_id, consistent=True)
    amounts = [one.amount for one in applications_to(table, job_id) if one.client_status is not ClientStatus.WITHDRAWN]
    found = {"lowest_bid": min(amounts, default=0), "highest_bid": max(amounts, default=0)}
    if all(getattr(seen, name) == number for name, number in found.items()):
        return
    tx = table.transaction()
    tx.settle(ACTIVITY, activity_key(job_id), seen, _ALL, **found)
    tx.commit()
