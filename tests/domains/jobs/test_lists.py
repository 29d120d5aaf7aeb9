"""An organization's own postings: every condition, order and page, and who may list them."""

from typing import Any

import pytest

from tests.support.worlds.jobs import BUILD, CATEGORY, DESIGN, LIAM, OLIVIA, Market, fixed_price, hourly

LIST = """query ($filter: JobPostingsFilter!, $sort: SortAttribute) { organization {
  jobPosting(jobPostingFilter: $filter, sortAttribute: $sort) {
    totalCount edges { cursor node { id } } pageInfo { endCursor hasNextPage }
  }
} }"""
COMPANY = """query ($filter: JobPostsFilter, $page: Pagination) { organization { company {
  jobPosts(jobPostsFilter: $filter, pagination: $page) { totalCount edges { node { id } } pageInfo { hasNextPage } }
} } }"""


@pytest.fixture
def posts(market: Market) -> dict[str, str]:
    """Return postings of Acme's by name, from the oldest to the newest."""
    return {
        "shop": market.post(organization_id=DESIGN),
        "servers": market.post(organization_id=BUILD, jobPostingInfo=hourly(access="ACCESS_PRIVATE", hidden=True)),
        "draft": market.post(jobPostingInfo={"status": "DRAFT", "title": "Another idea"}),
        "liam": market.post(market.liam, jobPostingInfo=fixed_price(title="Shop by Liam")),
    }


def listed(market: Market, posts: dict[str, str], sort: dict[str, str] | None = None, **wanted: Any) -> list[str]:
    """Return the names of what Olivia's list holds."""
    answer = market.olivia.call(LIST, {"filter": wanted, "sort": sort}).data["organization"]["jobPosting"]
    names = {id_: name for name, id_ in posts.items()}
    found = [names[edge["node"]["id"]] for edge in answer["edges"]]
    assert answer["totalCount"] == len(found)
    return found


def test_every_condition(market: Market, posts: dict[str, str]) -> None:
    market.post(market.omar)
    newest_first = ["liam", "draft", "servers", "shop"]
    assert listed(market, posts) == newest_first
    assert listed(market, posts, title_eq="SHOP") == ["liam", "shop"]
    assert listed(market, posts, postByTeamIds_any=[DESIGN]) == ["liam", "shop"]
    assert listed(market, posts, postByPersonIds_any=[LIAM]) == ["liam"]
    assert listed(market, posts, excludePostByPersonIds_any=[OLIVIA]) == ["liam"]
    assert listed(market, posts, categoryGroupIds_any=[CATEGORY]) == ["liam", "servers", "shop"]
    assert listed(market, posts, contractType_eq="HOURLY") == ["servers"]
    pairs = [{"statuses_any": ["DRAFT"]}, {"statuses_any": ["REQUESTED"], "accesses_any": ["ACCESS_PRIVATE"]}]
    assert listed(market, posts, statusAndAccess_any=pairs) == ["draft", "servers"]
    assert listed(market, posts, createdDateTimeFrom_eq="2020-01-01") == newest_first
    assert listed(market, posts, createdDateTimeTo_eq="2020-01-01T00:00:00.000+0100") == []
    assert listed(market, posts, postByPersonIds_any=[]) == newest_first


def test_a_day_at_the_end_of_a_range_belongs_to_it(market: Market, posts: dict[str, str]) -> None:
    created = "query ($id: ID!) { jobPosting(jobPostingId: $id) { info { auditTime { createdDateTime } } } }"
    info = market.olivia.call(created, {"id": posts["shop"]}).data["jobPosting"]["info"]
    day = info["auditTime"]["createdDateTime"][:10]
    assert "shop" in listed(market, posts, createdDateTimeFrom_eq=day, createdDateTimeTo_eq=day)


def test_orders_and_pages(market: Market, posts: dict[str, str]) -> None:
    by_title = {"field": "title", "sortOrder": "ASC"}
    assert listed(market, posts, by_title) == ["draft", "shop", "servers", "liam"]
    assert listed(market, posts, {"field": "createdDateTime", "sortOrder": "ASC"}) == list(posts)
    page: dict[str, Any] = {"pagination_eq": {"first": 3}}
    first = market.olivia.call(LIST, {"filter": page}).data["organization"]["jobPosting"]
    assert (first["totalCount"], len(first["edges"]), first["pageInfo"]["hasNextPage"]) == (4, 3, True)
    page["pagination_eq"]["after"] = first["pageInfo"]["endCursor"]
    second = market.olivia.call(LIST, {"filter": page}).data["organization"]["jobPosting"]
    assert [edge["node"]["id"] for edge in second["edges"]] == [posts["shop"]]
    page["title_eq"] = "shop"
    assert market.olivia.call(LIST, {"filter": page}).code == "UNPROCESSABLE_CONTENT"
    unknown = {"filter": {}, "sort": {"field": "weight", "sortOrder": "ASC"}}
    assert market.olivia.call(LIST, unknown).code == "UNPROCESSABLE_CONTENT"
    assert market.olivia.call(LIST, {"filter": {"createdDateTimeTo_eq": "x"}}).code == "UNPROCESSABLE_CONTENT"


def test_a_companys_posts(market: Market, posts: dict[str, str]) -> None:
    def found(page: dict[str, Any] | None = None, **wanted: Any) -> list[str]:
        answer = market.olivia.call(COMPANY, {"filter": wanted, "page": page})
        edges = answer.data["organization"]["company"]["jobPosts"]["edges"]
        return [name for edge in edges for name, id_ in posts.items() if id_ == edge["node"]["id"]]

    assert found() == ["liam", "draft", "shop"]
    assert found(excludeHidden=False, statuses=["ALL"]) == ["liam", "draft", "servers", "shop"]
    assert found(statuses=["DRAFT"]) == ["draft"]
    assert found(teamIds=[DESIGN]) == ["liam", "shop"]
    assert found({"first": 1}) == ["liam"]
    for wanted in ({"statuses": ["OPEN"]}, {"fields": ["id"]}):
        assert market.olivia.call(COMPANY, {"filter": wanted}).code == "UNPROCESSABLE_CONTENT"


def test_a_team_lists_its_own_and_strangers_nothing(market: Market, posts: dict[str, str]) -> None:
    own = market.liam.call(LIST, {"filter": {}}).data["organization"]["jobPosting"]
    assert {edge["node"]["id"] for edge in own["edges"]} == {posts["shop"], posts["liam"]}
    assert market.liam.call(COMPANY, {}).code == "FORBIDDEN"
    of_client = """query ($id: ID!) { marketplaceJobPosting(id: $id) { ownership { company {
      jobPosting(jobPostingFilter: {}) { totalCount }
    } } } }"""
    assert market.sofia.call(of_client, {"id": posts["shop"]}).code == "FORBIDDEN"
    seen = market.olivia.call(of_client, {"id": posts["shop"]}).data["marketplaceJobPosting"]["ownership"]
    assert seen["company"]["jobPosting"]["totalCount"] == 4
