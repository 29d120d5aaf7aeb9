"""The life of what one side says, as a table, and what follows for both. Pure.

What a side says is hidden from the other until both have spoken or the two weeks are over; then both sides see all of
it, and the records on the market count it. What is shown once stays shown. docs/feedback.md draws this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from souk.domains.agreements.model import Parties, Side
from souk.domains.feedback.model import Feedback, Words
from souk.values.errors import Conflict
from souk.values.times import stamp

OPEN_FOR: Final = timedelta(days=14)
CFB: Final = "CFB"
"""The contract's word for feedback in events. Their id is that of the contract: feedback has none of its own."""


class State(StrEnum):
    """Where the words of one side stand."""

    NONE = "not given"
    HIDDEN = "hidden"
    SHOWN = "shown"


class Action(StrEnum):
    """What is done with the words of one side."""

    SUBMIT = "be submitted"
    UPDATE = "be updated"
    DELETE = "be taken back"
    REVEAL = "be shown"


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table."""

    actor: str
    since: frozenset[State]
    to: str
    needs: str
    event: str | None = None
    """The action that subscribers are told, of CFB."""


_IN_TIME: Final = "the contract has ended, less than 14 days ago"
_SIDE: Final = "that side"

STEPS: Final[Mapping[Action, Step]] = {
    Action.SUBMIT: Step(
        _SIDE,
        frozenset({State.NONE}),
        "hidden; shown where the other side has spoken, or was shown before",
        _IN_TIME,
        "SUBMIT",
    ),
    Action.UPDATE: Step(_SIDE, frozenset({State.HIDDEN, State.SHOWN}), "as before", _IN_TIME, "UPDATE"),
    Action.DELETE: Step(_SIDE, frozenset({State.HIDDEN, State.SHOWN}), "not given", _IN_TIME, "DELETE"),
    Action.REVEAL: Step(
        "the marketplace", frozenset({State.HIDDEN}), "shown", "both sides have spoken, or 14 days have passed"
    ),
}


def opened(contract_id: str, parties: Parties, ended: str) -> Feedback:
    """Return the record of a contract that ends."""
    until = stamp(datetime.fromisoformat(ended) + OPEN_FOR)
    return Feedback(contract_id=contract_id, parties=parties, ended=ended, until=until)


def state_of(feedback: Feedback, side: Side) -> State:
    """Return where a side's words stand in the records."""
    if feedback.of(side) is None:
        return State.NONE
    return State.SHOWN if feedback.shown else State.HIDDEN


def submitted(feedback: Feedback, side: Side, words: Words) -> Feedback:
    """Return feedback in which a side has spoken. Raises Conflict where it has already, or it is too late."""
    _require(Action.SUBMIT, feedback, side, words.created)
    spoken = _with(feedback, side, words)
    if spoken.shown is None and spoken.client and spoken.freelancer:
        return spoken.model_copy(update={"shown": words.created})
    return spoken


def updated(feedback: Feedback, side: Side, words: Words) -> Feedback:
    """Return feedback in which a side says something else. Raises Conflict unless it has spoken, in time."""
    before = _require(Action.UPDATE, feedback, side, words.modified)
    return _with(feedback, side, words.model_copy(update={"created": before.created if before else words.created}))


def deleted(feedback: Feedback, side: Side, now: str) -> Feedback:
    """Return feedback in which a side has taken its words back. Raises Conflict unless it has spoken, in time."""
    _require(Action.DELETE, feedback, side, now)
    return _with(feedback, side, None)


def revealed(feedback: Feedback, now: str) -> Feedback:
    """Return feedback as it is when two weeks have passed: before that, and where it is shown, it is the same."""
    if feedback.shown is not None or now < feedback.until:
        return feedback
    return feedback.model_copy(update={"shown": now})


def readable(feedback: Feedback, of: Side, reader: Side | None, now: str) -> Words | None:
    """Return what a side has said as far as a reader may know it: their own words always, others' once they are shown.

    The time counts, whether or not the clock has been there.
    """
    if reader is None:
        return None
    return feedback.of(of) if reader is of or feedback.shown is not None or now >= feedback.until else None


def counted(feedback: Feedback, by: Side) -> tuple[int, int]:
    """Return what the record of whom a side has spoken about counts of it: reviews, and their hundredths of stars."""
    words = feedback.of(by) if feedback.shown is not None else None
    return (1, words.hundredths) if words else (0, 0)


def counted_since(before: Feedback, after: Feedback, by: Side) -> dict[str, int]:
    """Return what a change adds to the record of whom a side has spoken about, by name."""
    (had_reviews, had_stars), (reviews, stars) = counted(before, by), counted(after, by)
    return {"reviews": reviews - had_reviews, "stars": stars - had_stars}


def _require(action: Action, feedback: Feedback, side: Side, now: str) -> Words | None:
    if now >= feedback.until:
        raise Conflict(f"Feedback can {action} within {OPEN_FOR.days} days after the contract has ended.")
    state = state_of(feedback, side)
    if state not in STEPS[action].since:
        raise Conflict(f"The feedback of your side is {state} and cannot {action}.")
    return feedback.of(side)


def _with(feedback: Feedback, side: Side, words: Words | None) -> Feedback:
    return feedback.model_copy(update={"client" if side is Side.CLIENT else "freelancer": words})
