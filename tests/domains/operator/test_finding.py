"""Operators find people and organizations in two search indexes that follow the table."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souk.app import graph
from souk.authentication.rate_limits import Meter
from souk.authentication.records import MEMBERSHIPS
from souk.domains.identity.model import PaymentVerificationStatus
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.operator.inputs import UserFilter
from souk.domains.operator.search import organizations, people, searching
from souk.domains.operator.search.projection import SEARCH_INDEXES
from souk.search import SearchIndex
from souk.search.memory import MemoryIndex
from souk.search.tantivy_index import TantivyIndex
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OMAR, OPS, RIVAL, SOFIA, SOLO, WEB, organization, user
from tests.domains.operator.conftest import ADA, HOUSE, Market
from tests.support.api import Answer, Person, Souk
from tests.support.clock import CLOCK
from tests.support.stream import Stream
from tests.support.table import COUNTERS

USERS_PAGE = """query ($filter: OperatorUserFilter, $page: Pagination) {
  operatorUsers(filter: $filter, pagination: $page) {
    totalCount pageInfo { endCursor hasNextPage } edges { cursor node {
      id firstName lastName email state operator createdDateTime lastSeenDateTime
      memberships { organization { id name } role active } } } } }"""
ORGANIZATIONS_PAGE = """query ($filter: OperatorOrganizationFilter, $page: Pagination) {
  operatorOrganizations(filter: $filter, pagination: $page) {
    totalCount pageInfo { endCursor hasNextPage } edges { node { id name side state country { name } } } } }"""


@pytest.fixture(params=[MemoryIndex, TantivyIndex])
def stream(market: Market, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Stream:
    """Return empty indexes of either engine, which the API searches."""
    made: list[SearchIndex] = [request.param(people.INDEX), request.param(organizations.INDEX)]
    for module, index in zip((people, organizations), made, strict=True):
        monkeypatch.setattr(module, "reader", lambda index=index: index)
    stream = Stream(market.table, SEARCH_INDEXES, made)
    stream.pump()
    return stream


def ask(market: Market, query: str, page: dict[str, Any] | None = None, **criteria: Any) -> Answer:
    return market.ada.call(query, {"filter": criteria or None, "page": page})


def found(market: Market, query: str, words: str | None, criteria: dict[str, Any]) -> list[str]:
    """Return the ids of a whole search."""
    given: dict[str, Any] = criteria if words is None else {"searchExpression_eq": words, **criteria}
    (answer,) = ask(market, query, **given).data.values()
    ids = [edge["node"]["id"] for edge in answer["edges"]]
    assert answer["totalCount"] == len(ids)
    return ids


def persons(market: Market, words: str | None = None, **criteria: Any) -> list[str]:
    return found(market, USERS_PAGE, words, criteria)


def places(market: Market, words: str | None = None, **criteria: Any) -> list[str]:
    return found(market, ORGANIZATIONS_PAGE, words, criteria)


def change(market: Market, user_id: str, **facts: Any) -> None:
    tx = market.table.transaction()
    tx.update(USERS, market.user(user_id).model_copy(update=facts))
    tx.commit()


def test_people_by_words_and_ids(market: Market, stream: Stream) -> None:
    change(market, SOFIA, first_name="Sofía", last_name="O'Brien-Almeida", email="sofia.o+work@studio.example")
    change(market, OMAR, nickname="sof-the-second")
    stream.pump()
    sofia = market.user(SOFIA)
    whole = ("sofia", "SOFÍA", "o'brien", "brien-almeida", "sofia.o+work@studio.example", sofia.nickname)
    beginnings = ("alm", "brien-al", "sofia.o", "studio.ex", "sofia almeida", "work@stu")
    ids = (SOFIA, sofia.ciphertext, sofia.ciphertext.removeprefix("~"))
    for words in (*whole, *beginnings, *ids):
        assert SOFIA in persons(market, words), words
    for words in ("almeidas", "lmeida", "sofia omar", "brien_x", "~", "(", "title:sofia", "sofia NOT omar"):
        assert persons(market, words) == [], words
    assert set(persons(market, "sof")) == {SOFIA, OMAR}
    for beginning in ("10", "~0110", "0110"):
        assert {SOFIA, OMAR, LIAM, OLIVIA} <= set(persons(market, beginning)), beginning
    assert persons(market, "sofia") == [SOFIA]
    change(market, LIAM, first_name="Sof", creation_date="2020-01-01T00:00:00.000Z")
    stream.pump()
    assert persons(market, "sof")[:2] == [OMAR, LIAM]  # whole words first: of the nickname, of the name; then newest
    assert persons(market, "sof")[2:] == [SOFIA]
    assert set(persons(market, "  ")) == set(persons(market)) >= {ADA, OLIVIA, LIAM, OMAR, SOFIA}
    for refused in (
        ask(market, USERS_PAGE, searchExpression_eq="x" * 201),
        ask(market, USERS_PAGE, organizationId_eq="Acme"),
    ):
        assert refused.code == "UNPROCESSABLE_CONTENT"


def test_people_by_facts_that_change(market: Market, stream: Stream) -> None:
    assert persons(market, operator_eq=True) == [ADA]
    assert ADA not in persons(market, operator_eq=False)
    assert set(persons(market, organizationId_eq=ACME)) >= {OLIVIA}
    assert market.ask("setOperator", userId=f'"{LIAM}"', operator="true").data
    liam = next(one for one in (OPS, WEB) if market.table.get(MEMBERSHIPS, LIAM, one))
    assert LIAM in persons(market, organizationId_eq=liam)
    tx = market.table.transaction()
    membership = market.table.get(MEMBERSHIPS, LIAM, liam, consistent=True)
    assert membership
    tx.update(MEMBERSHIPS, membership.model_copy(update={"active": False}))
    tx.commit()
    stream.pump()
    assert set(persons(market, operator_eq=True)) == {ADA, LIAM} == set(persons(market, organizationId_eq=HOUSE))
    assert LIAM not in persons(market, organizationId_eq=liam)
    assert persons(market, state_eq="SUSPENDED") == []
    assert persons(market, "liam", state_eq="ACTIVE", operator_eq=True) == [LIAM]
    change(market, OMAR, creation_date="2025-03-04T10:00:00.000Z")
    stream.pump()
    assert persons(market, createdDateTime_bt={"rangeStart": "2025-03-04", "rangeEnd": "2025-03-04"}) == [OMAR]
    assert OMAR not in persons(market, createdDateTime_bt={"rangeEnd": "2025-03-03"})
    assert persons(market).index(OMAR) < persons(market).index(OLIVIA)  # newest first
    assert not stream.differs()


def test_organizations_by_words_and_facts(market: Market, stream: Stream) -> None:
    tx = market.table.transaction()
    verified = PaymentVerificationStatus.VERIFIED
    rival = {"payment_verification_status": verified, "vat_id": "DE 811.907"}
    tx.update(ORGANIZATIONS, market.organization(RIVAL).model_copy(update=rival))
    tx.create(ORGANIZATIONS, organization("777", "Rivière & Sons", creation_date="2025-01-02T00:00:00.000Z"))
    tx.commit()
    stream.pump()
    assert places(market, "riv")[0] in {RIVAL, "777"}
    assert set(places(market, "riv")) == {RIVAL, "777"}
    assert places(market, "riviere son") == ["777"]
    assert places(market, "acme trad") == places(market, ACME) == [ACME]
    assert places(market, "de811907") == []
    assert places(market, "811.907") == [RIVAL]
    assert places(market, paymentVerified_eq=True) == [RIVAL]
    assert places(market, enterprise_eq=True) == [ACME]
    assert ACME not in places(market, enterprise_eq=False)
    assert SOLO in places(market, side_eq="freelancer")
    assert {ACME, WEB, OPS} <= set(places(market, side_eq="client", createdDateTime_bt={"rangeEnd": "2024-12-31"}))
    assert places(market, side_eq="client", createdDateTime_bt={"rangeStart": "2025"} | {"rangeStart": "20250102"})
    assert ask(market, ORGANIZATIONS_PAGE, side_eq="somebody").code == "UNPROCESSABLE_CONTENT"
    assert not stream.differs()


def test_page_of_people_costs_the_same(market: Market, stream: Stream) -> None:
    """Every row with its organizations: a page of one, of twenty, and far from the beginning."""
    few = ask(market, USERS_PAGE, {"first": 2}, operator_eq=False)
    tx = market.table.transaction()
    for number in range(20):
        id_ = str(5_000 + number)
        member = market.table.get(MEMBERSHIPS, OLIVIA, ACME)
        assert member
        tx.create(USERS, user(id_, f"Person{number}", "Newman", ACME))
        tx.create(MEMBERSHIPS, member.model_copy(update={"id": id_, "user_id": id_, "version": 0}))
    tx.commit()
    stream.pump()
    seen, after = [], None
    while True:
        many = ask(market, USERS_PAGE, {"first": 7, "after": after}, searchExpression_eq="newm")
        assert many.trips == few.trips <= 5  # with the counters, six
        page = many.data["operatorUsers"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        assert all(edge["node"]["memberships"] for edge in page["edges"])
        assert page["totalCount"] == 20
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert sorted(seen) == [str(5_000 + number) for number in range(20)]
    assert ask(market, USERS_PAGE, {"first": 7, "after": after}).code == "UNPROCESSABLE_CONTENT"  # another search
    assert ask(market, ORGANIZATIONS_PAGE, {"first": 50}).trips == 2


@pytest.mark.usefixtures("stream")
def test_whole_rows_cost_as_much_as_one(market: Market) -> None:
    """All that operators see of a row takes six round trips at most; its trail, asked for with it, one more."""
    person = """operator memberships { organization { id name } } sessions openContracts lastSeenDateTime
      connectedPrograms { apiKey { id name } organizations { id name } }"""
    company = """members teams apiKeys webhookSubscriptions openJobPostings openContracts
      accounts { organization { id } balance { rawValue } }"""
    for query, selected in (("operatorUsers", person), ("operatorOrganizations", company)):
        trips = [
            market.ada.call(f"{{ {query}(pagination: {{first: {first}}}) {{ edges {{ node {{ {selected} }} }} }} }}")
            for first in (1, 5)
        ]
        assert len(trips[1].data[query]["edges"]) == 5
        assert trips[0].trips <= trips[1].trips <= 6
    trail = f'operatorActions(filter: {{subjectId_eq: "{ADA}"}}) {{ edges {{ node {{ subjectTitle reason }} }} }}'
    whole = market.ada.call(f'{{ operatorUser(id: "{ADA}") {{ email {person} }} {trail} }}')
    assert whole.data["operatorUser"]["connectedPrograms"]
    assert whole.trips <= 7


@pytest.mark.usefixtures("stream")
def test_last_seen_is_the_day_of_the_last_request(market: Market) -> None:
    """One read of the counters for a page. A request costs one more write on the first one of a day alone."""
    client = market.table.client
    meter = Meter(client, COUNTERS)
    now = CLOCK.real()
    meter.see(OLIVIA, now - timedelta(days=3))
    meter.see(OMAR, now)
    reads, read = [], client.batch_get_item

    def counting(**request: Any) -> Any:
        reads.extend(request["RequestItems"])
        return read(**request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "batch_get_item", counting)
        edges = ask(market, USERS_PAGE).data["operatorUsers"]["edges"]
    assert reads.count(COUNTERS) == 1
    days = {edge["node"]["id"]: edge["node"]["lastSeenDateTime"] for edge in edges}
    assert (days[OLIVIA], days[OMAR], days[LIAM]) == (
        f"{(now - timedelta(days=3)).date()}T00:00:00.000Z",
        f"{now.date()}T00:00:00.000Z",
        None,
    )
    one = market.ada.call(f'{{ operatorUser(id: "{OMAR}") {{ lastSeenDateTime }} }}').data["operatorUser"]
    assert one == {"lastSeenDateTime": days[OMAR]}
    counted = Souk(market.table, graph(), {"graphql": ()}, Meter(client, COUNTERS))
    writes, write = [], client.update_item

    def counting_writes(**request: Any) -> Any:
        writes.append(request["Key"]["PK"]["S"])
        return write(**request)

    caller = Person(counted, ADA, HOUSE, market.ada.token)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "update_item", counting_writes)
        for _ in range(3):
            assert caller.call(f'{{ operatorUser(id: "{ADA}") {{ lastSeenDateTime }} }}').data["operatorUser"] == {
                "lastSeenDateTime": days[OMAR]
            }
    assert writes.count(f"PERSON#{ADA}") == 1


_NAMES = st.sampled_from(["Ann", "Anna", "Bo", "O'Hara", "Łukasz", "李", "李明", "x-y", "C++", "Jo.Ann"])
_SEARCHES = st.lists(st.one_of(_NAMES, st.sampled_from(["a", "an", "~01", "@mail", "7", "~017", "lu", "明", "jo.a"])))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(_NAMES, _NAMES, st.booleans()), max_size=8), st.lists(_SEARCHES, min_size=1, max_size=6))
def test_engine_finds_the_people_of_a_plain_scan(
    stored: list[tuple[str, str, bool]], searches: list[list[str]]
) -> None:
    documents = [
        people.document(user(str(70 + number), first, last, ACME, email=f"{first}@mail.test"), [], None)
        for number, (first, last, _) in enumerate(stored)
    ]
    oracle, engine = MemoryIndex(people.INDEX), TantivyIndex(people.INDEX)
    for index in (oracle, engine):
        index.rebuild(documents)
    assert engine.fingerprints() == oracle.fingerprints()
    for pieces in searches:
        wanted = UserFilter(search_expression_eq=" ".join(pieces))
        pages = []
        for index in (oracle, engine):
            reader, search = searching.search_for_people(index, wanted)
            pages.append(reader.search(replace(search, limit=100)))
            parts = [reader.search(replace(search, offset=at, limit=2)) for at in range(0, 10, 2)]
            assert [id_ for part in parts for id_ in part.ids] == pages[-1].ids
            assert {part.total for part in parts} == {pages[-1].total}
        assert pages[0] == pages[1]
