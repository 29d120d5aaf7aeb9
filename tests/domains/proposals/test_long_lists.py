"""Lists of many proposals: pages that cost a page, every order, changes between pages."""

from collections.abc import Callable
from typing import Any

import pytest

from souk.domains.market.model import FreelancerRecord
from souk.domains.market.store import FREELANCER_RECORDS
from souk.domains.proposals.model import ClientStatus, Proposal
from souk.domains.proposals.store import PROPOSALS
from souk.storage import lists as mechanism
from souk.storage.partition import Bound
from tests.domains.proposals.test_lists import ids, proposal, put
from tests.support.api import Answer, Souk
from tests.support.worlds.jobs import JobsWorld, hourly

NODES = """query ($id: ID!, $filter: ClientProposalFilter, $sort: ClientProposalSortAttribute, $page: Pagination) {
  clientProposals(jobPostingId: $id, filter: $filter, sortAttribute: $sort, pagination: $page) {
    edges { node { id } } pageInfo { endCursor hasNextPage } } }"""


@pytest.fixture
def world(souk: Souk) -> JobsWorld:
    return JobsWorld(souk)


def nodes(world: JobsWorld, job: str, page: dict[str, Any], sort: str = "", **values: Any) -> Answer:
    """Return the answer of a page without its total."""
    by = dict(zip(("field", "sortOrder"), sort.split(), strict=False)) or None
    return world.olivia.call(NODES, {"id": job, "filter": values or None, "sort": by, "page": page})


def copies(world: JobsWorld, job: str, number: int, **changes: Any) -> list[str]:
    """Store proposals of people who need not exist, and return their ids, oldest first."""
    found = [proposal(job, str(10_000 + at), **changes) for at in range(number)]
    for one in found:
        tx = world.souk.table.transaction()
        tx.create(PROPOSALS, one)
        tx.commit()
    return [one.id for one in found]


def test_page_of_long_list_costs_a_page(world: JobsWorld) -> None:
    job = world.post(jobPostingInfo=hourly())
    there = copies(world, job, 12)
    few = nodes(world, job, {"first": 10})
    there += copies(world, job, 150)
    many = nodes(world, job, {"first": 10})
    assert ids(many) == there[:-11:-1]
    assert many.trips == few.trips
    after = many.data["clientProposals"]["pageInfo"]["endCursor"]
    assert nodes(world, job, {"first": 10, "after": after}).trips == few.trips
    counted = world.olivia.call(NODES.replace("edges", "totalCount edges"), {"id": job, "page": {"first": 10}})
    assert (counted.data["clientProposals"]["totalCount"], counted.trips) == (162, many.trips + 1)
    assert len(ids(nodes(world, job, {"first": 500}))) == 100
    assert ids(nodes(world, job, {"first": 2, "after": "40"})) == there[-41:-43:-1]


def test_rare_proposals_are_found_by_reading_on(world: JobsWorld) -> None:
    job = world.post(jobPostingInfo=hourly())
    (rare,) = put(world, proposal(job, "777", client_status=ClientStatus.DECLINED, agency=True))
    copies(world, job, 120)
    few = nodes(world, job, {"first": 5})
    for values in ({"status_eq": "Declined"}, {"applierType_eq": "AGENCY"}, {"freelancerId_eq": "777"}):
        found = nodes(world, job, {"first": 5}, **values)
        assert ids(found) == [rare], values
        assert found.trips <= few.trips + 4
    of_people = nodes(world, job, {"first": 5}, title_eq="tester")
    assert ids(of_people) == [rare]
    assert of_people.trips <= few.trips + 9, "a chunk and its people take two"


SORT_VALUES: dict[str, Callable[[Proposal, FreelancerRecord], Any]] = {
    "CHARGERATE": lambda one, _: one.amount,
    "EARNINGS": lambda _, record: record.earned,
    "RECOMMENDATIONSCORE": lambda *_: 0,  # nobody has a profile
    "BILLEDHOURS": lambda _, record: record.minutes,
    "CREATEDDATETIME": lambda one, _: one.id,
    "MODIFIEDDATETIME": lambda one, _: one.modified,
}


@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_pages_of_each_order_are_the_sorted_list(world: JobsWorld, order: str) -> None:
    job, table = world.post(jobPostingInfo=hourly()), world.souk.table
    stored = [
        proposal(job, f"80{at}", amount=1_000 + at % 4, modified=f"2026-03-0{at % 3 + 1}T00:00:00.000Z")
        for at in range(9)
    ]
    put(world, *stored)
    records: dict[str, FreelancerRecord] = {}
    for at, one in enumerate(stored):
        records[one.id] = FreelancerRecord(earned=at * 5 % 4, minutes=at * 7 % 3)
        tx = table.transaction()
        key = FREELANCER_RECORDS.key(one.parties.vendor_user_id)
        tx.tally(FREELANCER_RECORDS, key, earned=at * 5 % 4, minutes=at * 7 % 3)
        tx.commit()
    for field, value in SORT_VALUES.items():
        expected = sorted(stored, key=lambda one: (value(one, records[one.id]), one.id), reverse=order == "DESC")
        seen: list[str] = []
        after = "0"
        while after:
            answer = nodes(world, job, {"first": 4, "after": after}, f"{field} {order}")
            seen += ids(answer)
            info = answer.data["clientProposals"]["pageInfo"]
            after = info["endCursor"] if info["hasNextPage"] else ""
        assert seen == [one.id for one in expected], field


def test_orders_of_people_read_each_once(world: JobsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.post(jobPostingInfo=hourly())
    there = copies(world, job, 30)
    client = world.souk.table.client
    read: list[str] = []
    batch_get: Any = client.batch_get_item

    def watch(**request: Any) -> Any:
        read.extend(key["SK"]["S"] for table in request["RequestItems"].values() for key in table["Keys"])
        return batch_get(**request)

    monkeypatch.setattr(client, "batch_get_item", watch)
    assert ids(nodes(world, job, {"first": 30}, "EARNINGS DESC")) == there[::-1]
    assert read.count("RECORD") == 30
    assert read.count("PROFILE") == 30, "it says whether the earnings are hidden"
    assert "USER" not in read


def test_changes_between_pages_move_nothing(world: JobsWorld) -> None:
    job, table = world.post(jobPostingInfo=hourly()), world.souk.table
    there = copies(world, job, 6)[::-1]
    first = nodes(world, job, {"first": 3})
    put(world, proposal(job, "999"))
    for id_ in there:
        one = table.get(PROPOSALS, id_)
        assert one is not None
        tx = table.transaction()
        tx.update(PROPOSALS, one.model_copy(update={"modified": "2026-05-01T00:00:00.000Z"}))
        tx.commit()
    after = first.data["clientProposals"]["pageInfo"]["endCursor"]
    assert ids(first) + ids(nodes(world, job, {"first": 9, "after": after})) == there


def test_too_many_for_an_order_says_how_to_narrow(world: JobsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.post(jobPostingInfo=hourly())
    copies(world, job, 8)
    monkeypatch.setattr(mechanism, "SORT_BOUND", Bound(5, 20))
    refused = nodes(world, job, {"first": 3}, "CHARGERATE ASC")
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert "filter by status" in refused.error["message"]
    assert len(ids(nodes(world, job, {"first": 3}, "CREATEDDATETIME ASC"))) == 3
