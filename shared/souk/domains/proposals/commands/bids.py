"""The bids in a posting's activity: their sum at once, the lowest and highest bid a minute later.

Concurrent additions to a sum do not conflict. The lowest bid after a withdrawal depends on all other bids, and reading
them in each command would make applicants conflict. So the range is computed once for all changes of a minute.
"""

from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.market.store import ACTIVITY, activity_key
from souk.domains.proposals.model import ClientStatus, Proposal
from souk.domains.proposals.rules import bids
from souk.domains.proposals.store import applications_to
from souk.storage import Table, Transaction

BID_RANGE: Final = "proposals.range_of_bids"
"""The scheduled work that computes the range."""
_SUMS: Final = ("bids", "bid_total")
"""The fields that change with every bid."""
_MINUTE: Final = timedelta(minutes=1)
_MOST_CHUNKS: Final = 20
"""The chunks of 500 applications that the range is computed from. They take some seconds."""


def count_bids(tx: Transaction, before: Proposal | None, after: Proposal) -> None:
    """Add the changes of the bids and contacts around a posting to a transaction, and schedule the range."""
    changed = bids.difference(before, after)
    tx.tally(ACTIVITY, activity_key(after.job_id), **changed)
    if not changed.keys().isdisjoint(_SUMS):
        now = datetime.fromisoformat(after.modified)
        schedule(tx, BID_RANGE, after.job_id, now.replace(second=0, microsecond=0) + _MINUTE)


def update_bid_range(table: Table, job_id: str, now: datetime) -> None:  # noqa: ARG001 - the time does not matter
    """Store the lowest and the highest bid of a posting, of its first 10,000 applications in the table's order.

    Raises Conflict if bids change in the meantime; the work is retried.
    """
    seen = table.read_tally(ACTIVITY, job_id, consistent=True)
    lowest, highest = _range(table, job_id)
    if (seen.lowest_bid, seen.highest_bid) == (lowest, highest):
        return
    tx = table.transaction()
    tx.set_derived(ACTIVITY, activity_key(job_id), seen, _SUMS, lowest_bid=lowest, highest_bid=highest)
    tx.commit()


def _range(table: Table, job_id: str) -> tuple[int, int]:
    """Return the lowest and the highest bid of a posting; zeros if there is none."""
    lowest: int | None = None
    highest = 0
    for proposals in islice(applications_to(table, job_id), _MOST_CHUNKS):
        amounts = [one.amount for one in proposals if one.client_status is not ClientStatus.WITHDRAWN]
        highest = max([highest, *amounts])
        lowest = min(amounts if lowest is None else [lowest, *amounts], default=lowest)
    return lowest or 0, highest
