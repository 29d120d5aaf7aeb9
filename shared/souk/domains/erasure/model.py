"""Stored erasures of accounts."""

from enum import StrEnum

from souk.storage import Entity


class ErasureState(StrEnum):
    """The state of an erasure."""

    WAITING = "WAITING"
    """For its day."""
    CANCELLED = "CANCELLED"
    """The person keeps the account."""
    KEPT = "KEPT"
    """Something stood in the way on its day."""
    RUNNING = "RUNNING"
    DONE = "DONE"


class Erasure(Entity):
    """The erasure of an account. It never holds a name. Times are ISO 8601, UTC."""

    user_id: str
    state: ErasureState
    requested: str
    due: str
    reason: str | None = None
    """Why the person leaves, in their words, until the erasure begins."""
    obstacles: tuple[str, ...] = ()
    """The codes of what stood in the way (KEPT)."""
    subject: str | None = None
    """The person's account in the directory, while it is to be deleted."""
    left: tuple[str, ...] = ()
    """The kinds of the deadlines that have not finished, of those that run now."""
    begun: str | None = None
    done: str | None = None
    kept_until: int | None = None
    """When the record may be deleted, in seconds since 1970. None before it is done."""
