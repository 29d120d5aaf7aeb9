"""Searching gigs: filters, orders, pages, and the index."""

from typing import Any

import pytest

from souk.domains.gigs.search.index import INDEX, document
from souk.domains.gigs.search.projection import GigsProjection
from souk.domains.gigs.store import GIGS, gig_key
from souk.search.indexer import verify
from souk.search.memory import MemoryIndex
from souk.search.tantivy_index import TantivyIndex
from tests.support.worlds.gigs import (
    CATEGORY,
    DESCRIPTION,
    OTHER_CATEGORY,
    PACKAGES,
    PAUSE,
    SEARCH,
    SUBCATEGORY,
    GigsWorld,
    package,
)
from tests.support.worlds.jobs import NOAH


@pytest.fixture(params=[MemoryIndex, TantivyIndex])
def gigs(world: GigsWorld, request: pytest.FixtureRequest) -> dict[str, str]:
    """Return three published gigs by name, oldest first. Two more are hidden. Runs with both search engines."""
    world.index = request.param(INDEX)
    other = OTHER_CATEGORY.subcategories[0]
    gigs = {
        "logo": world.published(title="Draw a logo", tags=[{"id": "1", "text": "brand mark"}]),
        "site": world.published(title="Build a site"),
        "book": world.published(
            world.noah, title="Edit a book", parentCategoryId=OTHER_CATEGORY.id, subcategoryId=other.id
        ),
    }
    three = {
        "basic": package(price=100, deliveryTime=9),
        "standard": package(price=400, deliveryTime=20),
        "premium": package(price=5_000.5, deliveryTime=2),
    }
    assert world.sofia.call(PACKAGES, {"input": {"gigId": gigs["site"], **three}}).data
    words = {"blocks": [{"type": "list", "data": {"items": ["in <b>Djan</b>go", "tested"]}}]}
    described = {"gigId": gigs["site"], "description": words, "faq": []}
    assert world.sofia.call(DESCRIPTION, {"input": described}).data
    world.complete(title="A draft of a logo")
    paused = world.published(title="A pause of a logo")
    assert world.sofia.call(PAUSE, {"gigId": paused}).data
    world.refresh()
    return gigs


CONDITIONS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["Edit a book", "Build a site", "Draw a logo"]),
    ({"searchExpression_eq": "LOGO"}, ["Draw a logo"]),
    ({"searchExpression_eq": "brand draw"}, ["Draw a logo"]),
    ({"searchExpression_eq": "django"}, ["Build a site"]),
    ({"searchExpression_eq": "title:a -logo -book"}, ["Build a site"]),
    ({"searchExpression_eq": "  "}, ["Edit a book", "Build a site", "Draw a logo"]),
    ({"categoryIds_any": [OTHER_CATEGORY.id]}, ["Edit a book"]),
    ({"categoryIds_any": [SUBCATEGORY.id]}, ["Build a site", "Draw a logo"]),
    ({"categoryIds_any": [CATEGORY.id, OTHER_CATEGORY.id]}, ["Edit a book", "Build a site", "Draw a logo"]),
    ({"categoryIds_any": ["1"]}, []),
    ({"priceRange_eq": {"rangeStart": 101, "rangeEnd": 400}}, ["Edit a book", "Build a site", "Draw a logo"]),
    ({"priceRange_eq": {"rangeStart": 300}}, ["Build a site"]),
    ({"priceRange_eq": {"rangeStart": 5_001}}, []),
    ({"priceRange_eq": {"rangeEnd": 100}}, ["Build a site"]),
    ({"priceRange_eq": {}}, ["Edit a book", "Build a site", "Draw a logo"]),
    ({"maxDeliveryTime_eq": 2}, ["Build a site"]),
    ({"maxDeliveryTime_eq": 0}, []),
    ({"ownerId_eq": NOAH}, ["Edit a book"]),
    ({"ownerId_eq": NOAH, "maxDeliveryTime_eq": 2}, []),
]


def test_conditions_are_combined(world: GigsWorld, gigs: dict[str, str]) -> None:
    assert gigs
    for wanted, titles in CONDITIONS:
        for who in (world.olivia, world.sofia):
            assert world.search_titles(who, **wanted) == titles, wanted


@pytest.mark.parametrize(
    "wanted",
    [
        {"searchExpression_eq": "x" * 1_001},
        {"categoryIds_any": ["1"] * 201},
        {"categoryIds_any": ["1" * 201]},
        {"priceRange_eq": {"rangeStart": 2, "rangeEnd": 1}},
    ],
    ids=lambda wanted: str(wanted)[:40],
)
def test_invalid_search_is_refused(world: GigsWorld, wanted: dict[str, Any]) -> None:
    assert world.olivia.call(SEARCH, {"filter": wanted}).code == "UNPROCESSABLE_CONTENT"


def test_pages_cover_all_results(world: GigsWorld, gigs: dict[str, str]) -> None:
    page: dict[str, Any] = {"first": 2}
    first = world.olivia.call(SEARCH, {"page": page}).data["gigsSearch"]
    assert [edge["node"]["id"] for edge in first["edges"]] == [gigs["book"], gigs["site"]]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    page["after"] = first["pageInfo"]["endCursor"]
    second = world.olivia.call(SEARCH, {"page": page}).data["gigsSearch"]
    assert [edge["node"]["id"] for edge in second["edges"]] == [gigs["logo"]]
    assert second["pageInfo"]["hasNextPage"] is False
    page["after"] = first["edges"][0]["cursor"]
    assert len(world.olivia.call(SEARCH, {"page": page}).data["gigsSearch"]["edges"]) == 2
    assert world.olivia.call(SEARCH, {"page": page, "filter": {"ownerId_eq": NOAH}}).code == "UNPROCESSABLE_CONTENT"
    assert world.olivia.call(SEARCH, {"page": {"first": 0}}).code == "UNPROCESSABLE_CONTENT"


@pytest.mark.parametrize("count", [1, 20])
def test_page_round_trips_are_constant(world: GigsWorld, count: int) -> None:
    for at in range(count):
        world.published(title=f"Gig {at}")
    world.refresh()
    answer = world.olivia.call(SEARCH, {"page": {"first": 50}})
    assert len(answer.data["gigsSearch"]["edges"]) == count
    # Who calls; the numbers; the gigs; their owner; the standing of the owner's companies.
    assert answer.trips == 5


def test_index_follows_stream(world: GigsWorld, gigs: dict[str, str]) -> None:
    projection = GigsProjection(world.souk.table)
    gig = world.stored_gig(gigs["logo"])
    image, pk = GIGS.encode(gig), gig_key(gig.id)

    def record(**images: Any) -> dict[str, Any]:
        return {"eventName": "MODIFY", "dynamodb": {"Keys": {"PK": {"S": pk.pk}, "SK": {"S": pk.sk}}, **images}}

    assert projection.affected(record(NewImage=image, OldImage=image)) == [gig.number]
    assert projection.affected(record(OldImage=image)) == [gig.number]
    other = {"dynamodb": {"Keys": {"PK": {"S": "JOB#1"}, "SK": {"S": "JOB"}}, "NewImage": image}}
    assert projection.affected(other) == []
    assert projection.shown_in(record(NewImage=image, OldImage=image)) == ()
    documents = projection.documents([gig.number, "1"])
    assert documents["1"] is None
    assert documents[gig.number] == document(gig)
    numbers = [world.stored_gig(gig_id).number for gig_id in gigs.values()]
    assert not verify(projection, world.index, numbers)
    assert world.sofia.call(PAUSE, {"gigId": gigs["logo"]}).data
    assert verify(projection, world.index, numbers).extra == (gig.number,)
    assert projection.documents([gig.number]) == {gig.number: None}
