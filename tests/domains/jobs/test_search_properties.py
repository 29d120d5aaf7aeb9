"""Property tests of job search: filters and orders in each engine, compared with `expected_results`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInputObjectType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from souk.app import schema
from souk.authentication.principal import Principal, Role
from souk.domains.identity.model import Location, Organization
from souk.domains.jobs.inputs import JobFilter
from souk.domains.jobs.model import Job
from souk.domains.jobs.rules.visibility import may_see
from souk.domains.jobs.search.filters import SearchContext, build_query, visible
from souk.domains.jobs.search.index import INDEX, document
from souk.domains.market.model import LastContract, Relations
from souk.search import And, Search, SearchIndex, Sort
from souk.search.memory import MemoryIndex
from souk.search.tantivy_index import TantivyIndex
from tests.domains.jobs.expected_results import Caller, Posting, matches
from tests.domains.jobs.strategies import (
    CLOUDS,
    COMPANIES,
    FIELDS,
    NOW,
    PLACES,
    activity_of,
    clients,
    filters,
    job_lists,
)

_LAST = LastContract("1", "t", "p", "1", "c")
_SIZE = 14
_EVERYTHING = 1_000


def principal(organization_id: str, company_id: str) -> Principal:
    return Principal("1", "k", organization_id, company_id, Role.OWNER, frozenset())


def found(
    index: SearchIndex, conditions: Mapping[str, Any], context: SearchContext, order: tuple[Sort, ...] = ()
) -> list[str]:
    query = And(
        (build_query(JobFilter.model_validate(conditions), context), visible(context.principal, context.relations))
    )
    page = index.search(Search(query, order, limit=_EVERYTHING))
    assert page.total == len(page.hits)
    return page.ids


@pytest.fixture(params=["memory", "tantivy"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> SearchIndex:
    return MemoryIndex(INDEX) if request.param == "memory" else TantivyIndex(INDEX, tmp_path)


@st.composite
def callers(draw: Callable[..., Any], jobs: list[Job]) -> Caller:
    """Draw a caller: a freelancer, a client's owner or a member of a team, with relations."""
    return Caller(
        principal=draw(
            st.sampled_from([principal(*ids) for ids in (("3001", "3001"), ("1001", "1001"), ("10017", "1001"))])
        ),
        home=draw(st.sampled_from([place for place in PLACES if place.country])),
        clouds=draw(st.frozensets(st.sampled_from(CLOUDS))),
        invited=draw(st.frozensets(st.sampled_from([job.id for job in jobs]))),
        clients=draw(st.frozensets(st.sampled_from(COMPANIES))),
        now=NOW,
    )


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    organizations=clients(),
    jobs=job_lists(_SIZE),
    filter_list=st.lists(filters(), min_size=6, max_size=12),
    data=st.data(),
)
def test_filters_match_expected_results(
    index: SearchIndex,
    organizations: list[Organization],
    jobs: list[Job],
    filter_list: list[dict[str, Any]],
    data: st.DataObject,
) -> None:
    by_id = {client.id: client for client in organizations}
    postings = [Posting(job, by_id[job.company_id], activity_of(job)) for job in jobs]
    index.rebuild(one for p in postings if (one := document(p.job, p.client, p.activity)))
    caller = data.draw(callers(jobs))
    relations = Relations(caller.clouds, caller.invited, dict.fromkeys(caller.clients, _LAST))
    context = SearchContext(caller.principal, relations, NOW, lambda: caller.home)
    seen = [p for p in postings if p.seen_by(caller)]
    loaded = {job.id for job in jobs if may_see(job, caller.principal, relations) and job.status == "REQUESTED"}
    assert {p.job.id for p in seen} == loaded
    for conditions in filter_list:
        expected = {p.job.id for p in seen if matches(p, conditions, caller)}
        assert set(found(index, conditions, context)) == expected, conditions


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(organizations=clients(), jobs=job_lists(_SIZE))
def test_search_orders(index: SearchIndex, organizations: list[Organization], jobs: list[Job]) -> None:
    by_id = {client.id: client for client in organizations}
    index.rebuild(one for job in jobs if (one := document(job, by_id[job.company_id], activity_of(job))))
    context = SearchContext(principal("3001", "3001"), Relations(), NOW, Location)
    job_by_id = {job.id: job for job in jobs}

    def client(id_: str) -> Organization:
        return by_id[job_by_id[id_].company_id]

    by_time = found(index, {}, context, (Sort("published"),))
    assert by_time == sorted(by_time, key=lambda id_: (job_by_id[id_].published, int(id_)), reverse=True)
    by_rating = [client(id_).feedback_score for id_ in found(index, {}, context, (Sort("client_rating"),))]
    assert by_rating == sorted(by_rating, reverse=True)
    by_charge = [client(id_) for id_ in found(index, {}, context, (Sort("client_charge"),))]
    shown = [one.total_spent for one in by_charge if not one.financial_privacy]
    assert shown == sorted(shown, reverse=True)
    assert all(one.financial_privacy for one in by_charge[len(shown) :])


def test_strategies_cover_every_filter_field() -> None:
    known = set(FIELDS) | {"radius_eq", "pagination_eq", "preserveFacet_eq"}  # a page, and what is always refused
    for name in ("MarketplaceJobFilter", "MarketplaceJobPostingsSearchFilter"):
        type_ = schema().get_type(name)
        assert isinstance(type_, GraphQLInputObjectType)
        assert set(type_.fields) <= known
