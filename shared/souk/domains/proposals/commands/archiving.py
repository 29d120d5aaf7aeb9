"""Archiving the proposals that were not decided when their job was closed."""

from datetime import datetime
from typing import Final

from souk.domains.jobs.model import Status
from souk.domains.jobs.store import JOBS
from souk.domains.proposals.rules.states import STANDING, Action
from souk.domains.proposals.store import applications_to, move
from souk.storage import Table

_AT_ONCE: Final = 20
"""Proposals in one transaction: each is three of its at most 100 writes."""


def archive(table: Table, job_id: str, now: datetime) -> None:
    """Archive what stands of a job that is closed. What is offered, or decided, or archived already stays as it is.

    An offer that comes to nothing later has this done again, so its proposal is not forgotten.
    """
    job = table.get(JOBS, job_id, consistent=True)
    if job is None or job.status is Status.REQUESTED:
        return
    standing = [one for one in applications_to(table, job_id) if one.client_status in STANDING]
    for first in range(0, len(standing), _AT_ONCE):
        tx = table.transaction()
        for proposal in standing[first : first + _AT_ONCE]:
            move(tx, proposal, Action.ARCHIVE, None, now)
        tx.commit()
