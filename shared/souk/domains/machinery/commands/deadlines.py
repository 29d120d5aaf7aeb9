"""Running scheduled work now."""

from souk.deadlines.model import DEADLINES, Deadline, hasten
from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import NotFound
from souk.values.times import stamp

_PARTS = 4


def run_now(ctx: Context, deadline_id: str) -> Deadline:
    """Make a deadline due now. The clock runs it within a minute. One that is due already stays as it is.

    Raises NotFound if its work has been done, or it was scheduled again.
    """

    def attempt(tx: Transaction) -> Deadline:
        deadline = _find(ctx, deadline_id)
        if deadline.at <= stamp(ctx.now):
            return deadline
        record(tx, actor_of(ctx), "runDeadline", Subject(type="Deadline", id=deadline_id, title=deadline.kind))
        return hasten(tx, deadline)

    return ctx.table.retry_until_committed(attempt)


def _find(ctx: Context, deadline_id: str) -> Deadline:
    parts = deadline_id.split("/", _PARTS - 1)
    found = ctx.table.get(DEADLINES, *parts, consistent=True) if len(parts) == _PARTS else None
    if found is None:
        raise NotFound("There is no such deadline: its work has been done, or it was scheduled for another time.")
    return found
