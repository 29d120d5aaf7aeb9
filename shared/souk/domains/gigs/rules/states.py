"""The states of a gig: a table of actions and transitions.

    (new) -> draft -> published <-> paused
             draft, published, paused -> deleted

Deleted gigs cannot be restored. Each action is also the name of its GIG event.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from souk.domains.gigs.model import Status
from souk.values.errors import Conflict


class Action(StrEnum):
    """An action on a gig."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    PUBLISH = "PUBLISH"
    PAUSE = "PAUSE"
    RESUME = "RESUME"
    DELETE = "DELETE"


STEPS: Final[Mapping[tuple[Status | None, Action], Status]] = {
    (None, Action.CREATE): Status.DRAFT,
    (Status.DRAFT, Action.UPDATE): Status.DRAFT,
    (Status.DRAFT, Action.PUBLISH): Status.PUBLISHED,
    (Status.DRAFT, Action.DELETE): Status.DELETED,
    (Status.PUBLISHED, Action.UPDATE): Status.PUBLISHED,
    (Status.PUBLISHED, Action.PAUSE): Status.PAUSED,
    (Status.PUBLISHED, Action.DELETE): Status.DELETED,
    (Status.PAUSED, Action.UPDATE): Status.PAUSED,
    (Status.PAUSED, Action.RESUME): Status.PUBLISHED,
    (Status.PAUSED, Action.DELETE): Status.DELETED,
}
"""The new state for each state and action. All other combinations are not allowed."""

COMPLETE: Final = frozenset({Status.PUBLISHED, Status.PAUSED})
"""The states in which a gig is complete and has a slug."""


def step(current: Status | None, action: Action) -> Status:
    """Return the state after an action. Raises Conflict if the current state does not allow it."""
    target = STEPS.get((current, action))
    if target is None:
        possible = ", ".join(allowed for since, allowed in STEPS if since is current) or "none"
        raise Conflict(f"{action} is not possible for a gig that is {current}. Possible actions: {possible}.")
    return target
