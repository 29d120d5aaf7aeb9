"""The states of a subscription, as a table.

    (new) -> REVIEW -> ACTIVE <-> DISABLED
    REVIEW, ACTIVE, DISABLED -> REJECTED
    any but REVIEW -> REVIEW (another address)
    REJECTED -> ACTIVE (an operator approves it after all)

An operator approves an address, so a new address needs a new review.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from souk.domains.webhooks.model import SubscriptionState as State
from souk.values.errors import Conflict


class Action(StrEnum):
    """The actions on a subscription."""

    CREATE = "CREATE"
    MOVE = "MOVE"
    """Its organization changes the address."""
    APPROVE = "APPROVE"
    REJECT = "REJECT"
    ENABLE = "ENABLE"
    DISABLE = "DISABLE"
    GONE = "GONE"
    """The address answers 410."""


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
"""Every allowed action in each state, and the new state."""

_REFUSED: Final = {
    (
        State.REVIEW,
        Action.DISABLE,
    ): "This subscription is in review and sends nothing yet. Only an active subscription can be stopped.",
    (State.REJECTED, Action.ENABLE): "This subscription was rejected. Change the address to have it reviewed again.",
    (State.REJECTED, Action.DISABLE): "This subscription was rejected and sends nothing.",
    (State.REJECTED, Action.REJECT): "This subscription is already rejected.",
    (State.ACTIVE, Action.APPROVE): "This subscription is already approved.",
    (State.DISABLED, Action.APPROVE): "This subscription is approved and stopped. Its organization can start it.",
}


def step(current: State | None, action: Action) -> State:
    """Return the state after an action. Raises Conflict if the state does not allow it."""
    target = STEPS.get((current, action))
    if target is None:
        reason = _REFUSED.get((current, action)) if current else None
        raise Conflict(reason or f"A subscription that is {current} does not allow {action}.")
    return target
