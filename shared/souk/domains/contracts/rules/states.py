"""The states of a contract: a table of actions, with their transitions, requirements and events. Pure.

The event catalog has no events for contracts. `docs/contracts.md` shows this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from souk.domains.contracts.model import ContractStatus
from souk.values.errors import Conflict

S = ContractStatus


class Actor(StrEnum):
    """The side that performs an action."""

    CLIENT = "the client"
    FREELANCER = "the freelancer"
    MARKETPLACE = "the marketplace"


class Action(StrEnum):
    """An action on a contract. The value completes "Cannot ..." in error messages."""

    BEGIN = "start"
    PAUSE = "pause"
    RESTART = "restart"
    CHANGE_LIMIT = "change the weekly limit"
    CHANGE_TIME_SETTINGS = "change the time settings"
    RAISE = "raise the rate"
    END_BY_CLIENT = "end as the client"
    END_BY_FREELANCER = "end as the freelancer"
    HOLD = "hold"
    LIFT_HOLD = "lift the hold"
    REFUND_HOURS = "refund hours"


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table."""

    actor: Actor
    since: frozenset[ContractStatus | None]
    """The states that allow the action. None stands for a new contract."""
    to: ContractStatus | None
    """None for an unchanged state."""
    needs: str
    """Further requirements."""
    changes: str
    """Changes besides the state."""
    events: str = ""


OPEN: Final = frozenset({S.ACTIVE, S.PAUSED})
_ENDS: Final = "terms, limits and milestones end; escrow is refunded; feedback opens for two weeks"
_END_EVENTS: Final = "MILESTONE REFRESH for each milestone that ends; CFB SUBMIT if feedback is included"

STEPS: Final[Mapping[Action, Step]] = {
    Action.BEGIN: Step(
        Actor.FREELANCER,
        frozenset({None}),
        S.ACTIVE,
        "an open offer",
        "the first term and the first weekly limit start",
        "the events of the offer, its proposal and its milestones",
    ),
    Action.PAUSE: Step(
        Actor.CLIENT,
        frozenset({S.ACTIVE}),
        S.PAUSED,
        "",
        "milestones cannot be added, funded or submitted; raises wait",
    ),
    Action.RESTART: Step(
        Actor.CLIENT, frozenset({S.PAUSED}), S.ACTIVE, "no week holds it", "a raise that waited takes effect now"
    ),
    Action.CHANGE_LIMIT: Step(
        Actor.CLIENT,
        OPEN,
        None,
        "an hourly contract",
        "the old limit ends and the new one starts: a raise for the whole running week, a cut from next Monday",
    ),
    Action.CHANGE_TIME_SETTINGS: Step(
        Actor.CLIENT,
        OPEN,
        None,
        "an hourly contract",
        "where manual time changes, the old term ends and one at the same rate starts",
    ),
    Action.RAISE: Step(
        Actor.MARKETPLACE,
        frozenset({S.ACTIVE}),
        None,
        "an agreed raise is due",
        "the old term ends, and one with the higher rate starts",
    ),
    Action.END_BY_CLIENT: Step(
        Actor.CLIENT,
        OPEN,
        S.CLOSED,
        "a reason; no milestone is submitted or being paid",
        _ENDS,
        _END_EVENTS,
    ),
    Action.END_BY_FREELANCER: Step(
        Actor.FREELANCER,
        OPEN,
        S.CLOSED,
        "a reason; no milestone is being paid",
        _ENDS,
        _END_EVENTS,
    ),
    Action.HOLD: Step(
        Actor.MARKETPLACE,
        OPEN,
        S.PAUSED,
        "the charge for a week fails, or the client disputes a week",
        "as a pause; for a dispute, the weekly limit becomes 0",
        "TIMESHEET DECLINE or DISPUTE",
    ),
    Action.LIFT_HOLD: Step(
        Actor.MARKETPLACE,
        frozenset({S.PAUSED}),
        None,
        "that week is paid or written off, or its dispute is over",
        "the client can restart the contract; the weekly limit stays",
        "TIMESHEET SUBMIT or RESOLVE",
    ),
    Action.REFUND_HOURS: Step(
        Actor.FREELANCER,
        frozenset(S),
        None,
        "a week that is billed or released",
        "the last billed minutes of the week go back to the client",
        "TIMESHEET REFUND",
    ),
}

ENDINGS: Final = frozenset(action for action, step in STEPS.items() if step.to is S.CLOSED)


def move(action: Action, status: ContractStatus | None) -> ContractStatus:
    """Return the state after an action. Raises Conflict if the current state does not allow the action."""
    step = STEPS[action]
    if status not in step.since:
        allowed = " or ".join(sorted(one for one in step.since if one)) or "new"
        raise Conflict(f"Cannot {action}: this contract is {status} and must be {allowed}.")
    to = step.to or status
    if to is None:
        raise Conflict("This contract does not exist.")
    return to
