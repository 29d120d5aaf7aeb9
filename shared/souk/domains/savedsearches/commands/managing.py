"""Commands that save, change and delete searches."""

from typing import Any

from souk.domains.savedsearches import rules
from souk.domains.savedsearches.inputs import NewSavedSearch, SavedSearchChange
from souk.domains.savedsearches.model import MatchState, SavedSearch
from souk.domains.savedsearches.store import (
    SEARCHES,
    STATES,
    create_search,
    delete_search,
    idempotency_guard,
    search_and_state,
    update_search,
)
from souk.graph import Context
from souk.storage import Table, Transaction
from souk.values import idempotency
from souk.values.errors import Conflict, Forbidden, NotFound
from souk.values.ids import is_id
from souk.values.problems import Problems
from souk.values.times import stamp

_COMMITS = 20
"""Matches of many postings at once change the same numbers."""


def require_member(ctx: Context) -> None:
    """Raise Forbidden unless the caller has a role in the organization of the request."""
    if not ctx.principal.member:
        raise Forbidden("Only members of the organization can use its saved searches.")


def find(ctx: Context, search_id: str) -> tuple[SavedSearch, MatchState]:
    """Return a search of the request's organization, and the numbers of its matches.

    Raises the same NotFound for a missing search and for another organization's.
    """
    require_member(ctx)
    found = search_and_state(ctx.table, search_id) if is_id(search_id) else None
    if found is None or found[0].organization_id != ctx.principal.organization_id:
        raise NotFound("This saved search does not exist, or it belongs to another organization.")
    return found


def create(ctx: Context, request: NewSavedSearch) -> SavedSearch:
    """Save a search, whose filter has been checked. A repeated idempotency key returns the first request's search."""
    require_member(ctx)
    problems = Problems("input")
    name = rules.name(problems, request.name)
    key = idempotency.key(problems, request.idempotency_key)
    problems.raise_if_any()
    principal, now = ctx.principal, stamp(ctx.now)
    guard = key and idempotency_guard(principal.organization_id, principal.user_id, key)
    fingerprint = idempotency.fingerprint(request) if guard else None
    if guard and (first := _first(ctx.table, guard, fingerprint)):
        return first
    tx = ctx.table.transaction()
    search = SavedSearch(
        id=ctx.table.new_id(),
        organization_id=principal.organization_id,
        company_id=principal.company_id,
        user_id=principal.user_id,
        name=name,
        active=request.active is not False,
        filter=request.filter.given,
        created=now,
        modified=now,
        request_key=guard,
        fingerprint=fingerprint,
    )
    if guard:
        tx.reserve(guard, search.id, _key_used())
    stored = create_search(tx, search)
    try:
        tx.commit()
    except Conflict:  # another request with this key was first
        if guard and (first := _first(ctx.table, guard, fingerprint)):
            return first
        raise
    return stored


def update(ctx: Context, search_id: str, request: SavedSearchChange) -> SavedSearch:
    """Change a search, whose new filter has been checked. Another filter forgets earlier matches."""
    problems = Problems("input")
    name = None if request.name is None else rules.name(problems, request.name)
    problems.raise_if_any()

    def attempt(tx: Transaction) -> SavedSearch:
        before, state = find(ctx, search_id)
        given = request.filter and request.filter.given
        fields: dict[str, Any] = {"name": name, "filter": given, "active": request.active}
        after = before.model_copy(update={field: value for field, value in fields.items() if value is not None})
        if after == before:
            return before
        after = after.model_copy(update={"modified": stamp(ctx.now)})
        if after.filter != before.filter:
            after = after.model_copy(update={"user_id": ctx.principal.user_id})
            forgotten = {"forgotten": state.sequence, "told": state.sequence, "last": None}
            tx.update(STATES, state.model_copy(update=forgotten))
        return update_search(tx, after)

    return ctx.table.retry_until_committed(attempt, commits=_COMMITS)


def delete(ctx: Context, search_id: str) -> None:
    """Delete a search."""

    def attempt(tx: Transaction) -> None:
        delete_search(tx, *find(ctx, search_id))

    ctx.table.retry_until_committed(attempt, commits=_COMMITS)


def _first(table: Table, guard: str, fingerprint: str | None) -> SavedSearch | None:
    """Return the search of an idempotency key. Raises Conflict if the key was used for a different request."""
    holder = table.holder(guard)
    search = table.get(SEARCHES, holder, consistent=True) if holder else None
    if search is not None and search.fingerprint != fingerprint:
        raise _key_used()
    return search


def _key_used() -> Conflict:
    return Conflict("This idempotency key was used for a different input.")
