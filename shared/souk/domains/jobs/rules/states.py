r"""The states of a posting, as a table.

    (new) -> DRAFT -> REQUESTED -> FILLED
                 \             \-> CANCELLED
                  \-> DELETED_DRAFT

REQUESTED is the contract's name for published. VERIFICATION_PENDING and PENDING_PAYMENT_METHOD are for postings of
clients that are not verified yet. Souk publishes without verification, so they are unreachable.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from souk.authentication.principal import Role
from souk.domains.jobs.model import Job, PostingRequest, SandsStatus, Status
from souk.values.errors import Conflict, Forbidden, Unprocessable


class Event(StrEnum):
    """The event actions of a posting: those of the contract's entity JP."""

    NEW = "NEW"
    UPDATE = "UPDATE"
    CLOSE = "CLOSE"


_TRANSITIONS: Final[Mapping[tuple[Status | None, Status], Event | None]] = {
    (None, Status.DRAFT): None,
    (None, Status.REQUESTED): Event.NEW,
    (Status.DRAFT, Status.DRAFT): None,
    (Status.DRAFT, Status.REQUESTED): Event.NEW,
    (Status.DRAFT, Status.DELETED_DRAFT): None,
    (Status.REQUESTED, Status.REQUESTED): Event.UPDATE,
    (Status.REQUESTED, Status.FILLED): Event.CLOSE,
    (Status.REQUESTED, Status.CANCELLED): Event.CLOSE,
}
"""Every allowed transition and its event. Changes of drafts have no event, because the market never saw them."""

OPEN: Final = frozenset({Status.DRAFT, Status.REQUESTED})
"""The states in which a posting can be updated."""
PUBLIC: Final = frozenset({Status.REQUESTED, Status.FILLED, Status.CANCELLED})
"""The states in which the market may see a posting."""

_MANAGERS: Final = frozenset({Role.OWNER, Role.ADMIN, Role.HIRING_MANAGER})
_FROM_SANDS: Final = {SandsStatus.DRAFT: Status.DRAFT, SandsStatus.PUBLISHED: Status.REQUESTED}


def target_status(request: PostingRequest, current: Status | None) -> Status:
    """Return the status that a request asks for.

    `jobPostingInfo.status` comes first, then `sandsJobPost.status`. Without both, a new posting is published, and an
    existing one keeps its status.
    """
    info, sands = request.job_posting_info, request.sands_job_post
    if info and info.status:
        return info.status
    if sands and sands.status and current in (None, Status.DRAFT):
        return _FROM_SANDS[sands.status]
    return current or Status.REQUESTED


def published_status(request: PostingRequest) -> Status:
    """Return the status of a request that publishes a draft. Raises Unprocessable if it asks for another one."""
    status = target_status(request, None)
    if status is not Status.REQUESTED:
        raise Unprocessable(
            "jobPostingRequest.jobPostingInfo.draftJobPostingId: publishes a draft, so leave out the status or use "
            "REQUESTED. Change a draft with updateJobPosting."
        )
    return status


def transition(current: Status | None, target: Status) -> Event | None:
    """Return the event of a transition, if it has one.

    Raises Conflict for a closed posting, and Unprocessable for any other transition that is not allowed.
    """
    if (current, target) in _TRANSITIONS:
        return _TRANSITIONS[current, target]
    if current is not None and current not in OPEN:
        raise Conflict(f"This job posting is closed ({current}) and can no longer be changed.")
    allowed = ", ".join(to for since, to in _TRANSITIONS if since is current)
    since = f"from {current}" if current else "for a new posting"
    raise Unprocessable(
        f"jobPostingRequest.jobPostingInfo.status: {target} is not possible {since}; use one of {allowed}."
    )


def closed_status(current: Status, *, hired: bool) -> Status:
    """Return the status of a posting after closing. `hired` tells whether a freelancer was hired."""
    if current is Status.DRAFT:
        return Status.DELETED_DRAFT
    return Status.FILLED if hired else Status.CANCELLED


def require_not_taken_down(job: Job) -> None:
    """Raise Conflict for a posting that was taken down."""
    if job.takedown is not None:
        raise Conflict(f"This job posting was taken down, so it cannot be changed. The reason: {job.takedown.reason}")


def require_manager(role: Role) -> None:
    """Raise Forbidden unless a role may create and update postings."""
    if role not in _MANAGERS:
        raise Forbidden("Only owners, admins and hiring managers of an organization can manage its job postings.")
