"""The life of a subscription, as a table.

    (new) -> REVIEW -> ACTIVE <-> DISABLED
    REVIEW, ACTIVE, DISABLED -> REJECTED
    any but REVIEW -> REVIEW (another address)
    REJECTED -> ACTIVE (an operator thinks again)

What an operator approves is an address, so another one is reviewed anew.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from souk.domains.webhooks.model import SubscriptionState as State
from souk.values.errors import Conflict


class Action(StrEnum):
    """What can be done with a subscription."""

    CREATE = "CREATE"
    MOVE = "MOVE"
    """Its organization names another address."""
    APPROVE = "APPROVE"
    REJECT = "REJECT"
    ENABLE = "ENABLE"
    DISABLE = "DISABLE"
    GONE = "GONE"
    """Its address answers 410."""


STEPS: Final[Mapping[tuple[State | None, Action], State]] = {
    (None, Action.CREATE): State.REVIEW,
    (State.REVIEW, Action.MOVE): State.REVIEW,
    (State.REVIEW, Action.APPROVE): State.ACTIVE,
    (State.REVIEW, Action.REJECT): State.REJECTED,
    (State.REVIEW, Action.ENABLE): State.REVIEW,
    (State.ACTIVE, Action.MOVE): State.REVIEW,
    (State.ACTIVE, Action.REJECT): State.REJECTED,
    (State.ACTIVE, Action.ENABLE): State.ACTIVE,
    (State.ACTIVE, Action.DISABLE): State.DISABLED,
    (State.ACTIVE, Action.GONE): State.DISABLED,
    (State.DISABLED, Action.MOVE): State.REVIEW,
    (State.DISABLED, Action.REJECT): State.REJECTED,
    (State.DISABLED, Action.ENABLE): State.ACTIVE,
    (State.DISABLED, Action.DISABLE): State.DISABLED,
    (State.REJECTED, Action.MOVE): State.REVIEW,
    (State.REJECTED, Action.APPROVE): State.ACTIVE,
}
"""Every step that there is, and where it leads."""

_REFUSED: Final = {
    (State.REVIEW, Action.DISABLE): "Nothing is sent before an operator has approved this subscription.",
    (State.REJECTED, Action.ENABLE): "This subscription was rejected; another address would be reviewed anew.",
    (State.REJECTED, Action.DISABLE): "This subscription was rejected: nothing is sent.",
    (State.REJECTED, Action.REJECT): "This subscription is rejected already.",
    (State.ACTIVE, Action.APPROVE): "This subscription is approved already.",
    (State.DISABLED, Action.APPROVE): "This subscription is approved, and stopped; its organization can start it.",
}


def step(current: State | None, action: Action) -> State:
    """Return the state that an action leads to. Raises Conflict where it cannot be done in this state."""
    target = STEPS.get((current, action))
    if target is None:
        said = _REFUSED.get((current, action)) if current else None
        raise Conflict(said or f"{action} cannot be done with a subscription that is {current}.")
    return target
