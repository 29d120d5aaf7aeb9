"""Two operators who decide at the same time: one decision counts, and the other operator learns of it."""

from typing import Final

from souk.domains.identity.store import USERS
from souk.domains.reviews.model import ReviewKind, ReviewState
from souk.domains.reviews.store import last_decision
from souk.storage import Table
from souk.values.errors import Conflict

_DECIDED: Final = {ReviewState.APPROVED: "approved", ReviewState.REJECTED: "rejected"}


_ANY: Final = "any"


def already_decided(
    table: Table, kind: ReviewKind, subject_id: str, otherwise: str = "This is decided.", *, opened: str | None = _ANY
) -> Conflict:
    """Return the error for something that is not open for a decision: who decided it, and when.

    `otherwise` is the message if nobody has. With `opened`, only a decision of the review that was opened then counts.
    """
    last = last_decision(table, kind, subject_id)
    if last is None or last.decided_by_id is None or opened not in (_ANY, last.opened):
        return Conflict(otherwise)
    operator = table.get(USERS, last.decided_by_id)
    name = f"{operator.first_name} {operator.last_name}".strip() if operator else "Another operator"
    decided = _DECIDED.get(last.state, "decided")
    return Conflict(f"{name} {decided} this at {last.decided}.", decidedDateTime=last.decided, state=last.state)
