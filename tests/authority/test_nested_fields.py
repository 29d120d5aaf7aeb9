"""Nested fields: links and lists reveal no secrets, at any depth."""

from dataclasses import replace
from typing import Any

import pytest

from tests.authority.crawler import Crawler
from tests.authority.fixtures import ACME, BRIEF, CLOUD, RIVAL, SKETCH, VAULT
from tests.authority.row import common, own
from tests.authority.rows import ROWS
from tests.authority.secrets import Audience
from tests.authority.world import COLLEAGUE, INVITED, OWNER, RIVAL_OWNER, SERVICE, Viewer, World
from tests.support.job_requests import FIXED_PRICE, everything
from tests.support.worlds.jobs import CREATE, SEARCH

NO_FIELD_SHOWS_IT = {SKETCH, "canary-file-name"}
# What is Acme's comes first: what somebody owns themselves is then followed as far as it leads elsewhere.
STARTS = sorted(
    (row for row in ROWS if not row.changes and row.strangers is not common), key=lambda row: row.strangers is own
)


@pytest.mark.parametrize("viewer", [COLLEAGUE, SERVICE, RIVAL_OWNER, INVITED], ids=str)
def test_crawl_reveals_no_secret(world: World, viewer: Viewer) -> None:
    crawler = Crawler(world, viewer)
    with world.unchanged():
        for row in STARTS:
            crawler.crawl(row)
    assert not crawler.leaked
    audiences = {world.secrets.audiences[text] for text in crawler.told if text not in world.secrets.persons}
    assert audiences >= viewer.knows, "what they may know is told to them"


def test_crawl_shows_owner_every_visible_secret(world: World) -> None:
    """So each secret is in a visible place, where a leak would be found."""
    crawler = Crawler(world, OWNER, places_per_field=1)
    with world.unchanged():
        for row in STARTS:
            crawler.crawl(row)
    assert not crawler.leaked
    # Colleagues have the same fields as the owner.
    secrets = {
        text for text in world.secrets.audiences if world.secrets.persons.get(text, OWNER.user_id) == OWNER.user_id
    }
    not_told = secrets - crawler.told
    assert not_told == NO_FIELD_SHOWS_IT | {
        one for one in secrets if world.secrets.audiences[one] in (Audience.NOBODY, Audience.OPERATORS)
    }


def test_foreign_references_of_posting_are_null(world: World) -> None:
    """Ids that a client writes into a posting are notes and not links."""
    request = everything(BRIEF, **FIXED_PRICE)
    request |= {"organizationId": RIVAL, "attachmentIds": None, "enterpriseCustomFields": None}
    request["jobPostingInfo"] |= {"reasonRid": None}
    del request["customFields"]  # it takes no foreign ids
    request["ptcInfo"] |= {"teamId": VAULT, "talentCloudIds": None, "employerCompanyReference": ACME}
    with world.restored():
        made = world[RIVAL_OWNER].call(CREATE, {"request": request}).data["createJobPosting"]
        crawler = Crawler(world, RIVAL_OWNER, places_per_field=1)
        for row in {row.field: row for row in ROWS if row.name in ("jobPosting", "marketplaceJobPosting")}.values():
            crawler.crawl(replace(row, variables={"id": made["id"]}))
    assert {text for text, _ in crawler.leaked} <= {ACME, VAULT}, "what they wrote themselves"


def test_search_finds_private_posting_only_for_invited(world: World) -> None:
    found = world[INVITED].call(SEARCH, {"filter": {"titleExpression_eq": "canary"}}).data
    assert found["marketplaceJobPostingsSearch"]["totalCount"] == 2


@pytest.mark.parametrize(
    "wanted",
    [
        {"titleExpression_eq": "canary"},
        {"searchExpression_eq": '"canary-private-title"'},
        {"searchExpression_eq": "anvil", "budgetRange_eq": {"rangeStart": 918_000, "rangeEnd": 919_000}},
        {"ptcIds_any": [CLOUD]},
        {"ptcOnly_eq": True},
        {"previousClients_eq": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("viewer", [COLLEAGUE, SERVICE, RIVAL_OWNER], ids=str)
def test_search_filters_reveal_no_hidden_values(world: World, viewer: Viewer, wanted: dict[str, Any]) -> None:
    found = world[viewer].call(SEARCH, {"filter": wanted}).data["marketplaceJobPostingsSearch"]
    assert (found["totalCount"], found["edges"]) == (0, [])
