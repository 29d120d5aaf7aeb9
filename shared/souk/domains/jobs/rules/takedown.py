"""What a takedown does to a posting, and its end. Pure.

A takedown closes an open posting, so that everything that depends on a posting being open ends with it. It is not one
of the transitions of `states`: those are the client's, and CANCELLED is final in them. A restored posting is a draft,
which its client can publish again. One that its client had closed before stays closed.
"""

from souk.domains.jobs.model import Job, Status
from souk.domains.moderation.model import Takedown


def taken_down(job: Job, takedown: Takedown) -> Job:
    """Return a posting that is taken down. An open one is closed at the time of the takedown."""
    changes: dict[str, object] = {"takedown": takedown, "modified": takedown.at}
    if job.status is Status.REQUESTED:
        changes |= {"status": Status.CANCELLED, "closed": takedown.at}
    return job.model_copy(update=changes)


def restored(job: Job, now: str) -> Job:
    """Return a posting whose takedown ends. If the takedown had closed it, it is a draft."""
    changes: dict[str, object] = {"takedown": None, "modified": now}
    if job.takedown is not None and job.closed == job.takedown.at:
        changes |= {"status": Status.DRAFT, "closed": None}
    return job.model_copy(update=changes)
