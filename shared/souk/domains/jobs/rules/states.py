r"""The states of a posting, as a table.

    (new) -> DRAFT -> REQUESTED -> FILLED
                 \             \-> CANCELLED
                  \-> DELETED_DRAFT

REQUESTED is the contract's word for published. VERIFICATION_PENDING and PENDING_PAYMENT_METHOD are words for a posting
that waits for its client to be verified; Souk publishes without such a wait, so nothing leads there.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from souk.authentication.principal import Role
from souk.domains.jobs.model import PostingRequest, SandsStatus, Status
from souk.values.errors import Conflict, Forbidden, Unprocessable


class Event(StrEnum):
    """What subscribers are told of a posting: the actions of the contract's entity JP."""

    NEW = "NEW"
    UPDATE = "UPDATE"
    CLOSE = "CLOSE"


_STEPS: Final[Mapping[tuple[Status | None, Status], Event | None]] = {
    (None, Status.DRAFT): None,
    (None, Status.REQUESTED): Event.NEW,
    (Status.DRAFT, Status.DRAFT): None,
    (Status.DRAFT, Status.REQUESTED): Event.NEW,
    (Status.DRAFT, Status.DELETED_DRAFT): None,
    (Status.REQUESTED, Status.REQUESTED): Event.UPDATE,
    (Status.REQUESTED, Status.FILLED): Event.CLOSE,
    (Status.REQUESTED, Status.CANCELLED): Event.CLOSE,
}
"""Every step that a client may take, and what is told of it. The market never heard of a draft, so nothing is told."""

OPEN: Final = frozenset({Status.DRAFT, Status.REQUESTED})
"""The states in which a posting can be changed."""
PUBLIC: Final = frozenset({Status.REQUESTED, Status.FILLED, Status.CANCELLED})
"""The states in which the market may know of a posting."""

_MANAGERS: Final = frozenset({Role.OWNER, Role.ADMIN, Role.HIRING_MANAGER})
_FROM_SANDS: Final = {SandsStatus.DRAFT: Status.DRAFT, SandsStatus.PUBLISHED: Status.REQUESTED}


def wanted(request: PostingRequest, current: Status | None) -> Status:
    """Return the state that a request leads to.

    `jobPostingInfo.status` says it; where it is left out, `sandsJobPost.status`. Where neither says anything a new
    posting is published, and a posting that exists stays what it is.
    """
    info, sands = request.job_posting_info, request.sands_job_post
    if info and info.status:
        return info.status
    if sands and sands.status and current in (None, Status.DRAFT):
        return _FROM_SANDS[sands.status]
    return current or Status.REQUESTED


def step(current: Status | None, target: Status) -> Event | None:
    """Return what is told of a step.

    Raises Conflict where the posting is past that, and Unprocessable for a state that nothing leads to.
    """
    if (current, target) in _STEPS:
        return _STEPS[current, target]
    if current is not None and current not in OPEN:
        raise Conflict(f"This job posting is closed ({current}) and cannot be changed any more.")
    reachable = ", ".join(to for since, to in _STEPS if since is current)
    raise Unprocessable(
        f"jobPostingRequest.jobPostingInfo.status: {target} cannot follow {current or 'nothing'}; {reachable} can."
    )


def closing(current: Status, *, hired: bool) -> Status:
    """Return what closing makes of a posting; `hired`: whether somebody was found."""
    if current is Status.DRAFT:
        return Status.DELETED_DRAFT
    return Status.FILLED if hired else Status.CANCELLED


def require_manager(role: Role) -> None:
    """Raise Forbidden unless a role may make and change postings."""
    if role not in _MANAGERS:
        raise Forbidden("Only owners, admins and hiring managers of an organization manage its job postings.")
