"""Lists of an organization's postings: conditions, orders, pages and permissions."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from souk.domains.jobs.model import Job, Status
from souk.domains.jobs.store import COMPANY_JOBS, JOBS, company_count_key, team_count_key
from souk.storage import Key, counter_value
from souk.storage import lists as mechanism
from souk.storage.lists import RECOUNTED
from souk.storage.partition import Bound
from tests.support.clock import new_id
from tests.support.worlds.jobs import ACME, BUILD, CATEGORY, DESIGN, LIAM, OLIVIA, JobsWorld, fixed_price, hourly

LIST = """query ($filter: JobPostingsFilter!, $sort: SortAttribute) { organization {
  jobPosting(jobPostingFilter: $filter, sortAttribute: $sort) {
    totalCount edges { cursor node { id } } pageInfo { endCursor hasNextPage }
  }
} }"""
COMPANY = """query ($filter: JobPostsFilter, $page: Pagination) { organization { company {
  jobPosts(jobPostsFilter: $filter, pagination: $page) { totalCount edges { node { id } } pageInfo { hasNextPage } }
} } }"""

COUNTS = "{ organization { openJobCount memberCount childOrganizations { id openJobCount memberCount } } }"


@pytest.fixture
def posts(world: JobsWorld) -> dict[str, str]:
    """Return the ids of Acme's postings by name, oldest first."""
    return {
        "shop": world.post(organization_id=DESIGN),
        "servers": world.post(organization_id=BUILD, jobPostingInfo=hourly(access="ACCESS_PRIVATE", hidden=True)),
        "draft": world.post(jobPostingInfo={"status": "DRAFT", "title": "Another idea"}),
        "liam": world.post(world.liam, jobPostingInfo=fixed_price(title="Shop by Liam")),
    }


def listed(world: JobsWorld, posts: dict[str, str], sort: dict[str, str] | None = None, **conditions: Any) -> list[str]:
    """Return the names of the postings in Olivia's list."""
    answer = world.olivia.call(LIST, {"filter": conditions, "sort": sort}).data["organization"]["jobPosting"]
    names = {id_: name for name, id_ in posts.items()}
    found = [names[edge["node"]["id"]] for edge in answer["edges"]]
    assert answer["totalCount"] == len(found)
    return found


def test_each_list_condition(world: JobsWorld, posts: dict[str, str]) -> None:
    world.post(world.omar)
    newest_first = ["liam", "draft", "servers", "shop"]
    assert listed(world, posts) == newest_first
    assert listed(world, posts, title_eq="SHOP") == ["liam", "shop"]
    assert listed(world, posts, postByTeamIds_any=[DESIGN]) == ["liam", "shop"]
    assert listed(world, posts, postByPersonIds_any=[LIAM]) == ["liam"]
    assert listed(world, posts, excludePostByPersonIds_any=[OLIVIA]) == ["liam"]
    assert listed(world, posts, categoryGroupIds_any=[CATEGORY]) == ["liam", "servers", "shop"]
    assert listed(world, posts, contractType_eq="HOURLY") == ["servers"]
    pairs = [{"statuses_any": ["DRAFT"]}, {"statuses_any": ["REQUESTED"], "accesses_any": ["ACCESS_PRIVATE"]}]
    assert listed(world, posts, statusAndAccess_any=pairs) == ["draft", "servers"]
    assert listed(world, posts, createdDateTimeFrom_eq="2020-01-01") == newest_first
    assert listed(world, posts, createdDateTimeTo_eq="2020-01-01T00:00:00.000+0100") == []
    assert listed(world, posts, postByPersonIds_any=[]) == newest_first


def test_date_range_includes_its_last_day(world: JobsWorld, posts: dict[str, str]) -> None:
    created = "query ($id: ID!) { jobPosting(jobPostingId: $id) { info { auditTime { createdDateTime } } } }"
    info = world.olivia.call(created, {"id": posts["shop"]}).data["jobPosting"]["info"]
    day = info["auditTime"]["createdDateTime"][:10]
    assert "shop" in listed(world, posts, createdDateTimeFrom_eq=day, createdDateTimeTo_eq=day)


def test_list_orders_and_pages(world: JobsWorld, posts: dict[str, str]) -> None:
    by_title = {"field": "title", "sortOrder": "ASC"}
    assert listed(world, posts, by_title) == ["draft", "shop", "servers", "liam"]
    assert listed(world, posts, {"field": "createdDateTime", "sortOrder": "ASC"}) == list(posts)
    page: dict[str, Any] = {"pagination_eq": {"first": 3}}
    first = world.olivia.call(LIST, {"filter": page}).data["organization"]["jobPosting"]
    assert (first["totalCount"], len(first["edges"]), first["pageInfo"]["hasNextPage"]) == (4, 3, True)
    page["pagination_eq"]["after"] = first["pageInfo"]["endCursor"]
    second = world.olivia.call(LIST, {"filter": page}).data["organization"]["jobPosting"]
    assert [edge["node"]["id"] for edge in second["edges"]] == [posts["shop"]]
    page["title_eq"] = "shop"
    assert world.olivia.call(LIST, {"filter": page}).code == "UNPROCESSABLE_CONTENT"
    unknown = {"filter": {}, "sort": {"field": "weight", "sortOrder": "ASC"}}
    assert world.olivia.call(LIST, unknown).code == "UNPROCESSABLE_CONTENT"
    assert world.olivia.call(LIST, {"filter": {"createdDateTimeTo_eq": "x"}}).code == "UNPROCESSABLE_CONTENT"


def test_company_job_posts(world: JobsWorld, posts: dict[str, str]) -> None:
    def found(page: dict[str, Any] | None = None, **conditions: Any) -> list[str]:
        answer = world.olivia.call(COMPANY, {"filter": conditions, "page": page})
        edges = answer.data["organization"]["company"]["jobPosts"]["edges"]
        return [name for edge in edges for name, id_ in posts.items() if id_ == edge["node"]["id"]]

    assert found() == ["liam", "draft", "shop"]
    assert found(excludeHidden=False, statuses=["ALL"]) == ["liam", "draft", "servers", "shop"]
    assert found(statuses=["DRAFT"]) == ["draft"]
    assert found(teamIds=[DESIGN]) == ["liam", "shop"]
    assert found({"first": 1}) == ["liam"]
    for conditions in ({"statuses": ["OPEN"]}, {"fields": ["id"]}):
        assert world.olivia.call(COMPANY, {"filter": conditions}).code == "UNPROCESSABLE_CONTENT"


@pytest.mark.usefixtures("posts")
def test_open_postings_and_members_are_counted(world: JobsWorld) -> None:
    organization = world.olivia.call(COUNTS).data["organization"]
    assert organization["openJobCount"] == 3, "of the company and its teams, without the draft"
    teams = {one["id"]: (one["openJobCount"], one["memberCount"]) for one in organization["childOrganizations"]}
    assert (teams[DESIGN], teams[BUILD]) == ((2, 1), (1, 0))
    assert world.liam.call(COUNTS).data["organization"]["openJobCount"] == 2, "of his team"


def test_team_lists_its_own_postings_only(world: JobsWorld, posts: dict[str, str]) -> None:
    own = world.liam.call(LIST, {"filter": {}}).data["organization"]["jobPosting"]
    assert {edge["node"]["id"] for edge in own["edges"]} == {posts["shop"], posts["liam"]}
    assert world.liam.call(COMPANY, {}).code == "FORBIDDEN"
    of_client = """query ($id: ID!) { marketplaceJobPosting(id: $id) { ownership { company {
      jobPosting(jobPostingFilter: {}) { totalCount }
    } } } }"""
    assert world.sofia.call(of_client, {"id": posts["shop"]}).code == "FORBIDDEN"
    seen = world.olivia.call(of_client, {"id": posts["shop"]}).data["marketplaceJobPosting"]["ownership"]
    assert seen["company"]["jobPosting"]["totalCount"] == 4


# Long lists

PAGE = """query ($filter: JobPostingsFilter!, $sort: SortAttribute) { organization {
  jobPosting(jobPostingFilter: $filter, sortAttribute: $sort) {
    edges { cursor node { id } } pageInfo { endCursor hasNextPage } } } }"""
TOTAL = "query { organization { jobPosting(jobPostingFilter: {}) { totalCount } } }"


def add_postings(world: JobsWorld, number: int, **changes: Any) -> list[str]:
    """Store copies of a posting, and return their ids, oldest first."""
    table = world.souk.table
    template = table.get(JOBS, world.post(organization_id=DESIGN))
    assert template is not None
    ids = [template.id]
    for at in range(1, number):
        tx = table.transaction()
        ids.append(tx.create(JOBS, template.model_copy(update={"id": new_id(), **changes_of(at, **changes)})).id)
        tx.commit()
    return ids


def changes_of(at: int, **changes: Any) -> dict[str, Any]:
    return {name: value(at) if callable(value) else value for name, value in changes.items()}


def page_of(world: JobsWorld, first: int, after: str = "0", sort: Any = None, **conditions: Any) -> Any:
    """Return the answer of a page of Acme's postings."""
    page = {"pagination_eq": {"first": first, "after": after}, **conditions}
    return world.olivia.call(PAGE, {"filter": page, "sort": sort})


def ids_of(answer: Any) -> list[str]:
    return [edge["node"]["id"] for edge in answer.data["organization"]["jobPosting"]["edges"]]


def pages_of(world: JobsWorld, first: int, sort: Any = None, **conditions: Any) -> Iterator[list[str]]:
    """Yield the ids of each page."""
    after = "0"
    while True:
        answer = page_of(world, first, after, sort, **conditions)
        yield ids_of(answer)
        info = answer.data["organization"]["jobPosting"]["pageInfo"]
        if not info["hasNextPage"]:
            return
        after = info["endCursor"]


def test_page_of_long_list_costs_a_page(world: JobsWorld) -> None:
    short = add_postings(world, 12)
    few = page_of(world, 10)
    long = short + add_postings(world, 120)
    many = page_of(world, 10)
    assert ids_of(many) == long[:-11:-1]
    assert many.trips == few.trips
    last = many.data["organization"]["jobPosting"]["pageInfo"]["endCursor"]
    assert page_of(world, 10, last).trips == few.trips


def test_page_is_clamped_and_digits_are_an_offset(world: JobsWorld) -> None:
    newest_first = add_postings(world, 103)[::-1]
    assert [len(page) for page in pages_of(world, 500)] == [100, 3]
    assert ids_of(page_of(world, 2, "101")) == newest_first[101:]
    assert ids_of(page_of(world, 2, "7")) == newest_first[7:9]
    assert page_of(world, 0).code == page_of(world, -1).code == "UNPROCESSABLE_CONTENT"


def test_rare_postings_are_found_by_reading_on(world: JobsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    rare = world.post(jobPostingInfo=hourly(title="Rare"), organization_id=BUILD)
    add_postings(world, 100)
    few = page_of(world, 10)
    pairs = [{"statuses_any": ["REQUESTED"]}, {"statuses_any": ["FILLED"], "accesses_any": ["ACCESS_PRIVATE"]}]
    for conditions in (
        {"title_eq": "rare"},
        {"postByTeamIds_any": [BUILD]},
        {"contractType_eq": "HOURLY", "statusAndAccess_any": pairs},
    ):
        answer = page_of(world, 10, **conditions)
        assert ids_of(answer) == [rare], conditions
        assert answer.trips <= few.trips + 4
    monkeypatch.setattr(mechanism, "PAGE_BOUND", Bound(30, 10))
    pages = list(pages_of(world, 10, title_eq="rare"))
    assert [page for page in pages if page] == [[rare]], "pages end at the bound, and the next ones go on"
    assert len(pages) == 4


ORDERS: dict[str, Callable[[Job], Any]] = {
    "id": lambda job: int(job.id),
    "createdDateTime": lambda job: job.created,
    "modifiedDateTime": lambda job: job.modified,
    "publishDateTime": lambda job: job.published or "",
    "title": lambda job: (job.info.title or "").casefold(),
    "status": lambda job: job.status,
}


@pytest.mark.parametrize("descending", [True, False])
def test_pages_of_each_order_are_the_sorted_list(world: JobsWorld, *, descending: bool) -> None:
    template = world.souk.table.get(JOBS, world.post())
    assert template is not None
    statuses = list(Status)
    add_postings(
        world,
        14,
        status=lambda at: statuses[at % len(statuses)],
        info=lambda at: template.info.model_copy(update={"title": "AbcdE"[at % 5]}),
        modified=lambda at: f"2026-03-{at % 7 + 1:02}T00:00:00.000Z",
        published=lambda at: f"2026-02-{at % 4 + 1:02}T00:00:00.000Z" if at % 4 else None,
        created=lambda at: f"2026-01-{at + 1:02}T00:00:00.000Z",
    )
    jobs = [world.souk.table.get(JOBS, id_) for page in pages_of(world, 50) for id_ in page]
    present = [job for job in jobs if job]
    for field, value in ORDERS.items():
        if field == "createdDateTime":
            continue  # the copies are not as old as they say; the ids are in order
        expected = sorted(present, key=lambda job: (value(job), int(job.id)), reverse=descending)
        sort = {"field": field, "sortOrder": "DESC" if descending else "ASC"}
        seen = [id_ for page in pages_of(world, 4, sort) for id_ in page]
        assert seen == [job.id for job in expected], field


def test_too_many_for_an_order_says_how_to_narrow(world: JobsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    add_postings(world, 8)
    monkeypatch.setattr(mechanism, "SORT_BOUND", Bound(5, 20))
    refused = page_of(world, 2, sort={"field": "title", "sortOrder": "ASC"})
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert "filter by status or team" in refused.error["message"]
    for field in ("id", "createdDateTime"):
        assert len(ids_of(page_of(world, 2, sort={"field": field, "sortOrder": "ASC"}))) == 2


def test_changes_between_pages_move_nothing(world: JobsWorld) -> None:
    before = add_postings(world, 9)[::-1]
    seen: list[str] = []
    for page in pages_of(world, 3):
        seen += page
        world.post()
        world.change(page[-1], organization_id=DESIGN, jobPostingInfo=fixed_price(title="Another title"))
    assert seen == before


def test_total_is_read_from_the_counter_if_selected(world: JobsWorld) -> None:
    add_postings(world, 150)
    world.post(organization_id=BUILD)
    selected = "query { organization { jobPosting(jobPostingFilter: {}) { totalCount edges { cursor } } } }"
    without = world.olivia.call(selected.replace("totalCount ", "")).trips
    assert world.olivia.call(selected).trips == without + 2, "the counter is not exact yet, so they are counted"
    assert world.olivia.call(TOTAL).data["organization"]["jobPosting"]["totalCount"] == 151
    world.souk.table.client.put_item(
        TableName=world.souk.table.name,
        Item={"PK": {"S": RECOUNTED.pk}, "SK": {"S": RECOUNTED.sk}, "exact_lists": {"SS": [COMPANY_JOBS.name]}},
    )
    assert world.olivia.call(TOTAL).data["organization"]["jobPosting"]["totalCount"] == 151
    assert world.olivia.call(selected).trips == without + 1


def test_counters_follow_postings_that_never_move(world: JobsWorld) -> None:
    """Requests can name the company of a team's posting: it stays the team's."""
    job = world.post(organization_id=DESIGN)
    draft = world.post(organization_id=BUILD, jobPostingInfo={"status": "DRAFT", "title": "Idea"})
    assert world.change(job, organization_id=ACME, jobPostingInfo=fixed_price(title="New")).data
    assert world.change(job, organization_id=BUILD, jobPostingInfo=fixed_price()).code == "FORBIDDEN"
    world.olivia.call("mutation ($id: ID!) { closeJobPosting(id: $id) { id } }", {"id": draft})
    stored = world.souk.table.get(JOBS, job)
    assert stored is not None
    assert (stored.organization_id, stored.company_id) == (DESIGN, ACME)
    counts = [count_of(world, key) for key in (company_count_key(ACME), team_count_key(DESIGN), team_count_key(BUILD))]
    assert counts == [2, 1, 1]


def count_of(world: JobsWorld, key: Key) -> int:
    return counter_value(world.souk.table.batch_get([key]).get(key))
