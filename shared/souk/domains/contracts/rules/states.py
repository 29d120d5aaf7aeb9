"""The life of a contract, as a table. Pure.

Each step says who takes it, from which states, where it leads, what it needs besides, what it changes, and which events
tell of it: the catalog of events has none for contracts, so they are of what ends with one. docs/contracts.md draws it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from souk.domains.contracts.model import ContractStatus
from souk.values.errors import Conflict

S = ContractStatus


class Actor(StrEnum):
    """Who takes a step."""

    CLIENT = "the client"
    FREELANCER = "the freelancer"
    MARKETPLACE = "the marketplace"


class Action(StrEnum):
    """What is done to a contract."""

    BEGIN = "begin"
    PAUSE = "be paused"
    RESTART = "go on"
    CHANGE_LIMIT = "get another weekly limit"
    RAISE = "get a higher rate"
    END_BY_CLIENT = "be ended by the client"
    END_BY_FREELANCER = "be ended by the freelancer"


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table."""

    actor: Actor
    since: frozenset[ContractStatus | None]
    """None: there is no contract yet."""
    to: ContractStatus | None
    """None: it stays what it is."""
    needs: str
    """What must hold besides."""
    changes: str
    """What it changes besides the state."""
    events: str = ""


OPEN: Final = frozenset({S.ACTIVE, S.PAUSED})
_ENDS: Final = "terms, limits and milestones end, escrow goes back, feedback opens for two weeks"
_TOLD: Final = "MILESTONE REFRESH of each milestone that ends, CFB SUBMIT where feedback comes with it"

STEPS: Final[Mapping[Action, Step]] = {
    Action.BEGIN: Step(
        Actor.FREELANCER,
        frozenset({None}),
        S.ACTIVE,
        "an offer that can be accepted",
        "the first term and the first weekly limit begin",
        "those of the offer, its proposal and its milestones",
    ),
    Action.PAUSE: Step(
        Actor.CLIENT,
        frozenset({S.ACTIVE}),
        S.PAUSED,
        "",
        "no milestone is added, funded or submitted, and no raise takes effect",
    ),
    Action.RESTART: Step(
        Actor.CLIENT, frozenset({S.PAUSED}), S.ACTIVE, "", "a raise that fell into the pause takes effect now"
    ),
    Action.CHANGE_LIMIT: Step(
        Actor.CLIENT, OPEN, None, "paid by the hour", "the old limit ends and the new one begins, at once"
    ),
    Action.RAISE: Step(
        Actor.MARKETPLACE,
        frozenset({S.ACTIVE}),
        None,
        "a raise was agreed, and its time has come",
        "the old term ends and one at the higher rate begins",
    ),
    Action.END_BY_CLIENT: Step(
        Actor.CLIENT,
        OPEN,
        S.CLOSED,
        "a reason; no milestone is submitted or being paid",
        _ENDS,
        _TOLD,
    ),
    Action.END_BY_FREELANCER: Step(
        Actor.FREELANCER,
        OPEN,
        S.CLOSED,
        "a reason; no milestone is being paid",
        _ENDS,
        _TOLD,
    ),
}


def move(action: Action, status: ContractStatus | None) -> ContractStatus:
    """Return where an action leads from a state. Raises Conflict where it cannot be taken from there."""
    step = STEPS[action]
    if status not in step.since:
        allowed = " or ".join(sorted(one for one in step.since if one)) or "not made yet"
        raise Conflict(f"This contract is {status} and cannot {action}; that takes one that is {allowed}.")
    to = step.to or status
    if to is None:
        raise Conflict("There is no such contract.")
    return to
