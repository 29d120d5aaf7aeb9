"""Searching stories: who finds which, as the stream changes the index."""

from typing import Any

import pytest

from souk.domains.messages.search import index as stories_index
from souk.domains.messages.search.index import INDEX
from souk.domains.messages.search.projection import SEARCH_INDEXES
from souk.search.memory import MemoryIndex
from souk.search.tantivy_index import TantivyIndex
from tests.domains.messages.test_reports import operator
from tests.domains.messages.world import MessagesWorld, store_earlier
from tests.support.api import Answer, Person
from tests.support.stream import Stream

SEARCH = """query ($filter: RoomStoriesSearchFilter!, $page: Pagination) {
  roomStoriesSearch(filter: $filter, pagination: $page) {
    totalCount edges { cursor node { id message user { id } } } pageInfo { endCursor hasNextPage } } }"""


@pytest.fixture(params=[MemoryIndex, TantivyIndex])
def stream(world: MessagesWorld, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Stream:
    """Return an empty index of either engine, which the API searches."""
    made = Stream(world.souk.table, SEARCH_INDEXES, [request.param(INDEX)])
    monkeypatch.setattr(stories_index, "reader", lambda: made.index)
    return made


def search(who: Person, words: str, *, first: int = 20, after: str | None = None, **given: Any) -> Answer:
    """Search for stories, and return the whole answer."""
    page = {"first": first, "after": after}
    return who.call(SEARCH, {"filter": {"searchExpression_eq": words, **given}, "page": page})


def found(who: Person, words: str, **given: Any) -> list[str | None]:
    """Return the messages of the stories that a search finds."""
    answer = search(who, words, **given).data["roomStoriesSearch"]
    messages = [edge["node"]["message"] for edge in answer["edges"]]
    assert answer["totalCount"] == len(messages)
    return messages


def test_words_are_found_in_own_rooms_only(world: MessagesWorld, stream: Stream) -> None:
    """A stranger, a former member, one who is not of the pair, and an operator find nothing."""
    group = world.group(world.olivia, world.liam, world.max)
    public = world.group(world.liam, public=True)
    pair = world.one_on_one(world.olivia, world.liam).data["roomCreate1on1IfNotExists"]["id"]
    first = world.write(world.olivia, group, "Canary in the group")
    world.write(world.liam, group, "A canary, too")
    world.write(world.liam, public, "Canary for everybody")
    world.write(world.olivia, pair, "Canary of the pair")
    assert world.put_out(world.olivia, group, world.max).data
    stream.pump()
    assert found(world.olivia, "canary") == ["Canary of the pair", "A canary, too", "Canary in the group"]
    assert found(world.olivia, "canary -too", roomId_eq=group) == ["Canary in the group"]
    assert found(world.olivia, "canary", userId_eq=world.liam.user_id) == ["A canary, too"]
    assert found(world.olivia, "canary", roomId_eq=public) == ["Canary for everybody"]
    strangers = [world.max, world.omar, world.sofia, operator(world)]
    for who in strangers:
        assert found(who, "canary") == []
        for room in (group, pair):
            assert search(who, "canary", roomId_eq=room).code == "NOT_FOUND"
    assert found(world.max, "canary", roomId_eq=public) == ["Canary for everybody"]
    # The index is behind: it has nothing of who may read, so nobody finds what they may not read meanwhile.
    assert world.add(world.olivia, group, world.max).data
    assert found(world.max, "canary") == ["A canary, too", "Canary in the group"]
    assert world.put_out(world.max, group, world.max).data
    assert found(world.max, "canary") == []
    assert world.remove_story(world.olivia, group, first).data
    answer = search(world.olivia, "group").data["roomStoriesSearch"]
    assert answer["edges"] == []


def test_edits_and_removals_reach_the_index(world: MessagesWorld, stream: Stream) -> None:
    room = world.group(world.olivia, world.liam)
    kept, edited, removed = (world.write(world.olivia, room, text) for text in ("One fox", "Two dogs", "Three foxes"))
    stream.pump()
    assert found(world.liam, "fox*") == ["Three foxes", "One fox"]
    assert world.edit(world.olivia, room, edited, "Two foxes").data
    assert world.remove_story(world.olivia, room, removed).data
    stream.pump()
    assert found(world.liam, "fox*") == ["Two foxes", "One fox"]
    assert found(world.liam, "dogs") == found(world.liam, "three") == []
    assert not stream.differs()
    assert stream.index.ids() == {kept, edited}
    assert world.by_id(world.olivia, "removeRoom", room, "").data
    assert search(world.liam, "fox*").data["roomStoriesSearch"]["edges"] == []  # the index is behind
    stream.pump()
    assert found(world.olivia, "fox*") == []
    assert stream.index.ids() == set()
    assert not stream.differs()


def test_pages_and_periods(world: MessagesWorld, stream: Stream) -> None:
    room = world.group(world.olivia, world.liam)
    written = [world.write(world.olivia, room, f"Note {number}") for number in range(5)]
    assert world.by_id(world.olivia, "archiveRoom", room).data  # a story without words is not found
    stream.pump()
    seen, after = [], None
    while True:
        page = search(world.liam, "note", first=2, after=after).data["roomStoriesSearch"]
        assert page["totalCount"] == 5
        seen += [edge["node"]["id"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == written[::-1]
    times = [edge["node"]["createdDateTime"] for edge in world.stories(world.olivia, room)["edges"]][:0:-1]
    period = {"rangeStart": times[1], "rangeEnd": times[3]}
    assert found(world.liam, "*", storyCreatedDateTime_bt=period) == ["Note 3", "Note 2", "Note 1"]
    assert found(world.liam, "note", storyCreatedDateTime_bt={"rangeStart": times[4]}) == ["Note 4"]
    assert found(world.liam, "note", storyCreatedDateTime_bt={}) == [f"Note {number}" for number in (4, 3, 2, 1, 0)]
    for wrong in (
        {"userId_eq": "Olivia"},
        {"storyCreatedDateTime_bt": {"rangeStart": "yesterday"}},
        {"searchExpression_eq": "writer:1"},
    ):
        answer = world.liam.call(SEARCH, {"filter": {"searchExpression_eq": "note", **wrong}})
        assert answer.code == "UNPROCESSABLE_CONTENT"
    assert search(world.olivia, "note", after=after).code == "UNPROCESSABLE_CONTENT"  # a cursor of another person


def test_leads_search_interview_rooms_that_they_read(world: MessagesWorld, stream: Stream) -> None:
    """Also one that is not stored yet, with the messages of an earlier release."""
    proposal = world.apply(world.sofia, world.post(world.liam))
    store_earlier(world, world.liam, proposal, "An old word", "Another old word")
    stream.pump()
    for who in (world.sofia, world.liam, world.olivia):
        assert found(who, "old word", roomId_eq=proposal) == ["Another old word", "An old word"]
        assert found(who, "an", roomId_eq=proposal) == ["An old word"]
        assert found(who, "old") == []  # the room is in nobody's list yet
    world.write(world.liam, proposal, "A new word")
    stream.pump()
    for who in (world.sofia, world.liam):
        assert found(who, "word") == ["A new word", "Another old word", "An old word"]
    assert found(world.olivia, "word") == []  # she leads, and is no member
    assert found(world.olivia, "new", roomId_eq=proposal) == ["A new word"]
    assert search(world.omar, "new", roomId_eq=proposal).code == "NOT_FOUND"


def test_search_reads_as_often_with_many_rooms(world: MessagesWorld, stream: Stream) -> None:
    world.write(world.liam, world.group(world.olivia, world.liam), "Needle")
    stream.pump()
    one = search(world.liam, "needle")
    for number in range(30):
        world.write(world.liam, world.group(world.olivia, world.liam), f"Needle {number}")
    stream.pump()
    many = search(world.liam, "needle", first=50)
    assert many.data["roomStoriesSearch"]["totalCount"] == 31
    assert many.trips == one.trips
