"""Reputations have no items of their own.

Scores are in the profiles (`souk.domains.talent.store`), and the numbers of contracts and days in the tallies of the
market (`souk.domains.market.store`).
"""

from collections.abc import Sequence
from typing import Final

from souk.domains.contracts.model import Contract
from souk.domains.feedback.store import FEEDBACKS
from souk.domains.jobs.store import JOBS
from souk.domains.market.store import CONTRACT_TOTALS
from souk.domains.reputation.model import Work
from souk.storage import Table

WRITES: Final = ()


def work_of(table: Table, contracts: Sequence[Contract], *, consistent: bool = False) -> list[Work]:
    """Return contracts with their totals, postings and feedback, in the same order, in one round trip."""
    keys = [
        key
        for one in contracts
        for key in (
            CONTRACT_TOTALS.key(one.id),
            FEEDBACKS.key(one.id),
            *([JOBS.key(one.job_id)] if one.job_id else []),
        )
    ]
    items = table.batch_get(keys, consistent=consistent, attributes=CONTRACT_TOTALS.attributes)

    def work(one: Contract) -> Work:
        totals, feedback = items.get(CONTRACT_TOTALS.key(one.id)), items.get(FEEDBACKS.key(one.id))
        job = items.get(JOBS.key(one.job_id)) if one.job_id else None
        return Work(
            contract=one,
            totals=CONTRACT_TOTALS.decode(totals) if totals else CONTRACT_TOTALS.absent,
            job=JOBS.decode(job) if job else None,
            feedback=FEEDBACKS.decode(feedback) if feedback else None,
        )

    return [work(one) for one in contracts]
