"""Archiving of the undecided proposals to a closed job."""

from datetime import datetime
from itertools import islice
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.jobs.model import Status
from souk.domains.jobs.store import JOBS
from souk.domains.proposals.rules.states import UNDECIDED, Action
from souk.domains.proposals.store import applications_to, move
from souk.storage import Table

ARCHIVE: Final = "proposals.archive"
"""The scheduled work that archives."""
_BATCH: Final = 20
"""Proposals per transaction. Each takes at most four of the 100 writes that a transaction can have."""
_MOST: Final = 1_000
"""Proposals per run. They take some seconds."""


def archive(table: Table, job_id: str, now: datetime) -> None:
    """Archive undecided proposals to a closed job. Offered, decided and archived ones stay unchanged.

    If there are more than 1,000, the work is scheduled again for the rest. It is also scheduled again if an offer ends
    without a contract later, for its proposal.
    """
    job = table.get(JOBS, job_id, consistent=True)
    if job is None or job.status is Status.REQUESTED:
        return
    undecided = (one for chunk in applications_to(table, job_id) for one in chunk if one.client_status in UNDECIDED)
    archived = 0
    while batch := list(islice(undecided, _BATCH)):
        tx = table.transaction()
        for proposal in batch:
            move(tx, proposal, Action.ARCHIVE, None, now)
        archived += len(batch)
        if archived >= _MOST:
            schedule(tx, ARCHIVE, job_id, now)
        tx.commit()
        if archived >= _MOST:
            return
