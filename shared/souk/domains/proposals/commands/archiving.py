"""Archiving of the undecided proposals to a closed job."""

from datetime import datetime
from typing import Final

from souk.domains.jobs.model import Status
from souk.domains.jobs.store import JOBS
from souk.domains.proposals.rules.states import UNDECIDED, Action
from souk.domains.proposals.store import applications_to, move
from souk.storage import Table

_BATCH: Final = 20
"""Proposals per transaction. Each takes three of the 100 writes that a transaction can have."""


def archive(table: Table, job_id: str, now: datetime) -> None:
    """Archive the undecided proposals to a closed job. Offered, decided and archived ones stay unchanged.

    If an offer ends without a contract later, this work is scheduled again for its proposal.
    """
    job = table.get(JOBS, job_id, consistent=True)
    if job is None or job.status is Status.REQUESTED:
        return
    undecided = [one for one in applications_to(table, job_id) if one.client_status in UNDECIDED]
    for first in range(0, len(undecided), _BATCH):
        tx = table.transaction()
        for proposal in undecided[first : first + _BATCH]:
            move(tx, proposal, Action.ARCHIVE, None, now)
        tx.commit()
