"""Lists of saved searches and of their matches."""

from collections.abc import Callable, Sequence
from typing import Any

from souk.domains.jobs.commands import visible_jobs
from souk.domains.savedsearches.commands.managing import find, require_member
from souk.domains.savedsearches.model import Match, MatchState, SavedSearch
from souk.domains.savedsearches.store import (
    MAX_MATCHES,
    ORGANIZATION_SEARCHES,
    RETENTION,
    SEARCH_MATCHES,
    states_of,
)
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, connection
from souk.storage import View
from souk.values.moments import moment
from souk.values.times import stamp


def searches(ctx: Context, pagination: Pagination | None) -> Connection:
    """Return a page of the organization's saved searches, newest first."""
    require_member(ctx)
    organization_id = ctx.principal.organization_id
    listed = ORGANIZATION_SEARCHES.of(ctx.table, organization_id)
    every: View[SavedSearch, SavedSearch] = View()
    return connection(
        ctx.cursors, listed, every, pagination, bound_to=[organization_id], nodes=lambda found: shown(ctx, found)
    )


def shown(ctx: Context, found: Sequence[SavedSearch]) -> list[dict[str, Any]]:
    """Return searches as SavedJobSearch, with the numbers of their matches, in one round trip."""
    states = states_of(ctx.table, [one.id for one in found]) if found else {}
    return [face(one, states.get(one.id, MatchState(search_id=one.id))) for one in found]


def face(search: SavedSearch, state: MatchState) -> dict[str, Any]:
    """Return a search as SavedJobSearch."""
    return {
        "id": search.id,
        "name": search.name,
        "active": search.active,
        "filter": search.filter,
        "createdDateTime": search.created,
        "modifiedDateTime": search.modified,
        "lastMatchDateTime": state.last,
        "matchCount": state.count,
    }


def matches(ctx: Context, search_id: str, since: str | None, pagination: Pagination | None) -> Connection:
    """Return a page of a search's matches, oldest first: those that are kept, since a day or a point in time."""
    search, state = find(ctx, search_id)
    first = max(state.forgotten, state.sequence - MAX_MATCHES)
    oldest = stamp(ctx.now - RETENTION)
    from_time = moment("sinceDateTime", since).first if since else ""
    conditions: list[Callable[[Match], bool]] = [
        lambda one: one.sequence > first,
        lambda one: one.matched > oldest and one.matched >= from_time,
    ]
    return connection(
        ctx.cursors,
        SEARCH_MATCHES.of(ctx.table, search.id),
        View(conditions),
        pagination,
        bound_to=[since, search.organization_id],
        nodes=lambda found: _with_postings(ctx, found),
    )


def _with_postings(ctx: Context, found: Sequence[Match]) -> list[dict[str, Any]]:
    """Return matches as SavedJobSearchMatch. Takes two round trips."""
    jobs = visible_jobs(ctx, [one.posting_id for one in found]) if found else []
    return [{"matchedDateTime": one.matched, "posting": job} for one, job in zip(found, jobs, strict=True)]
