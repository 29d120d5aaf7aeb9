"""The relations of a freelancer that decide which postings they find and read."""

import pytest

from souk.domains.market import store as market
from souk.domains.market.model import RelationKind
from tests.support.worlds.jobs import ACME, SEARCH, SOFIA, JobsWorld, fixed_price


def test_invitations_and_clouds_of_a_search_are_bounded(world: JobsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search takes the newest into account. Every posting can be read."""
    monkeypatch.setattr(market, "_MOST_SEARCHED", 4)
    posts = [world.post(jobPostingInfo=fixed_price(access="ACCESS_PRIVATE")) for _ in range(5)]
    world.add_clouds("91")
    cloud = world.post(ptcInfo={"visibility": "MEMBER_SELECTED_CLOUD", "talentCloudIds": ["91"]})
    world.relate(RelationKind.CLOUD, "91", SOFIA)
    world.relate(RelationKind.CLIENT, ACME, SOFIA, record_id="1")
    for post in posts[:2]:
        world.relate(RelationKind.INVITATION, post, SOFIA)
    world.refresh()
    few = world.sofia.call(SEARCH, {})
    assert set(world.search(world.sofia)) == {*posts[:2], cloud}
    assert set(world.search(world.sofia, previousClients_eq=True)) == {*posts[:2], cloud}
    for post in posts[2:]:
        world.relate(RelationKind.INVITATION, post, SOFIA)
    assert set(world.search(world.sofia)) == {*posts[1:], cloud}
    assert set(world.search(world.sofia, previousClients_eq=True)) == {*posts[1:], cloud}
    assert world.sofia.call(SEARCH, {}).trips == few.trips + 1
    read = "query ($id: ID!) { marketplaceJobPosting(id: $id) { id } }"
    assert all(world.sofia.call(read, {"id": post}).data for post in posts)


def test_invitation_counts_before_the_index_has_it(world: JobsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a posting looks at its own invitation and clouds, however many relations the reader has."""
    post = world.post(jobPostingInfo=fixed_price(access="ACCESS_PRIVATE"))
    read = "query ($id: ID!) { marketplaceJobPosting(id: $id) { id } }"
    assert world.sofia.call(read, {"id": post}).code == "NOT_FOUND"
    world.relate(RelationKind.INVITATION, post, SOFIA)
    few = world.sofia.call(read, {"id": post})
    assert few.data
    for at in range(50):
        world.relate(RelationKind.CLIENT, f"80{at}", SOFIA, record_id="1")
    monkeypatch.setattr(world.souk.table.client, "query", None)
    assert world.sofia.call(read, {"id": post}).trips == few.trips
