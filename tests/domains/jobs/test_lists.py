"""Lists of an organization's postings: conditions, orders, pages and permissions."""

from typing import Any

import pytest

from tests.support.worlds.jobs import BUILD, CATEGORY, DESIGN, LIAM, OLIVIA, JobsWorld, fixed_price, hourly

LIST = """query ($filter: JobPostingsFilter!, $sort: SortAttribute) { organization {
  jobPosting(jobPostingFilter: $filter, sortAttribute: $sort) {
    totalCount edges { cursor node { id } } pageInfo { endCursor hasNextPage }
  }
} }"""
COMPANY = """query ($filter: JobPostsFilter, $page: Pagination) { organization { company {
  jobPosts(jobPostsFilter: $filter, pagination: $page) { totalCount edges { node { id } } pageInfo { hasNextPage } }
} } }"""


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
