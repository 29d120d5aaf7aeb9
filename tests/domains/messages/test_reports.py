"""Marks of stories, reports, and what operators decide about them."""

from typing import Any

import pytest

from souk.authentication.records import MEMBERSHIPS
from souk.domains.audit.store import ACTIONS
from souk.domains.identity.store import reserve_operators_organization
from souk.domains.reviews.model import ReviewKind
from souk.domains.reviews.store import open_reviews
from souk.runtime import operator_log
from souk.storage import Table
from souk.values.errors import Unavailable
from tests.domains.messages.world import MessagesWorld
from tests.support.api import Answer, Person, person
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import RIVAL

NOTE = "{ id roomStoryNote { favorite abuseType abuseDetails whitelisted } }"
REPORTED = """{ roomId storyId roomType message state reviewNote reviewedBy { id } removedDateTime
  writer { user { id } } attachments { objectReferenceId } revisions { message }
  reports { abuseType abuseDetails reporter { user { id } } } }"""


def note(who: Person, room_id: str, story_id: str, **given: Any) -> Answer:
    """Mark or report a story."""
    query = f"mutation ($input: NoteRoomStoryInput!) {{ noteRoomStory(input: $input) {NOTE} }}"
    return who.call(query, {"input": {"roomId": room_id, "storyId": story_id, **given}})


def shown(who: Person, room_id: str, story_id: str) -> Any:
    """Return the caller's marks of a story."""
    query = f"query ($room: ID!, $story: ID!) {{ roomStory(roomId: $room, storyId: $story) {NOTE} }}"
    return who.call(query, {"room": room_id, "story": story_id}).data["roomStory"]["roomStoryNote"]


def reported(who: Person, **conditions: Any) -> Any:
    """Return the reported stories that an operator finds."""
    query = f"""query ($filter: ReportedRoomStoryFilter) {{ reportedRoomStories(filter: $filter) {{
      totalCount edges {{ node {REPORTED} }} }} }}"""
    found = who.call(query, {"filter": conditions or None}).data["reportedRoomStories"]
    return [edge["node"] for edge in found["edges"]]


def decide(who: Person, room_id: str, story_id: str, state: str) -> Answer:
    """Decide a report."""
    query = f"mutation ($input: ReviewReportedRoomStoryInput!) {{ reviewReportedRoomStory(input: $input) {REPORTED} }}"
    return who.call(query, {"input": {"roomId": room_id, "storyId": story_id, "state": state, "note": "Seen"}})


def operator(world: MessagesWorld) -> Person:
    """Return Omar as an operator."""
    omar = world.omar
    table = Table(world.souk.table.client, world.souk.table.name, CLOCK, ("USER#",))
    held = table.get(MEMBERSHIPS, omar.user_id, RIVAL, consistent=True)
    assert held is not None
    tx = table.transaction()
    tx.update(MEMBERSHIPS, held.model_copy(update={"operator": True}))
    tx.commit()
    return person(world.souk, omar.user_id, RIVAL)


def make_operators(world: MessagesWorld, organization_id: str) -> None:
    """Make an organization that of the operators."""
    tx = Table(world.souk.table.client, world.souk.table.name, CLOCK, ("UNIQ#operators#",)).transaction()
    reserve_operators_organization(tx, organization_id)
    tx.commit()


def waiting(world: MessagesWorld) -> int:
    """Return the number of open reviews of stories."""
    return len(open_reviews(world.souk.table, ReviewKind.ROOM_STORY, 10))


def test_marks_are_ones_own(world: MessagesWorld) -> None:
    room = world.group(world.olivia, world.liam)
    story = world.write(world.olivia, room, "Buy my account")
    assert shown(world.liam, room, story) is None
    favorite = {"favorite": True, "abuseType": None, "abuseDetails": None, "whitelisted": False}
    for _ in range(2):
        assert note(world.liam, room, story, favorite=True).data["noteRoomStory"]["roomStoryNote"] == favorite
    assert shown(world.olivia, room, story) is None
    assert note(world.liam, room, story, abuseDetails="Why").code == "UNPROCESSABLE_CONTENT"
    assert note(world.olivia, room, story, abuseType="SPAM").code == "FORBIDDEN"
    assert note(world.omar, room, story, abuseType="SPAM").code == "NOT_FOUND"
    assert note(world.liam, room, "1", favorite=True).code == "NOT_FOUND"
    world.add(world.olivia, room, world.max)
    told = world.stories(world.liam, room)["edges"][0]["node"]["id"]
    assert note(world.liam, room, told, abuseType="SPAM").code == "FORBIDDEN"
    assert waiting(world) == 0


def test_report_waits_for_operators_and_can_be_taken_back(world: MessagesWorld) -> None:
    room = world.group(world.olivia, world.liam, world.max)
    story = world.write(world.olivia, room, "Buy my account")
    note(world.liam, room, story, favorite=True)
    make_operators(world, RIVAL)
    note(world.liam, room, story, abuseType="SPAM", abuseDetails="Twice a day")
    assert shown(world.liam, room, story)["favorite"] is True
    assert waiting(world) == 1
    note(world.max, room, story, abuseType="ABUSE")
    note(world.liam, room, story, abuseType="NONE")
    assert waiting(world) == 1
    note(world.max, room, story, abuseType="NONE")
    assert waiting(world) == 0
    note(world.liam, room, story, abuseType="OTHER")
    assert waiting(world) == 1
    assert world.event_names(room, "ROOM") == ["CREATE", "STORY"]  # the room is not told
    assert [entity for entity, _ in world.events_named("OPEN")] == ["REVIEW", "REVIEW"]  # once for each review
    assert {id_.rpartition("/")[2] for _, id_ in world.events_named("OPEN")} == {f"{room}.{story}"}
    assert world.unread(world.liam, room) == (1, 0)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """Return what is recorded of what operators read: the operator, and the ids of the stories."""
    found: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(operator_log, "record_reads", lambda who, subjects, _: found.append((who, list(subjects))))
    return found


def test_nothing_is_shown_to_operators_that_is_not_recorded(
    world: MessagesWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise Unavailable("not now")

    monkeypatch.setattr(operator_log, "record_reads", fail)
    room = world.group(world.olivia, world.liam)
    story = world.write(world.olivia, room, "Private")
    note(world.liam, room, story, abuseType="SPAM")
    answer = operator(world).call("{ reportedRoomStories { edges { node { message } } } }")
    assert answer.code == "SERVICE_UNAVAILABLE"
    assert "Private" not in str(answer.json)


def test_operator_keeps_or_removes_reported_story(world: MessagesWorld, reads: list[tuple[str, list[str]]]) -> None:
    omar = operator(world)
    room = world.group(world.olivia, world.liam, world.max)
    first, second = world.write(world.olivia, room, "Frist"), world.write(world.olivia, room, "Second")
    world.edit(world.olivia, room, first, "First")
    for story, reason in ((second, "SPAM"), (first, "ABUSE")):
        note(world.liam, room, story, abuseType=reason, abuseDetails="See")
    assert [one["storyId"] for one in reported(omar)] == [second, first]  # longest waiting first
    (found,) = reported(omar, abuseType_eq="ABUSE")
    assert reads == [
        (omar.user_id, [f"{room}.{second}", f"{room}.{first}"]),
        (omar.user_id, [f"{room}.{first}"]),
    ]
    assert found == {
        "roomId": room,
        "storyId": first,
        "roomType": "GROUP",
        "message": "First",
        "state": "OPEN",
        "reviewNote": None,
        "reviewedBy": None,
        "removedDateTime": None,
        "writer": {"user": {"id": world.olivia.user_id}},
        "attachments": [],
        "revisions": [{"message": "Frist"}],
        "reports": [
            {"abuseType": "ABUSE", "abuseDetails": "See", "reporter": {"user": {"id": world.liam.user_id}}},
        ],
    }
    assert world.try_room(omar, room).code == "NOT_FOUND"  # operators read reported stories only
    assert decide(omar, room, first, "OPEN").code == "UNPROCESSABLE_CONTENT"
    assert decide(omar, room, "1", "REMOVED").code == "NOT_FOUND"
    kept = decide(omar, room, first, "WHITELISTED").data["reviewReportedRoomStory"]
    assert (kept["state"], kept["reviewNote"], kept["reviewedBy"]) == ("WHITELISTED", "Seen", {"id": omar.user_id})
    assert decide(omar, room, first, "REMOVED").code == "CONFLICT"
    assert shown(world.liam, room, first)["whitelisted"] is True
    note(world.max, room, first, abuseType="SPAM")
    assert [one["storyId"] for one in reported(omar)] == [second]  # it is not opened again
    removed = decide(omar, room, second, "REMOVED").data["reviewReportedRoomStory"]
    assert (removed["message"], removed["removedDateTime"] is None) == ("Second", False)
    assert world.texts(world.liam, room) == ["First"]
    assert world.unread(world.liam, room) == (1, 0)
    assert world.event_names(room, "ROOM")[-1] == "STORY_DELETE"
    assert reported(omar) == []
    assert [one["storyId"] for one in reported(omar, state_eq="REMOVED")] == [second]
    items = world.souk.table.client.scan(TableName=world.souk.table.name)["Items"]
    actions = [ACTIONS.decode(item).action for item in items if item["PK"]["S"].startswith("AUDIT#")]
    assert actions == ["reviewReportedRoomStory"] * 2
