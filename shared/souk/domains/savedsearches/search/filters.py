"""Filters of saved searches: their check, and their form for the matcher."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from souk.authentication.principal import Principal, Role
from souk.domains.identity.model import Location
from souk.domains.jobs.inputs import JobFilter
from souk.domains.jobs.search.execution import home_of
from souk.domains.jobs.search.filters import SearchContext, build_query, visible
from souk.domains.jobs.search.index import INDEX
from souk.domains.market.model import Relations
from souk.domains.savedsearches import rules
from souk.domains.savedsearches.inputs import SavedFilter
from souk.domains.savedsearches.model import SavedSearch
from souk.graph import Context
from souk.search import And, Search
from souk.search.percolator import CompiledQuery, compiled
from souk.values.problems import Problems

_OF_THE_MOMENT: Final = ("days_posted_eq", "previous_clients_eq")
"""Conditions that depend on the time of the match, and on what the searcher has done until then."""


def check(ctx: Context, job_filter: SavedFilter | None) -> None:
    """Raise Unprocessable for a filter that the search refuses, that has a page or that is too large."""
    if job_filter is None:
        return
    problems = Problems("input")
    rules.check_filter(problems, job_filter)
    problems.raise_if_any()
    INDEX.check(
        Search(build_query(job_filter, SearchContext(ctx.principal, Relations(), ctx.now, lambda: home_of(ctx))))
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """A saved search as the matcher uses it."""

    search: SavedSearch
    query: CompiledQuery
    """What the organization may see, and all conditions that stay the same."""
    rest: JobFilter | None
    """The other conditions. They are looked at when all the rest matches."""

    @property
    def needs_home(self) -> bool:
        """Whether a condition is about the place of the searcher."""
        return bool(self.rest and self.rest.user_location_match_eq)

    @property
    def needs_clients(self) -> bool:
        """Whether a condition is about the searcher's earlier clients."""
        return bool(self.rest and self.rest.previous_clients_eq)

    def rest_query(self, relations: Relations, home: Callable[[], Location], now: datetime) -> CompiledQuery | None:
        """Return the other conditions, if there are any. Raises Unprocessable as the search does."""
        if self.rest is None:
            return None
        return compiled(INDEX, build_query(self.rest, SearchContext(_searcher(self.search), relations, now, home)))


def plan(search: SavedSearch, now: datetime) -> Plan:
    """Return the plan of a search. Raises Unprocessable for a filter that this version of Souk refuses."""
    job_filter = JobFilter.model_validate(search.filter)
    moving = {name for name in _OF_THE_MOMENT if getattr(job_filter, name) is not None}
    if job_filter.user_location_match_eq and job_filter.visitor_country_eq is None:
        moving.add("user_location_match_eq")
    fixed = job_filter.model_copy(update=dict.fromkeys(moving))
    searcher = _searcher(search)
    query = build_query(fixed, SearchContext(searcher, Relations(), now, Location))
    rest = JobFilter(**{name: getattr(job_filter, name) for name in moving}) if moving else None
    # The organization's view: what only one of its people may see, as invited or a cloud's member, is left out.
    return Plan(search, compiled(INDEX, And((query, visible(searcher, Relations())))), rest)


def _searcher(search: SavedSearch) -> Principal:
    return Principal(search.user_id, "", search.organization_id, search.company_id, Role.MEMBER, frozenset())
