"""Sending events again: a span of them, or chosen ones.

Receivers know an event by its id, which stays the same. A replay is stored with its deadline in one transaction, so all
of its events are sent even if the function ends in between; some are sent twice then.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.audit.inputs import reason_of
from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.domains.machinery.inputs import ReplayEvents
from souk.domains.machinery.model import Replay
from souk.domains.machinery.rules import event_period
from souk.domains.machinery.store import REPLAYS, events_within, replay_guard
from souk.events.relay import publish
from souk.graph import Context
from souk.runtime import aws
from souk.runtime.settings import settings
from souk.storage import Table
from souk.storage.transaction import OUTBOX, Event
from souk.values import idempotency
from souk.values.errors import Conflict, Unavailable, Unprocessable
from souk.values.moments import Period
from souk.values.problems import Problems

RUN: Final = "machinery.replay"
"""The kind of the deadline."""
MAX_EVENTS: Final = 1_000
"""Events in one replay."""


def replay(ctx: Context, request: ReplayEvents) -> int:
    """Send events again, and return how many. The same idempotency key returns the first number.

    Raises Unprocessable if there are more than `MAX_EVENTS`, and Conflict for a key of another request.
    """
    reason = reason_of(request.reason)
    problems = Problems("input")
    key = idempotency.key(problems, request.idempotency_key)
    problems.raise_if_any()
    guard = replay_guard(ctx.principal.user_id, key or "")
    if (before := idempotency.result_of(ctx.table.holder(guard), request)) is not None:
        return int(before)
    period = event_period(request.occurred_date_time_bt.period("input.occurredDateTime_bt"), ctx.now)
    new = Replay(
        id=ctx.table.new_id(),
        first=period.first or "",
        last=period.last or "",
        entity=request.entity,
        event_ids=tuple(request.ids or ()),
    )
    number = len(_events(ctx.table, new))
    tx = ctx.table.transaction()
    tx.reserve(
        guard,
        idempotency.with_result(request, number),
        Conflict("This is being sent right now. Repeat it to get its result."),
    )
    record(tx, actor_of(ctx), "replayDomainEvents", Subject(type="DomainEvent", id=new.id), reason=reason)
    if number:
        tx.create(REPLAYS, new)
        schedule(tx, RUN, new.id, ctx.now)
    tx.commit()
    return number


def run(table: Table, replay_id: str, _now: datetime) -> None:
    """Put the events of a replay on the bus, and delete the replay. Raises Unavailable if the bus refuses some."""
    stored = table.get(REPLAYS, replay_id, consistent=True)
    if stored is None:
        return
    if publish(_events(table, stored), aws.events(), settings().bus):
        raise Unavailable("The bus refused some events. They are sent again later.")
    tx = table.transaction()
    tx.delete(REPLAYS, stored)
    tx.try_commit()


def _events(table: Table, wanted: Replay) -> Sequence[Event]:
    if wanted.event_ids:
        if len(wanted.event_ids) > MAX_EVENTS:
            raise Unprocessable(f"input.ids: at most {MAX_EVENTS} events are sent at a time.")
        items = table.batch_get([OUTBOX.key(one) for one in wanted.event_ids])
        return [OUTBOX.decode(item) for item in items.values()]
    period = Period(wanted.first, wanted.last)
    found = events_within(table, period, wanted.entity, MAX_EVENTS + 1)
    if len(found) > MAX_EVENTS:
        raise Unprocessable(f"This span has more than {MAX_EVENTS} events. Send a shorter one.")
    return found
