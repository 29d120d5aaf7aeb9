"""The list of a person's gigs: their number is limited, and so is that of deleted ones that it shows."""

import pytest

from souk.domains.gigs import store
from tests.support.api import Answer
from tests.support.worlds.gigs import CREATE_DRAFT, DELETE, GigsWorld
from tests.support.worlds.jobs import SOFIA

OF_USER = "query ($id: ID!) { getUserGigs(userId: $id) { id status } }"


def draft(world: GigsWorld) -> str:
    id_: str = world.sofia.call(CREATE_DRAFT).data["createDraft"]["id"]
    return id_


def listed(world: GigsWorld) -> Answer:
    return world.sofia.call(OF_USER, {"id": SOFIA})


def ids(answer: Answer) -> list[str]:
    return [one["id"] for one in answer.data["getUserGigs"]]


def test_list_has_the_newest_deleted_gigs(world: GigsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_DELETED", 2)
    kept, *deleted = [draft(world) for _ in range(5)]
    newest = draft(world)
    before = listed(world)
    for one in deleted:
        assert world.sofia.call(DELETE, {"gigId": one}).data
    after = listed(world)
    assert ids(after) == [newest, deleted[-1], deleted[-2], kept]
    assert after.trips == before.trips


def test_gig_that_an_earlier_release_deleted_is_listed(world: GigsWorld) -> None:
    older, newer = draft(world), draft(world)
    for one in (older, newer):
        assert world.sofia.call(DELETE, {"gigId": one}).data
    table = world.souk.table
    table.client.update_item(
        TableName=table.name,
        Key={"PK": {"S": f"GIG#{older}"}, "SK": {"S": "GIG"}},
        UpdateExpression="SET GSI1SK = :sk",
        ExpressionAttributeValues={":sk": {"S": f"GONE#{older}"}},
    )
    assert ids(listed(world)) == [newer, older]
