"""Stories: writing, paging, editing, removing, and exact unread counts."""

from typing import Any

import pytest

from souk.domains.messages.rules.mentions import mentioned
from souk.domains.rooms import model, store
from souk.domains.rooms.rules import counting
from tests.domains.messages.world import MessagesWorld
from tests.support.clock import CLOCK
from tests.support.worlds.files import confirmed_file
from tests.support.worlds.jobs import ACME, RIVAL


def test_stories_are_newest_first_and_paged(world: MessagesWorld) -> None:
    room = world.group(world.olivia, world.liam)
    ids = [world.write(world.olivia, room, f"{number}") for number in range(5)]
    assert world.texts(world.liam, room) == ["4", "3", "2", "1", "0"]
    page = world.stories(world.liam, room, 2)
    assert page["totalCount"] == 5
    seen = [edge["node"]["id"] for edge in page["edges"]]
    world.write(world.liam, room, "Meanwhile")
    while page["pageInfo"]["hasNextPage"]:
        page = world.stories(world.liam, room, 2, page["pageInfo"]["endCursor"])
        seen += [edge["node"]["id"] for edge in page["edges"]]
    assert seen == ids[::-1]
    times = [edge["node"]["createdDateTime"] for edge in world.stories(world.liam, room)["edges"]]
    assert times == sorted(set(times), reverse=True)
    since = {"rangeStart": times[2], "rangeEnd": times[1]}
    assert world.texts(world.liam, room, storyCreatedDateTime_bt=since) == ["4", "3"]
    one = "query ($room: ID!, $story: ID!) { roomStory(roomId: $room, storyId: $story) { message room { id } } }"
    assert world.liam.call(one, {"room": room, "story": ids[0]}).data["roomStory"] == {
        "message": "0",
        "room": {"id": room},
    }
    assert world.liam.call(one, {"room": room, "story": "1"}).data == {"roomStory": None}
    nested = "query ($id: ID!) { room(id: $id) { stories { edges { node { message } } } story(id: %s) { id } } }"
    found = world.liam.call(nested % ids[1], {"id": room}).data["room"]
    assert len(found["stories"]["edges"]) == 6
    assert found["story"] == {"id": ids[1]}


@pytest.mark.parametrize("message", ["", "  ", "a\u0000b", "\u200b\u200b", "x" * 5001, None])
def test_invalid_text_is_refused(world: MessagesWorld, message: str | None) -> None:
    room = world.group(world.olivia)
    assert world.try_write(world.olivia, room, message).code == "UNPROCESSABLE_CONTENT"
    assert world.seq(room) == 0


def test_page_of_stories_costs_the_same_in_a_large_room(world: MessagesWorld) -> None:
    room = world.group(world.olivia)
    world.write(world.olivia, room)
    few = world.try_stories(world.olivia, room, 10)
    for _ in range(30):
        world.write(world.olivia, room)
    last = world.stories(world.olivia, room, 1)["edges"][0]["node"]["createdDateTime"]
    since: dict[str, Any] = {"storyCreatedDateTime_bt": {"rangeStart": last}}
    many = world.try_stories(world.olivia, room, 10)
    assert many.trips == few.trips
    assert len(many.data["roomStories"]["edges"]) == 10
    assert world.try_stories(world.olivia, room, 10, **since).trips == few.trips  # a poll of what is new


def test_unread_counts_are_exact(world: MessagesWorld) -> None:
    room = world.group(world.olivia, world.liam, world.max)
    ids = [world.write(world.olivia, room, text) for text in ("one", "two @liam @liam", "three @[502]", "four")]
    assert world.unread(world.liam, room) == (4, 2)
    assert world.unread(world.max, room) == (4, 0)
    assert world.unread(world.olivia, room) == (0, 0)
    found = world.mark(world.liam, "markRoomAsRead", room, ids[1]).data["markRoomAsRead"]
    assert (found["numUnread"], found["numUnreadMentions"]) == (2, 1)
    world.mark(world.liam, "markRoomAsRead", room, ids[0])  # a late device does not turn the mark back
    assert world.unread(world.liam, room) == (2, 1)
    world.texts(world.liam, room)  # reading does not mark
    assert world.unread(world.liam, room) == (2, 1)
    assert world.remove_story(world.olivia, room, ids[0]).data  # a read one
    assert world.unread(world.liam, room) == (2, 1)
    assert world.unread(world.max, room) == (3, 0)
    assert world.edit(world.olivia, room, ids[2], "three @max").data  # a mention goes, and none comes
    assert world.unread(world.liam, room) == (2, 0)
    assert world.unread(world.max, room) == (3, 0)
    assert world.remove_story(world.olivia, room, ids[3]).data  # an unread one
    assert world.unread(world.liam, room) == (1, 0)
    world.write(world.liam, room, "mine")
    assert world.unread(world.liam, room) == (0, 0)
    assert world.unread(world.olivia, room) == (1, 0)
    world.write(world.olivia, room, "five @liam")
    found = world.mark(world.liam, "markRoomAsUnread", room, ids[1]).data["markRoomAsUnread"]
    assert (found["numUnread"], found["numUnreadMentions"]) == (3, 2)  # own stories never count
    world.mark(world.liam, "markRoomAsUnread", room, ids[2])  # unread already
    assert world.unread(world.liam, room) == (3, 2)
    world.write(world.liam, room, "mine again")
    assert world.unread(world.liam, room) == (0, 0)
    assert world.mark(world.max, "markRoomAsRead", room).data["markRoomAsRead"]["numUnread"] == 0


def test_count_does_not_depend_on_remembered_removals(world: MessagesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MAX_HOLES", 2)
    room = world.group(world.olivia, world.liam)
    ids = [world.write(world.olivia, room, f"{number}") for number in range(8)]
    for number in (1, 3, 5, 6):
        assert world.remove_story(world.olivia, room, ids[number]).data
    stored = world.souk.table.get(store.ROOMS, room)
    assert stored is not None
    assert len(stored.holes) == 2
    assert world.unread(world.liam, room) == (4, 0)
    assert model.MAX_HOLES == 1_000


def test_edit_and_removal_are_the_writers(world: MessagesWorld) -> None:
    room = world.group(world.olivia, world.liam)
    story = world.write(world.liam, room, "Frist")
    assert world.edit(world.olivia, room, story, "First").code == "FORBIDDEN"
    assert world.remove_story(world.olivia, room, story).code == "FORBIDDEN"
    assert world.edit(world.liam, room, story, "x" * 5001).code == "UNPROCESSABLE_CONTENT"
    before = world.stories(world.liam, room)["edges"][0]["node"]
    assert before["updatedDateTime"] == before["createdDateTime"]
    CLOCK.at(CLOCK.market().replace(year=2031))
    assert world.edit(world.liam, room, story, "Frist").data == {"updateRoomStoryV2": {"status": "SUCCESS"}}
    assert world.stories(world.liam, room)["edges"][0]["node"] == before
    assert world.edit(world.liam, room, story, "First").data
    edited = world.stories(world.liam, room)["edges"][0]["node"]
    assert (edited["message"], edited["createdDateTime"]) == ("First", before["createdDateTime"])
    assert edited["updatedDateTime"] > before["updatedDateTime"]
    since: dict[str, Any] = {"storyUpdatedDateTime_bt": {"rangeStart": edited["updatedDateTime"]}}
    assert world.texts(world.liam, room, **since) == ["First"]
    assert world.room(world.olivia, room)["latestStory"]["message"] == "First"
    assert world.remove_story(world.liam, room, story).data == {"removeRoomStory": story}
    assert world.remove_story(world.liam, room, story).code == "NOT_FOUND"
    assert world.texts(world.olivia, room) == []
    removed = world.stories(world.olivia, room, includeRemoved_eq=True, **since)["edges"][0]["node"]
    assert (removed["message"], removed["attachments"]) == (None, [])
    assert removed["removedDateTime"] == removed["updatedDateTime"] > edited["updatedDateTime"]
    assert world.room(world.olivia, room)["latestStory"] is None
    assert world.event_names(room, "ROOM") == ["CREATE", "STORY", "STORY_UPDATE", "STORY_DELETE"]


def test_latest_story_is_the_last_that_stays(world: MessagesWorld) -> None:
    room = world.group(world.olivia, world.liam)
    ids = [world.write(world.olivia, room, f"{number}") for number in range(3)]
    world.remove_story(world.olivia, room, ids[1])
    world.remove_story(world.olivia, room, ids[2])
    assert world.room(world.liam, room)["latestStory"] == {"id": ids[0], "message": "0"}
    assert world.write(world.olivia, room, "3") > ids[2]
    assert world.room(world.liam, room)["latestStory"]["message"] == "3"


def test_idempotency_key_writes_one_story(world: MessagesWorld) -> None:
    room = world.group(world.olivia, world.liam)
    story = world.write(world.olivia, room, "Once", idempotencyKey="k")
    assert world.write(world.olivia, room, "Once", idempotencyKey="k") == story
    assert world.try_write(world.olivia, room, "Twice", idempotencyKey="k").code == "CONFLICT"
    world.remove_story(world.olivia, room, story)
    assert world.write(world.olivia, room, "Once", idempotencyKey="k") == story  # whatever has become of it
    assert world.texts(world.olivia, room) == []


def test_room_list_is_filtered_sorted_and_paged(world: MessagesWorld) -> None:
    group, other = world.group(world.olivia, world.liam, roomName="A"), world.group(world.olivia, roomName="B")
    pair = world.one_on_one(world.olivia, world.liam).data["roomCreate1on1IfNotExists"]["id"]
    assert world.room_ids(world.olivia) == [pair, other, group]
    CLOCK.at(CLOCK.market().replace(year=2032))
    world.write(world.liam, group)
    assert world.room_ids(world.olivia) == [group, pair, other]
    assert world.room_ids(world.olivia, order="ASC") == [other, pair, group]
    world.membership(world.olivia, other, favorite=True, hidden=True, note="Mine")
    world.membership(world.liam, pair, muted=True)
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"roomType_eq": "GROUP"}, [group, other]),
        ({"roomType_eq": "ALL"}, [group, pair, other]),
        ({"roomCategory_eq": "PEOPLE"}, [pair]),
        ({"roomCategory_eq": "FAVORITES"}, [other]),
        ({"roomPrivacy_eq": "PUBLIC"}, []),
        ({"roomPrivacy_eq": "PRIVATE"}, [group, pair, other]),
        ({"includeHidden_eq": False}, [group, pair]),
        ({"unreadRoomsOnly_eq": True}, [group]),
        ({"activeSince_eq": "2032-01-01"}, [group]),
        ({"activeSince_eq": "2032-01-01", "includeFavorites_eq": True}, [group, other]),
        ({"activeSince_eq": "2033-01-01", "includeUnreadIfActive_eq": True}, [group]),
        ({"objectReferenceId_eq": "1"}, []),
        ({"local_eq": "de"}, [group, pair, other]),
        ({"subscribed_eq": True}, [group, pair, other]),
    ]
    for given, expected in cases:
        assert world.room_ids(world.olivia, **given) == expected, given
    query = "query ($filter: RoomFilter) { roomList(filter: $filter) { totalCount } }"
    both = {"filter": {"activeSince_eq": "2032-01-01", "unreadRoomsOnly_eq": True}}
    assert world.olivia.call(query, both).code == "UNPROCESSABLE_CONTENT"
    assert world.olivia.call(query, {"filter": {"activeSince_eq": "soon"}}).code == "UNPROCESSABLE_CONTENT"
    page = world.rooms(world.olivia, {"first": 2})
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    after = world.rooms(world.olivia, {"first": 2, "after": page["pageInfo"]["endCursor"]})
    assert [edge["node"]["id"] for edge in after["edges"]] == [other]
    assert after["pageInfo"]["hasNextPage"] is False
    kept = world.room(world.olivia, other)
    assert (kept["favorite"], kept["hidden"], kept["roomNote"], kept["roomNotePresent"]) == (True, True, "Mine", True)
    assert world.membership(world.olivia, other, note=None).data["updateRoomMembership"]["favorite"] is True
    assert world.room(world.olivia, other)["roomNote"] is None
    assert world.room(world.liam, pair)["muted"] is True
    assert world.room(world.olivia, pair)["muted"] is False


def test_page_of_rooms_takes_round_trips_by_depth(world: MessagesWorld) -> None:
    query = """{ roomList(pagination: {first: 50}) { edges { node { id numUnread
      latestStory { message user { id } } roomUsers { user { id } organization { id } } } } } }"""
    trips = []
    for number in (2, 10):
        for _ in range(number):
            world.write(world.liam, world.group(world.liam, world.olivia))
        answer = world.olivia.call(query)
        trips.append(answer.trips)
    assert len(answer.data["roomList"]["edges"]) == 12
    assert trips[0] == trips[1] == 4  # the caller, memberships, rooms, and what they lead to


@pytest.mark.usefixtures("bucket")
def test_story_carries_files_of_the_own_company(world: MessagesWorld) -> None:
    room = world.group(world.olivia, world.liam)
    own = confirmed_file(world.souk.table, ACME, "plan.pdf")
    theirs = confirmed_file(world.souk.table, RIVAL, "secret.pdf")
    story = world.try_write(world.olivia, room, None, attachmentIds=[own]).data["createRoomStoryV2"]
    assert story["message"] is None
    (attached,) = story["attachments"]
    metadata = {one["key"]: one["value"] for one in attached["metadata"]}
    assert (attached["objectReferenceId"], attached["objectType"]) == (own, "file")
    assert attached["author"] == {"user": {"id": world.olivia.user_id}, "role": "owner"}
    assert metadata["fileName"] == "plan.pdf"
    assert metadata["url"].startswith("https://")
    for wrong in ([theirs], ["nothing"], [own, own], [own] * 21):
        refused = world.try_write(world.olivia, room, "See", attachmentIds=wrong)
        assert refused.error["extensions"]["fields"][0]["path"].startswith("input.attachmentIds")
    assert world.seq(room) == 1


def test_writing_takes_three_round_trips(world: MessagesWorld) -> None:
    room = world.group(world.olivia, world.liam)
    query = "mutation ($input: RoomStoryCreateInputV2!) { createRoomStoryV2(input: $input) { id message } }"
    given = {"input": {"roomId": room, "message": "Hello"}}
    for text in ("Hello", "Hello again"):
        given["input"]["message"] = text
        answer = world.olivia.call(query, given, function="messages")
        assert answer.data
        assert answer.trips == 3  # who calls, the room, and the transaction


def test_cursor_of_another_room_is_refused(world: MessagesWorld) -> None:
    room, other = world.group(world.olivia), world.group(world.olivia)
    for one in (room, other):
        for _ in range(2):
            world.write(world.olivia, one)
    cursor = world.stories(world.olivia, room, 1)["pageInfo"]["endCursor"]
    assert world.try_stories(world.olivia, other, 1, cursor).code == "UNPROCESSABLE_CONTENT"
    assert world.try_stories(world.olivia, room, 0, "0", storyCreatedDateTime_bt={"rangeStart": "soon"}).code == (
        "UNPROCESSABLE_CONTENT"
    )
    assert len(world.stories(world.olivia, room, 1, "0")["edges"]) == 1


def test_observed_program_reads_500_stories_at_once(world: MessagesWorld) -> None:
    """With all that their attachments have."""
    room = world.group(world.olivia)
    world.write(world.olivia, room)
    query = """query ($filter: RoomStoryFilter) { roomStories(filter: $filter) { totalCount edges { node { id message
      createdDateTime updatedDateTime user { id name nid } organization { id name } attachments { objectReferenceId
      objectType metadata { key value } createdDateTime author { user { name id } } } } }
      pageInfo { hasNextPage endCursor } } }"""
    given = {"roomId_eq": room, "storyFilter": {"pagination": {"first": 500}}}
    assert world.olivia.call(query, {"filter": given}).data["roomStories"]["totalCount"] == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi @ann, and @[2]!", [("1", "10"), ("2", "10")]),
        ("@Ann @ann @bob-b", [("1", "10"), ("3", "11")]),
        ("mail ann@example.test or @@ann or @nobody or @[9]", []),
        (None, []),
    ],
)
def test_mentions_are_of_members(text: str | None, expected: list[tuple[str, str]]) -> None:
    members = [
        model.Member(user_id=user, organization_id=team, company_id=team)
        for user, team in (("1", "10"), ("2", "10"), ("3", "11"))
    ]
    assert list(mentioned(text, members, {"ann": "1", "bob-b": "3"})) == expected


def test_removed_mention_does_not_come_back(world: MessagesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MAX_HOLES", 1)
    room = world.group(world.olivia, world.liam)
    ids = [world.write(world.olivia, room, f"{number} @liam") for number in range(4)]
    for story in ids[:3]:
        assert world.remove_story(world.olivia, room, story).data
    assert world.unread(world.liam, room) == (1, 1)
