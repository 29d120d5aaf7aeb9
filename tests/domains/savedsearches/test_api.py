"""Saved searches through the API: managing them, paging their matches, and their events."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from souk.authentication.scopes import Scope
from souk.domains.savedsearches import lists, store
from souk.domains.savedsearches.commands import recording
from souk.domains.savedsearches.store import MAX_SEARCHES, SEARCHES, count_key
from souk.storage import counter_value
from tests.support.api import Person, person
from tests.support.clock import CLOCK
from tests.support.racing import at_once, meanwhile
from tests.support.worlds.jobs import NOAH, OMAR, RIVAL, STUDIO, fixed_price
from tests.support.worlds.savedsearches import (
    DELETE_SEARCH,
    MATCHES,
    SEARCH,
    UPDATE_SEARCH,
    SavedSearchesWorld,
)
from tests.support.worlds.savedsearches import (
    SEARCHES as LIST,
)

FILTER = {"searchExpression_eq": "django", "budgetRange_eq": {"rangeStart": 500}, "jobType_eq": None}


def update(world: SavedSearchesWorld, search_id: str, who: Person | None = None, **changes: Any) -> Any:
    answer = (who or world.sofia).call(UPDATE_SEARCH, {"id": search_id, "input": changes})
    return answer.data["updateSavedJobSearch"] if "errors" not in answer.json else answer


def test_searches_are_managed_by_their_organization_alone(world: SavedSearchesWorld) -> None:
    created = world.try_to_save(name="  Django \t jobs", filter=FILTER).data["createSavedJobSearch"]
    id_ = created["id"]
    assert (created["name"], created["filter"], created["active"]) == ("Django jobs", FILTER, True)
    assert (created["matchCount"], created["lastMatchDateTime"]) == (0, None)
    assert world.read(id_, world.noah) == created  # of the same organization
    second = world.save(world.noah, name="All")
    page = world.sofia.call(LIST, {"page": {"first": 1}}).data["savedJobSearches"]
    assert (page["totalCount"], [edge["node"]["id"] for edge in page["edges"]]) == (2, [second])
    rest = {"first": 5, "after": page["pageInfo"]["endCursor"]}
    after = world.sofia.call(LIST, {"page": rest}).data["savedJobSearches"]
    assert [edge["node"] for edge in after["edges"]] == [created]
    assert world.omar.call(LIST).data["savedJobSearches"]["totalCount"] == 0
    for stranger in (world.omar, world.olivia):
        for document in (SEARCH, MATCHES, DELETE_SEARCH, UPDATE_SEARCH):
            more: dict[str, Any] = {"input": {}} if document is UPDATE_SEARCH else {}
            assert stranger.call(document, {"id": id_, **more}).code == "NOT_FOUND"
    for wrong in ("abc", "", "9" * 30, second + "0"):
        assert world.sofia.call(SEARCH, {"id": wrong}).code == "NOT_FOUND"

    changed = update(world, id_, name="Python jobs", active=False)
    assert (changed["name"], changed["active"], changed["filter"]) == ("Python jobs", False, FILTER)
    assert changed["modifiedDateTime"] > created["modifiedDateTime"]
    assert update(world, id_, name="Python jobs") == changed  # nothing changes
    assert world.sofia.call(DELETE_SEARCH, {"id": id_}).data == {"deleteSavedJobSearch": True}
    assert world.sofia.call(DELETE_SEARCH, {"id": id_}).code == "NOT_FOUND"
    assert world.sofia.call(LIST).data["savedJobSearches"]["totalCount"] == 1
    reader = person(world.souk, NOAH, STUDIO, scopes=(Scope.COMMON_ENTITIES_READ, Scope.MARKETPLACE_JOBS_READ))
    assert reader.call(SEARCH, {"id": second}).data
    assert reader.call(DELETE_SEARCH, {"id": second}).status == 200
    assert world.read(second)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"filter": {"pagination_eq": {"first": 5}}}, "input.filter.pagination_eq"),
        ({"filter": {"searchExpression_eq": "python~"}}, "~"),
        ({"filter": {"budgetRange_eq": {"rangeStart": 5, "rangeEnd": 1}}}, "input.filter.budgetRange_eq"),
        ({"filter": {"categoryIds_any": ["design"]}}, "categoryIds_any"),
        ({"filter": {"preserveFacet_eq": "x"}}, "preserveFacet_eq"),
        ({"filter": {"searchTerm_eq": {"exactTerms_any": ["word " * 60]}}}, "searchTerm_eq"),
        ({"filter": {"locations_any": [f"Place {n:0180}" for n in range(150)]}}, "at most 20000 bytes"),
        ({"name": " "}, "input.name"),
        ({"name": "x" * 101}, "input.name"),
        ({"idempotencyKey": "k" * 201}, "input.idempotencyKey"),
    ],
)
def test_bad_input_is_refused_with_its_path(world: SavedSearchesWorld, fields: dict[str, Any], said: str) -> None:
    answer = world.try_to_save(**fields)
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert said in answer.error["message"]


def test_update_checks_its_filter(world: SavedSearchesWorld) -> None:
    id_ = world.save()
    refused = update(world, id_, filter={"timezone_eq": "Mars"})
    assert (refused.code, "timezone_eq" in refused.error["message"]) == ("UNPROCESSABLE_CONTENT", True)
    assert world.read(id_)["filter"] == {}


def test_idempotency_key_returns_the_first_search(world: SavedSearchesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def save() -> Any:
        return world.try_to_save(idempotencyKey="k")

    assert world.sofia.token
    others = meanwhile(monkeypatch, save)
    first = save().data["createSavedJobSearch"]["id"]
    assert others[0].data["createSavedJobSearch"]["id"] == first == save().data["createSavedJobSearch"]["id"]
    assert world.try_to_save(idempotencyKey="k", name="Other").code == "CONFLICT"
    assert world.save(world.noah, idempotencyKey="k") != first  # another person's key
    assert world.sofia.call(DELETE_SEARCH, {"id": first}).data
    assert save().data["createSavedJobSearch"]["id"] != first
    assert counter_value(world.souk.table.client.get_item(**_at(world)).get("Item")) == 2


def _at(world: SavedSearchesWorld) -> dict[str, Any]:
    key = count_key(STUDIO)
    return {"TableName": world.souk.table.name, "Key": {"PK": {"S": key.pk}, "SK": {"S": key.sk}}}


def test_concurrent_creation_respects_limit(world: SavedSearchesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_SEARCHES", 3)
    assert MAX_SEARCHES == 100
    assert world.sofia.token
    answers = at_once(monkeypatch, world.try_to_save)
    assert answers["done"] <= 3
    for _ in range(3 - answers["done"]):
        world.save()
    assert world.try_to_save().code == "UNPROCESSABLE_CONTENT"
    assert world.sofia.call(LIST).data["savedJobSearches"]["totalCount"] == 3


def test_matches_are_paged_oldest_first(world: SavedSearchesWorld) -> None:
    id_ = world.save()
    posted = [world.post() for _ in range(3)]
    assert world.match() == 3
    page = world.matches(id_, page={"first": 2})
    assert [edge["node"]["posting"]["id"] for edge in page["edges"]] == posted[:2]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    end = world.matches(id_, page={"first": 2, "after": page["pageInfo"]["endCursor"]})
    assert [edge["node"]["posting"]["id"] for edge in end["edges"]] == posted[2:]
    last = end["pageInfo"]["endCursor"]
    assert world.matched(id_, page={"first": 2, "after": last}) == []
    times = [edge["node"]["matchedDateTime"] for edge in (*page["edges"], *end["edges"])]
    assert times == sorted(times)
    assert world.matched(id_, since=times[1]) == posted[1:]
    assert world.sofia.call(MATCHES, {"id": id_, "since": "soon"}).code == "UNPROCESSABLE_CONTENT"
    assert world.read(id_)["lastMatchDateTime"] == times[2]

    # A posting that is made private is no longer to be seen; the match stays.
    assert world.change(posted[2], jobPostingInfo={"access": "ACCESS_PRIVATE"}).data
    assert world.matched(id_) == [*posted[:2], None]

    # Another filter forgets the matches; the cursor of a program that polls stays good.
    assert update(world, id_, filter={"jobType_eq": "FIXED"})["matchCount"] == 0
    assert world.matched(id_) == []
    new = world.post()
    assert world.match() == 1
    assert world.matched(id_, page={"first": 5, "after": last}) == [new] == world.matched(id_)
    CLOCK.at(CLOCK.market() + timedelta(days=31))
    assert world.matched(id_) == []  # DynamoDB has not removed it yet
    assert world.read(id_)["matchCount"] == 1


def test_oldest_match_leaves_above_the_limit(world: SavedSearchesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_MATCHES", 2)
    monkeypatch.setattr(lists, "MAX_MATCHES", 2)
    id_ = world.save()
    posted = [world.post() for _ in range(4)]
    assert world.match() == 4
    assert world.matched(id_) == posted[2:]
    kept = world.souk.table.query(store.MATCHES, f"SAVEDMATCH#{id_}", prefix="MATCH#", consistent=True)
    assert [one.sequence for one in kept.items] == [3, 4]
    assert world.read(id_)["matchCount"] == 4
    world.redeliver()
    assert world.match() == 0  # those that have left do not match again


def test_concurrent_matches_are_in_order_without_gaps(
    world: SavedSearchesWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = world.save()
    first, second = world.post(), world.post()
    search = world.souk.table.get(SEARCHES, id_, consistent=True)
    assert search is not None
    other = meanwhile(monkeypatch, lambda: recording.record_match(world.matcher._table, search, second))  # noqa: SLF001
    assert recording.record_match(world.matcher._table, search, first)  # noqa: SLF001
    assert other == [True]
    assert world.matched(id_) == [second, first]
    # A search that changes or goes while it is matched is not matched by its old filter.
    third = world.post()
    meanwhile(monkeypatch, lambda: update(world, id_, filter={"jobType_eq": "HOURLY"}))
    assert not recording.record_match(world.matcher._table, search, third)  # noqa: SLF001
    meanwhile(monkeypatch, lambda: world.sofia.call(DELETE_SEARCH, {"id": id_}))
    changed = search.model_copy(update={"filter": {"jobType_eq": "HOURLY"}})
    assert not recording.record_match(world.matcher._table, changed, third)  # noqa: SLF001
    assert world.sofia.call(SEARCH, {"id": id_}).code == "NOT_FOUND"


def test_matches_of_a_minute_are_one_event(world: SavedSearchesWorld) -> None:
    id_, other = world.save(), world.save(person(world.souk, OMAR, RIVAL), filter={"jobType_eq": "HOURLY"})
    start = CLOCK.market().replace(second=0, microsecond=0) + timedelta(minutes=5)
    CLOCK.at(start)
    posted = [world.post() for _ in range(3)]
    world.match()
    assert world.told() == [id_]
    (event,) = [one for one in world.outbox() if one.entity == "SAVED_SEARCH"]
    assert (event.action, event.audience) == ("MATCH", (STUDIO,))
    assert world.souk.run_due(start + timedelta(seconds=59)) == 0
    # The other two are told in the next minute.
    assert world.souk.run_due(start + timedelta(seconds=61)) == 1
    assert world.told() == [id_, id_]
    world.post()
    world.match()
    assert world.told() == [id_, id_]  # in the same minute
    CLOCK.at(start + timedelta(seconds=125))
    world.post()
    world.match()  # tells of both, so the deadline has nothing to tell
    assert world.told() == [id_] * 3
    assert world.souk.run_due(start + timedelta(seconds=130)) == 1
    assert world.told() == [id_] * 3
    assert world.matched(id_)[:3] == posted
    assert world.read(other, world.omar)["matchCount"] == 0


def test_reads_do_not_grow_with_the_page(world: SavedSearchesWorld) -> None:
    id_ = world.save()
    for _ in range(4):
        world.save()
    world.post()
    assert world.match() == 5
    one = world.sofia.call(MATCHES, {"id": id_, "page": {"first": 5}}).trips
    one_search = world.sofia.call(LIST, {"page": {"first": 2}}).trips
    for _ in range(4):
        world.post(jobPostingInfo=fixed_price())
    world.match()
    assert world.sofia.call(MATCHES, {"id": id_, "page": {"first": 5}}).trips == one
    assert world.sofia.call(LIST, {"page": {"first": 4}}).trips == one_search
    with patch.object(lists, "visible_jobs", side_effect=AssertionError("an empty page reads no postings")):
        assert world.matched(id_, since="2999-01-01") == []
