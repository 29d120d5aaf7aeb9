"""The life of a gig, as a table.

    (new) -> draft -> published <-> paused
             draft, published, paused -> deleted

What is deleted stays so. An action is told to subscribers under its own name, of the entity GIG.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from souk.domains.gigs.model import Status
from souk.values.errors import Conflict


class Action(StrEnum):
    """What can be done with a gig."""

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
"""Every step that there is, and where it leads."""

OFFERED: Final = frozenset({Status.PUBLISHED, Status.PAUSED})
"""The states in which a gig is complete and has a slug."""


def step(current: Status | None, action: Action) -> Status:
    """Return the state that an action leads to. Raises Conflict where it cannot be done in this state."""
    target = STEPS.get((current, action))
    if target is None:
        possible = ", ".join(able for since, able in STEPS if since is current) or "nothing"
        raise Conflict(f"{action} cannot be done with a gig that is {current}; what can be done is: {possible}.")
    return target
