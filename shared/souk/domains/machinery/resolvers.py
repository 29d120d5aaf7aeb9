"""What operators see and do about the machinery, and the requests of API keys."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from souk.authentication.records import API_KEYS
from souk.deadlines.model import Deadline
from souk.domains.audit.inputs import reason_of
from souk.domains.identity.rules.api_keys import can_manage, require_manager
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.machinery import lists, views
from souk.domains.machinery.commands import deadlines, letters, rebuilds, replays
from souk.domains.machinery.inputs import DeadlineFilter, EventFilter, ReplayEvents, RequestFilter
from souk.domains.machinery.model import LoggedRequest
from souk.domains.machinery.providers import queues, request_log, requests
from souk.graph import Context, Domain, Scope
from souk.graph.lists import Connection, Pagination, connection_in_memory
from souk.storage import Table
from souk.values.errors import NotFound
from souk.values.times import stamp

domain = Domain("machinery", function="operator", joins=("audit",))

_SCOPES: Final = (Scope.OPERATOR,)
_DAYS_OF_REQUESTS: Final = 30


# Requests of API keys


@domain.query("apiKeyRequests", scopes=[Scope.API_KEYS])
def api_key_requests(ctx: Context, filter: RequestFilter, pagination: Pagination | None = None) -> Connection:
    """Return the latest requests with a key."""
    require_manager(ctx.principal)
    key = ctx.load(API_KEYS, filter.api_key_id_eq, consistent=True)
    if key is None or not can_manage(key, ctx.principal):
        raise NotFound("This API key does not exist, or you cannot see it.")
    ctx.meter.admit_question(ctx.principal.user_id, ctx.table.clock.real())
    answered = ctx.ask(domain.function, "machinery.requests", key=key.id)
    found = [one for one in map(LoggedRequest.model_validate, answered) if _matches(one, filter)]
    bound_to = ["apiKeyRequests", ctx.principal.user_id, filter.model_dump(mode="json")]
    return connection_in_memory(ctx.cursors, bound_to, found, pagination)


@domain.answer("machinery.requests")
def requests_of(table: Table, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the requests with a key, from the log."""
    found = request_log.requests_of(arguments["key"], table.clock.real())
    return [one.model_dump(mode="json") for one in found]


def _matches(one: LoggedRequest, wanted: RequestFilter) -> bool:
    named = wanted.operation_eq
    return (
        (wanted.failed_eq is None or one.failed is wanted.failed_eq)
        and (named is None or named == one.operation or named in one.root_fields)
        and (wanted.request_id_eq is None or one.id == wanted.request_id_eq)
    )


domain.link("ApiKeyRequest.user", to=USERS, by="user_id")
domain.link("ApiKeyRequest.organization", to=ORGANIZATIONS, by="organization_id")


@domain.field("ApiKeyRequest.receivedDateTime")
def received(source: LoggedRequest, ctx: Context) -> str:
    """Return when it was answered."""
    return stamp(datetime.fromtimestamp(source.at / 1000, UTC))


@domain.field("ApiKeyRequest.operation")
def operation(source: LoggedRequest, ctx: Context) -> str | None:
    """Return the operation's name, or its root fields."""
    return source.operation or ", ".join(source.root_fields) or None


@domain.field("ApiKeyRequest.statusCode")
def status_code(source: LoggedRequest, ctx: Context) -> int:
    """Return the HTTP status."""
    return source.status


@domain.field("ApiKeyRequest.durationMs")
def duration(source: LoggedRequest, ctx: Context) -> int:
    """Return how long the function took."""
    return round(source.milliseconds)


# Deadlines


@domain.query("deadlines", scopes=_SCOPES)
def all_deadlines(
    ctx: Context, filter: DeadlineFilter | None = None, pagination: Pagination | None = None
) -> Connection:
    """Return scheduled work."""
    return lists.deadlines(ctx, filter or DeadlineFilter(), pagination)


@domain.mutation("runDeadline", scopes=_SCOPES)
def run_deadline(ctx: Context, id: str) -> Deadline:
    """Make scheduled work due now."""
    return deadlines.run_now(ctx, id)


domain.attributes("Deadline", {"id": "public_id", "entityId": "id", "dueDateTime": "at", "lastError": "error"})


@domain.field("Deadline.late")
def late(source: Deadline, ctx: Context) -> bool:
    """Return whether it has waited too long since its first time."""
    return source.since < stamp(ctx.now - lists.LATE)


# Events


@domain.query("domainEvents", scopes=_SCOPES)
def domain_events(ctx: Context, filter: EventFilter, pagination: Pagination | None = None) -> Connection:
    """Return the events of a period."""
    return lists.events(ctx, filter, pagination)


@domain.mutation("replayDomainEvents", scopes=_SCOPES)
def replay(ctx: Context, input: ReplayEvents) -> int:
    """Send events again."""
    return replays.replay(ctx, input)


domain.due(replays.RUN)(replays.run)


domain.attributes("DomainEvent", {"id": "event_id", "entityId": "id", "occurredDateTime": "occurred_at"})


domain.link(
    "DomainEvent.organizations",
    to=ORGANIZATIONS,
    by=lambda event: [one for one in event.audience if one.isdecimal()],
)


# Dead letters


@domain.query("deadLetterQueues", scopes=_SCOPES)
def dead_letter_queues(ctx: Context) -> list[dict[str, Any]]:
    """Return the queues of dead letters."""
    counts: Mapping[str, int] = ctx.ask(domain.function, "machinery.letters")
    return [
        {"name": name, "title": views.DEAD_LETTER_TITLES[name], "messages": number, "oldest_date_time": None}
        for name, number in counts.items()
    ]


@domain.answer("machinery.letters")
def count_letters(table: Table, _arguments: Mapping[str, Any]) -> dict[str, int]:
    """Return the number of letters of each queue."""
    found = queues.letter_queues()
    return dict(zip(found, table.concurrently([partial(_count, queue) for queue in found.values()]), strict=True))


def _count(queue: queues.LetterQueue, _table: Table) -> int:
    return queues.count(queue, queues.own_access())


@domain.mutation("redriveDeadLetters", scopes=_SCOPES)
def redrive(ctx: Context, queue: str, reason: str) -> int:
    """Move dead letters back."""
    return letters.redrive(ctx, queue, reason_of(reason))


# Requests


@domain.answer("machinery.requests_by_day")
def requests_by_day(table: Table, _arguments: Mapping[str, Any]) -> dict[str, int]:
    """Return the number of requests to the API on each of the last 30 days."""
    return requests.by_day(table.clock.real(), _DAYS_OF_REQUESTS)


# Search indexes


@domain.mutation("rebuildSearchIndex", scopes=_SCOPES)
def rebuild(ctx: Context, index: str, reason: str) -> views.SearchIndexState:
    """Begin the rebuild of a search index."""
    rebuilds.begin(ctx, index, reason_of(reason))
    states = views.index_states(ctx.table, ctx.table.clock.real())
    return next(one for one in states if one.index == index)


domain.due(rebuilds.RUN)(rebuilds.run)


@domain.answer("machinery.indexes")
def states(table: Table, _arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the states of the search indexes."""
    return [asdict(one) for one in views.index_states(table, table.clock.real())]
