"""The states of one side's review: a table of actions, with their transitions and events. Pure.

A review is hidden from the other side until both sides have reviewed or two weeks have passed. Then both sides see both
reviews, and the records on the market count them. Feedback stays shown. `docs/feedback.md` shows this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from souk.domains.agreements.model import Parties, Side
from souk.domains.feedback.model import Feedback, Review
from souk.values.errors import Conflict
from souk.values.times import stamp

_LEAST_WEIGHT: Final = 100
"""The weight of a review where less was earned, in minor units: 1 USD."""
OPEN_FOR: Final = timedelta(days=14)
CFB: Final = "CFB"
"""The contract's entity name for feedback in events. Their id is the contract's: feedback has no id of its own."""


class State(StrEnum):
    """The state of one side's review."""

    NONE = "not given"
    HIDDEN = "hidden"
    SHOWN = "shown"


class Action(StrEnum):
    """An action on one side's review. The value completes "Too late to ..." in error messages."""

    SUBMIT = "submit"
    UPDATE = "update"
    DELETE = "delete"
    REVEAL = "show"


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table."""

    actor: str
    since: frozenset[State]
    to: str
    needs: str
    event: str | None = None
    """The action of the event CFB."""


_IN_TIME: Final = "the contract ended less than 14 days ago"
_SIDE: Final = "that side"

STEPS: Final[Mapping[Action, Step]] = {
    Action.SUBMIT: Step(
        _SIDE,
        frozenset({State.NONE}),
        "hidden; shown if the other side has reviewed, or feedback was shown before",
        _IN_TIME,
        "SUBMIT",
    ),
    Action.UPDATE: Step(_SIDE, frozenset({State.HIDDEN, State.SHOWN}), "the same", _IN_TIME, "UPDATE"),
    Action.DELETE: Step(_SIDE, frozenset({State.HIDDEN, State.SHOWN}), "not given", _IN_TIME, "DELETE"),
    Action.REVEAL: Step(
        "the marketplace", frozenset({State.HIDDEN}), "shown", "both sides have reviewed, or 14 days have passed"
    ),
}


def opened(contract_id: str, parties: Parties, ended: str) -> Feedback:
    """Return the empty feedback of a contract that ends."""
    until = stamp(datetime.fromisoformat(ended) + OPEN_FOR)
    return Feedback(contract_id=contract_id, parties=parties, ended=ended, until=until)


def state_of(feedback: Feedback, side: Side) -> State:
    """Return the stored state of a side's review."""
    if feedback.of(side) is None:
        return State.NONE
    return State.SHOWN if feedback.shown else State.HIDDEN


def submitted(feedback: Feedback, side: Side, review: Review) -> Feedback:
    """Return feedback with a side's new review. Raises Conflict if there is one already, or it is too late."""
    _require(Action.SUBMIT, feedback, side, review.created)
    changed = _with(feedback, side, review)
    if changed.shown is None and changed.client and changed.freelancer:
        return changed.model_copy(update={"shown": review.created})
    return changed


def updated(feedback: Feedback, side: Side, review: Review) -> Feedback:
    """Return feedback with a side's changed review. Raises Conflict if there is none, or it is too late."""
    before = _require(Action.UPDATE, feedback, side, review.modified)
    return _with(feedback, side, review.model_copy(update={"created": before.created if before else review.created}))


def deleted(feedback: Feedback, side: Side, now: str) -> Feedback:
    """Return feedback without a side's review. Raises Conflict if there is none, or it is too late."""
    _require(Action.DELETE, feedback, side, now)
    return _with(feedback, side, None)


def revealed(feedback: Feedback, now: str) -> Feedback:
    """Return feedback as shown if two weeks have passed. Otherwise, or if it is shown already, it is unchanged."""
    if feedback.shown is not None or now < feedback.until:
        return feedback
    return feedback.model_copy(update={"shown": now})


def readable(feedback: Feedback, author: Side, reader: Side | None, now: str) -> Review | None:
    """Return a side's review as a side of the contract sees it; None if it is hidden, or the reader is no side."""
    if reader is None:
        return None
    return feedback.of(author) if reader is author else public(feedback, author, now)


def public(feedback: Feedback, author: Side, now: str) -> Review | None:
    """Return a side's review if it is shown.

    It counts as shown from the deadline on, even if the deadline's work has not run yet.
    """
    return feedback.of(author) if feedback.shown is not None or now >= feedback.until else None


def counted(feedback: Feedback, by: Side) -> tuple[int, int]:
    """Return the counts of a side's review in the record of the other side: reviews, and hundredths of stars."""
    review = feedback.of(by) if feedback.shown is not None else None
    return (1, review.hundredths) if review else (0, 0)


def freelancer_counts(feedback: Feedback) -> dict[str, int]:
    """Return the counts of the client's review in the tallies of the freelancer, by name."""
    reviews, stars = counted(feedback, Side.CLIENT)
    weight = max(feedback.weight or 0, _LEAST_WEIGHT) if reviews else 0
    return {"reviews": reviews, "stars": stars, "weight": weight, "weighted_stars": weight * stars}


def count_changes(before: Feedback, after: Feedback, by: Side) -> dict[str, int]:
    """Return the change of these counts, by name."""
    (had_reviews, had_stars), (reviews, stars) = counted(before, by), counted(after, by)
    return {"reviews": reviews - had_reviews, "stars": stars - had_stars}


def _require(action: Action, feedback: Feedback, side: Side, now: str) -> Review | None:
    if now >= feedback.until:
        raise Conflict(
            f"Too late to {action} feedback: this is possible for {OPEN_FOR.days} days after the end of the contract."
        )
    state = state_of(feedback, side)
    if state not in STEPS[action].since:
        raise Conflict(f"Cannot {action} your side's feedback: it is {state}.")
    return feedback.of(side)


def _with(feedback: Feedback, side: Side, review: Review | None) -> Feedback:
    return feedback.model_copy(update={"client" if side is Side.CLIENT else "freelancer": review})
