"""Resolvers of saved searches, and the deadline of their events."""

from datetime import datetime
from typing import Any

from souk.domains.savedsearches import lists
from souk.domains.savedsearches.commands import managing, recording
from souk.domains.savedsearches.inputs import NewSavedSearch, SavedSearchChange
from souk.domains.savedsearches.model import SavedSearch
from souk.domains.savedsearches.personal import PERSONAL
from souk.domains.savedsearches.search import filters
from souk.graph import Context, Domain, Scope
from souk.graph.lists import Connection, Pagination
from souk.storage import Table

domain = Domain("savedsearches", function="jobs")
domain.personal(PERSONAL)


@domain.query("savedJobSearches", scopes=[Scope.MARKETPLACE_JOBS_READ])
def saved_job_searches(ctx: Context, pagination: Pagination | None = None) -> Connection:
    """Return a page of the organization's saved searches."""
    return lists.searches(ctx, pagination)


@domain.query("savedJobSearch", scopes=[Scope.MARKETPLACE_JOBS_READ])
def saved_job_search(ctx: Context, id: str) -> dict[str, Any]:
    """Return a saved search of the organization."""
    return lists.face(*managing.find(ctx, id))


@domain.query("savedJobSearchMatches", scopes=[Scope.MARKETPLACE_JOBS_READ])
def saved_job_search_matches(
    ctx: Context, id: str, since_date_time: str | None = None, pagination: Pagination | None = None
) -> Connection:
    """Return a page of the matches of a saved search."""
    return lists.matches(ctx, id, since_date_time, pagination)


@domain.mutation("createSavedJobSearch", scopes=[Scope.SAVED_SEARCHES])
def create_saved_job_search(ctx: Context, input: NewSavedSearch) -> dict[str, Any]:
    """Save a search."""
    managing.require_member(ctx)
    filters.check(ctx, input.filter)
    return _shown(ctx, managing.create(ctx, input))


@domain.mutation("updateSavedJobSearch", scopes=[Scope.SAVED_SEARCHES])
def update_saved_job_search(ctx: Context, id: str, input: SavedSearchChange) -> dict[str, Any]:
    """Change a saved search."""
    managing.find(ctx, id)
    filters.check(ctx, input.filter)
    return _shown(ctx, managing.update(ctx, id, input))


@domain.mutation("deleteSavedJobSearch", scopes=[Scope.SAVED_SEARCHES])
def delete_saved_job_search(ctx: Context, id: str) -> bool:
    """Delete a saved search."""
    managing.delete(ctx, id)
    return True


@domain.due("savedsearches.tell")
def tell(table: Table, entity_id: str, now: datetime) -> None:
    """Emit the event of matches that had to wait for the next minute."""
    recording.tell(table, entity_id, now)


def _shown(ctx: Context, search: SavedSearch) -> dict[str, Any]:
    (one,) = lists.shown(ctx, [search])
    return one
