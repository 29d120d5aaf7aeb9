"""A posting matches a saved search exactly if the search finds it, and once."""

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from souk.authentication.principal import Principal, Role
from souk.domains.identity.model import Location, Organization
from souk.domains.identity.store import USERS
from souk.domains.jobs.inputs import JobFilter
from souk.domains.jobs.model import Job
from souk.domains.jobs.search.filters import SearchContext, build_query, visible
from souk.domains.jobs.search.index import INDEX, document
from souk.domains.market.model import LastContract, Relation, RelationKind, Relations
from souk.domains.market.store import RELATIONS
from souk.domains.savedsearches.model import SavedSearch
from souk.domains.savedsearches.search import filters as plans
from souk.domains.savedsearches.search.matching import Matcher
from souk.domains.savedsearches.store import SHARDS, shard_of
from souk.search import And, Search
from souk.search.memory import MemoryIndex
from souk.storage import Table
from souk.values.errors import Unprocessable
from tests.domains.jobs.strategies import COMPANIES, NOW, PLACES, activity_of, clients, filters, job_lists
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import ACME, DESIGN, SOFIA, fixed_price, hourly, user
from tests.support.worlds.savedsearches import UPDATE_SEARCH, SavedSearchesWorld

_LAST = LastContract("1", "t", "p", "1", "c")
_OWNERS = (("3001", "3001", "71"), ("1001", "1001", "72"), ("10017", "1001", "73"))
_HOMES = {"71": PLACES[0], "72": PLACES[1], "73": Location(country="PT", timezone="Europe/Lisbon")}
_CLIENTS = {"71": frozenset(COMPANIES[:2]), "72": frozenset(), "73": frozenset(COMPANIES[2:])}


@pytest.fixture
def searchers(table: Table) -> Table:
    """Store people, with a home and earlier clients."""
    tx = table.transaction()
    for id_, home in _HOMES.items():
        tx.create(USERS, user(id_, f"P{id_}", "3001", home))
        for company_id in _CLIENTS[id_]:
            tx.create(RELATIONS, Relation(kind=RelationKind.CLIENT, user_id=id_, target_id=company_id))
    tx.commit()
    CLOCK.at(NOW)
    return table


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    organizations=clients(),
    jobs=job_lists(6),
    given_filters=st.lists(st.tuples(filters(), st.sampled_from(_OWNERS)), min_size=8, max_size=20),
)
def test_matches_equal_the_results_of_the_search(
    searchers: Table,
    organizations: list[Organization],
    jobs: list[Job],
    given_filters: list[tuple[dict[str, Any], tuple[str, str, str]]],
) -> None:
    searches = [
        SavedSearch(
            id=str(number),
            organization_id=organization_id,
            company_id=company_id,
            user_id=user_id,
            name="A",
            active=True,
            filter=conditions,
            created="",
            modified="",
        )
        for number, (conditions, (organization_id, company_id, user_id)) in enumerate(given_filters)
    ]
    matcher = Matcher(searchers)
    for shard in range(SHARDS):
        matcher.keep(shard, 1, [one for one in searches if shard_of(one.id) == shard])
    by_id = {client.id: client for client in organizations}
    with patch.object(CLOCK, "market", lambda: NOW):
        for job in jobs:
            if (posting := document(job, by_id[job.company_id], activity_of(job))) is None:
                continue
            index = MemoryIndex(INDEX)
            index.rebuild([posting])
            expected = {one.id for one in searches if _finds(index, one)}
            assert {one.id for one in matcher.searches_for(posting)} == expected


def _finds(index: MemoryIndex, search: SavedSearch) -> bool:
    """Return whether the search of the API finds the only posting of an index."""
    principal = Principal(search.user_id, "k", search.organization_id, search.company_id, Role.OWNER, frozenset())
    relations = Relations(clients=dict.fromkeys(_CLIENTS[search.user_id], _LAST))
    context = SearchContext(principal, relations, NOW, lambda: _HOMES[search.user_id])
    query = build_query(JobFilter.model_validate(search.filter), context)
    return index.search(Search(And((query, visible(principal, Relations()))))).total == 1


def test_posting_matches_when_it_is_published_or_made_public(world: SavedSearchesWorld) -> None:
    django = world.save(filter={"searchExpression_eq": "django"})
    off = world.save(active=False)
    own, team = world.save(world.olivia), world.save(world.max, filter={"jobType_eq": "FIXED"})
    draft = world.post(jobPostingInfo=fixed_price(status="DRAFT"))
    assert world.match() == 0
    assert world.change(draft, jobPostingInfo={"status": "REQUESTED"}).data
    assert world.match() == 3
    assert (world.matched(django), world.matched(own, world.olivia)) == ([draft], [draft])
    assert world.change(draft, jobPostingInfo={"title": "Django, and more of it"}).data
    assert world.match() == 0  # a later edit

    private = world.post(world.liam, DESIGN, jobPostingInfo=fixed_price(access="ACCESS_PRIVATE"))
    assert world.match() == 2
    assert world.matched(django) == [draft]
    assert world.matched(team, world.max) == [draft, private]
    assert world.change(private, organization_id=DESIGN, jobPostingInfo={"access": "PUBLIC_INDEX"}).data
    assert world.match() == 1
    assert world.matched(django) == [draft, private]
    assert world.matched(own, world.olivia) == [draft, private]  # once, though it was made public later

    world.redeliver()
    assert world.match() == 0
    late = world.save()
    world.redeliver()
    assert world.matched(off) == []
    assert world.read(django)["matchCount"] == 2
    assert world.read(late)["matchCount"] == 0


def test_searches_of_one_member_show_no_secret_of_another(world: SavedSearchesWorld) -> None:
    """The organization sees what it could find: no posting that only invited people or members of a cloud see."""
    mine = world.save()
    invited = world.post(jobPostingInfo=fixed_price(access="ACCESS_PRIVATE"))
    world.relate(RelationKind.INVITATION, invited, SOFIA)
    world.add_clouds("91")
    clouded = world.post(ptcInfo={"visibility": "MEMBER_SELECTED_CLOUD", "talentCloudIds": ["91"]})
    world.relate(RelationKind.CLOUD, "91", SOFIA)
    assert world.match() == 0
    world.refresh()
    assert set(world.search(world.sofia)) == {invited, clouded}  # her own search finds them
    assert world.matched(mine) == []
    # Who has set the filter is who its conditions on the searcher are about.
    near = world.save(filter={"userLocationMatch_eq": True})
    known = world.save(world.noah, filter={"previousClients_eq": True})
    only_germany = world.post(qualifications={"countries": ["DE"]})
    world.relate(RelationKind.CLIENT, ACME, SOFIA)
    assert world.match() == 1
    assert (world.matched(mine), world.matched(near), world.matched(known)) == ([only_germany], [], [])
    known_filter = {"filter": {"previousClients_eq": True, "jobType_eq": "FIXED"}}
    assert world.sofia.call(UPDATE_SEARCH, {"id": known, "input": known_filter}).data
    anywhere = world.post()
    assert world.match() == 3
    assert (world.matched(near), world.matched(known)) == ([anywhere], [anywhere])


def test_matcher_reads_only_changed_shards(world: SavedSearchesWorld) -> None:
    first = world.save()
    world.post()
    world.match()
    before = world.matcher._table.trips  # noqa: SLF001
    world.post(jobPostingInfo=hourly())
    with patch.object(plans, "plan", side_effect=AssertionError("nothing has changed")):
        world.match()
    # The posting in two round trips, the shards' changes in one, the guards in one, and the match in two.
    assert world.matcher._table.trips - before <= 6  # noqa: SLF001
    assert world.read(first)["matchCount"] == 2


def test_refused_filter_leaves_the_other_searches(world: SavedSearchesWorld) -> None:
    bad, good = world.save(filter={"jobType_eq": "HOURLY"}), world.save()
    plan = plans.plan

    def refusing(search: SavedSearch, *others: Any) -> Any:
        if search.id == bad:
            raise Unprocessable("jobType_eq: this version knows no types.")
        return plan(search, *others)

    world.post(jobPostingInfo=hourly())
    with patch("souk.domains.savedsearches.search.matching.plan", refusing):
        assert world.match() == 1
    assert (world.matched(bad), len(world.matched(good))) == ([], 1)
