"""The names of rooms about a posting, which are its title: another one while it is taken down."""

from datetime import datetime
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.jobs.model import Job
from souk.domains.jobs.rules.visibility import REMOVED_TITLE, room_name
from souk.domains.jobs.store import JOBS
from souk.domains.proposals.store import applications_to
from souk.domains.rooms.model import Room
from souk.domains.rooms.store import COMMITS, ROOMS
from souk.storage import Table, Transaction

RENAME: Final = "messages.rename"
"""The deadline kind of a posting that was taken down, or restored."""
_MOST: Final = 200
"""Rooms per run."""


def rename(table: Table, job_id: str, now: datetime) -> None:
    """Rename the rooms of the proposals to a posting that is taken down, or give them its title again.

    Rooms with other names stay unchanged. If there are more than 200, the work is scheduled again for the rest.
    """
    job = table.get(JOBS, job_id, consistent=True)
    if job is None:
        return
    renamed = 0
    for chunk in applications_to(table, job_id):
        items = table.batch_get([ROOMS.key(one.id) for one in chunk], consistent=True)
        for room in map(ROOMS.decode, items.values()):
            if room.name != _former(job):
                continue
            if renamed == _MOST:
                tx = table.transaction()
                schedule(tx, RENAME, job_id, now)
                tx.commit()
                return
            _rename(table, room.id, job)
            renamed += 1


def _rename(table: Table, room_id: str, job: Job) -> None:
    def attempt(tx: Transaction) -> None:
        room: Room | None = table.get(ROOMS, room_id, consistent=True)
        if room is not None and room.name == _former(job):
            tx.update(ROOMS, room.model_copy(update={"name": room_name(job)}))

    table.retry_until_committed(attempt, commits=COMMITS)


def _former(job: Job) -> str | None:
    """Return the name of rooms that have not been renamed yet."""
    return job.info.title if job.takedown else REMOVED_TITLE
