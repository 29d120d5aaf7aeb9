"""Group and one-on-one rooms: members, roles, joining, leaving, archiving, removing."""

from dataclasses import replace
from typing import Any

import pytest

from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS
from souk.domains.messages import lists
from souk.domains.rooms.store import PERSON_ROOMS
from souk.storage import Table
from tests.domains.messages.world import MessagesWorld, users
from tests.support.api import Person, person
from tests.support.clock import CLOCK
from tests.support.worlds.proposals import AGENCY


def names(world: MessagesWorld, room_id: str) -> list[str]:
    """Return the names of the events about a room."""
    return world.event_names(room_id, "ROOM")


def test_group_room_has_owner_members_and_fields(world: MessagesWorld) -> None:
    room = world.try_group(world.olivia, world.liam, roomName=" Launch \n plan ", topic="All of it").data[
        "createRoomV2"
    ]
    expected = {
        "roomName": "Launch plan",
        "topic": "All of it",
        "roomType": "GROUP",
        "public": False,
        "readOnly": False,
        "readOnlyDateTime": None,
        "numUsers": 2,
        "numUnread": 0,
        "numUnreadMentions": 0,
        "favorite": False,
        "hidden": False,
        "muted": False,
        "roomNote": None,
        "roomNotePresent": False,
        "latestStory": None,
        "lastVisitedDateTime": None,
        "lastReadDateTime": None,
        "organization": {"id": world.olivia.organization_id},
        "creator": {"user": {"id": world.olivia.user_id}, "role": "owner"},
        "owner": {"user": {"id": world.olivia.user_id}},
    }
    assert {name: room[name] for name in expected} == expected
    assert [(one["user"]["id"], one["role"]) for one in room["roomUsers"]] == [
        (world.olivia.user_id, "owner"),
        (world.liam.user_id, "participant"),
    ]
    assert room["joinDateTime"] == room["createdAtDateTime"]
    assert world.room(world.liam, room["id"])["roomName"] == "Launch plan"
    assert names(world, room["id"]) == ["CREATE"]
    (event,) = world.events_about(room["id"])
    assert event.audience == (world.olivia.organization_id,)


@pytest.mark.parametrize(
    "given",
    [
        {"roomName": ""},
        {"roomName": "x" * 101},
        {"topic": "x" * 251},
        {"users": [{"userId": "502", "organizationId": "1002", "role": "king"}]},
        {"roomType": "ONE_ON_ONE"},
        {"roomType": "ONE_ON_ONE", "users": [{"userId": "502", "organizationId": "1002"}], "public": True},
        {"idempotencyKey": "k" * 201},
    ],
)
def test_invalid_room_is_refused(world: MessagesWorld, given: dict[str, Any]) -> None:
    assert world.try_group(world.olivia, **given).code == "UNPROCESSABLE_CONTENT"
    assert world.room_ids(world.olivia) == []


def test_one_on_one_room_names_what_it_has_none_of(world: MessagesWorld) -> None:
    given = {"roomName": "Us", "topic": "Us two", "public": True, "idempotencyKey": "k"}
    refused = world.try_group(world.olivia, world.liam, roomType="ONE_ON_ONE", **given)
    fields = [one["path"] for one in refused.error["extensions"]["fields"]]
    assert (refused.code, fields) == ("UNPROCESSABLE_CONTENT", [f"input.{name}" for name in given])
    assert "_" not in refused.error["message"]


def test_only_contacts_can_be_brought_into_rooms(world: MessagesWorld) -> None:
    """Colleagues, and the other side of an invitation, an answered proposal, an offer or a contract."""
    for stranger in (world.sofia, world.omar, world.ada):
        assert world.try_group(world.olivia, stranger).code == "FORBIDDEN"
        assert world.one_on_one(world.olivia, stranger).code == "FORBIDDEN"
    unknown = Person(world.souk, "999", "999", "")
    elsewhere = Person(world.souk, world.liam.user_id, world.omar.organization_id, "")
    for nobody in (unknown, elsewhere):
        assert world.one_on_one(world.olivia, nobody).code == "FORBIDDEN"
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    assert world.one_on_one(world.sofia, world.olivia).code == "FORBIDDEN"  # nobody has answered
    world.act_on(world.olivia, "message", job, proposal, message="When?")
    assert world.one_on_one(world.sofia, world.olivia).data
    world.invite(job, world.ivy)
    assert world.one_on_one(world.ivy, world.olivia).data
    assert world.group(world.olivia, world.sofia, world.ivy)
    assert world.one_on_one(world.olivia, world.olivia).code == "UNPROCESSABLE_CONTENT"


def test_leads_of_an_agency_stand_for_its_freelancers(world: MessagesWorld) -> None:
    """Once the client has answered. Other members of the agency do not."""
    job, crew = world.post(world.liam), world.ivy_of_agency
    proposal = world.apply(crew, job, organizationId="3003")
    assert world.one_on_one(world.olivia, world.ada).code == "FORBIDDEN"
    world.write(world.liam, proposal)
    assert world.one_on_one(world.olivia, crew).data
    assert world.one_on_one(world.olivia, world.ada).data
    assert world.group(world.ada, world.olivia, world.liam)
    assert world.one_on_one(world.omar, world.ada).code == world.one_on_one(world.ada, world.omar).code == "FORBIDDEN"
    table = Table(world.souk.table.client, world.souk.table.name, CLOCK, ("USER#",))
    held = table.get(MEMBERSHIPS, world.ada.user_id, AGENCY)
    assert held is not None
    tx = table.transaction()
    tx.update(MEMBERSHIPS, held.model_copy(update={"role": Role.MEMBER}))
    tx.commit()
    member = person(world.souk, world.ada.user_id, AGENCY, role=Role.MEMBER)
    assert world.one_on_one(world.max, member).code == world.one_on_one(member, world.max).code == "FORBIDDEN"


def test_pair_has_one_room_in_either_order(world: MessagesWorld) -> None:
    query = "query ($user: ID!, $org: ID!) { oneOnOneRoom(userId: $user, organizationId: $org) { id } }"
    pair = {"user": world.liam.user_id, "org": world.liam.organization_id}
    assert world.olivia.call(query, pair).data == {"oneOnOneRoom": None}
    room = world.one_on_one(world.olivia, world.liam).data["roomCreate1on1IfNotExists"]
    assert world.one_on_one(world.liam, world.olivia).data["roomCreate1on1IfNotExists"]["id"] == room["id"]
    given = {"roomType": "ONE_ON_ONE", "users": users(world.liam)}
    assert world.try_group(world.olivia, **given).data["createRoomV2"]["id"] == room["id"]
    assert world.olivia.call(query, pair).data == {"oneOnOneRoom": {"id": room["id"]}}
    assert (room["roomName"], room["owner"], room["numUsers"]) == (None, None, 2)
    assert world.room(world.liam, room["id"])["organization"] == {"id": world.liam.organization_id}
    world.write(world.olivia, room["id"])
    events = world.events_about(room["id"])
    # An organization must not learn that two of its people talk.
    assert [(one.action, one.audience) for one in events] == [("STORY", ())]
    assert world.add(world.olivia, room["id"], world.max).code == "CONFLICT"
    assert world.put_out(world.olivia, room["id"], world.olivia).code == "CONFLICT"
    assert world.by_id(world.olivia, "archiveRoom", room["id"]).code == "FORBIDDEN"
    assert world.update(world.olivia, room["id"], roomName="Us").code == "FORBIDDEN"
    assert world.by_id(world.olivia, "removeRoom", room["id"], "").code == "FORBIDDEN"
    # The same person in another organization is somebody else.
    assert world.try_room(world.max, room["id"]).code == "NOT_FOUND"


def test_roles_decide_who_changes_a_group(world: MessagesWorld) -> None:
    room = world.group(world.olivia, world.liam, world.max)
    assert world.update(world.liam, room, roomName="Mine").code == "FORBIDDEN"
    assert world.put_out(world.liam, room, world.max).code == "FORBIDDEN"
    assert world.add(world.liam, room, world.max, role="admin").code == "FORBIDDEN"
    assert world.add(world.olivia, room, world.liam, role="admin").data == {"addUserToRoom": True}
    assert world.update(world.liam, room, roomName="Ours", topic="Now").data["updateRoomV2"]["roomName"] == "Ours"
    assert world.update(world.liam, room, topic=None).data["updateRoomV2"]["topic"] is None
    assert world.add(world.liam, room, world.liam, role="owner").code == "FORBIDDEN"
    assert world.put_out(world.liam, room, world.olivia).code == "CONFLICT"
    assert world.put_out(world.olivia, room, world.olivia).code == "CONFLICT"  # the owner hands over first
    assert world.add(world.olivia, room, world.liam, role="owner").data
    found = world.room(world.max, room)
    assert [(one["user"]["id"], one["role"]) for one in found["roomUsers"]] == [
        (world.olivia.user_id, "admin"),
        (world.liam.user_id, "owner"),
        (world.max.user_id, "participant"),
    ]
    assert world.put_out(world.olivia, room, world.olivia).data == {"removeUserFromRoom": True}
    assert world.try_room(world.olivia, room).code == "NOT_FOUND"
    assert world.put_out(world.liam, room, world.max).data
    assert world.put_out(world.liam, room, world.max).code == "NOT_FOUND"
    told = [
        (edge["node"]["systemEvent"], edge["node"]["attachments"][0]["objectReferenceId"])
        for edge in world.stories(world.liam, room)["edges"]
    ]
    assert told == [
        ("USER_REMOVED", world.max.user_id),
        ("USER_REMOVED", world.olivia.user_id),
        ("OWNER_CHANGED", world.liam.user_id),
    ]
    assert names(world, room) == ["CREATE", *["UPDATE"] * 6]


def test_new_member_sees_history_as_read(world: MessagesWorld) -> None:
    room = world.group(world.olivia, world.liam)
    world.write(world.olivia, room, "Before")
    assert world.add(world.olivia, room, world.max).data
    assert world.texts(world.max, room) == [None, "Before"]
    assert world.unread(world.max, room) == (0, 0)
    assert world.unread(world.liam, room) == (2, 0)
    assert world.unread(world.olivia, room) == (0, 0)
    assert world.add(world.olivia, room, world.max).data  # again: nothing happens
    assert len(world.texts(world.max, room)) == 2
    world.write(world.olivia, room, "After")
    assert world.unread(world.max, room) == (1, 0)
    assert world.put_out(world.max, room, world.max).data
    assert world.room_ids(world.max) == []
    assert world.try_stories(world.max, room).code == "NOT_FOUND"
    assert world.add(world.olivia, room, world.max).data
    assert world.unread(world.max, room) == (0, 0)


def test_members_are_limited(world: MessagesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("souk.domains.rooms.rules.members.MAX_MEMBERS", 2)
    room = world.group(world.olivia, world.liam)
    assert world.add(world.olivia, room, world.max).code == "UNPROCESSABLE_CONTENT"
    assert world.room(world.olivia, room)["numUsers"] == 2
    assert world.add(world.olivia, room).code == "UNPROCESSABLE_CONTENT"


def test_public_rooms_of_a_company_are_limited(world: MessagesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are sorted in memory, so their number is limited where they are made: also those of its teams together."""
    monkeypatch.setattr("souk.domains.rooms.store.MAX_PUBLIC", 2)
    first, _ = world.group(world.liam, public=True), world.group(world.olivia, public=True)
    assert world.try_group(world.max, public=True).code == "UNPROCESSABLE_CONTENT"
    assert world.group(world.max)
    assert world.group(world.omar, public=True)
    assert world.by_id(world.liam, "removeRoom", first, "").data
    assert world.group(world.max, public=True)


def test_rooms_joined_longest_ago_leave_a_long_list(world: MessagesWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PERSON_ROOMS", replace(PERSON_ROOMS, longest=3))
    made = [world.group(world.olivia, world.liam) for _ in range(5)]
    world.write(world.liam, made[0])
    world.write(world.liam, made[3])
    assert world.room_ids(world.olivia) == [made[3], made[4], made[2]]
    assert world.room_ids(world.olivia, order="ASC") == [made[2], made[4], made[3]]
    assert world.rooms(world.olivia, {"first": 2})["totalCount"] == 3
    assert world.room(world.olivia, made[0])["numUnread"] == 1


def test_public_room_is_found_and_joined(world: MessagesWorld) -> None:
    public = "{ publicRooms { totalCount edges { node { id numUnread } } } }"
    room = world.group(world.liam, roomName="Everyone", public=True)
    private = world.group(world.liam, roomName="Some")
    world.write(world.liam, room)
    found = {"publicRooms": {"totalCount": 1, "edges": [{"node": {"id": room, "numUnread": None}}]}}
    assert world.max.call(public).data == found
    assert world.olivia.call(public).data == found  # a company's context includes its teams
    assert world.omar.call(public).data["publicRooms"]["edges"] == []
    assert world.room_ids(world.max) == []
    assert world.room_ids(world.max, subscribed_eq=False) == [room]
    assert world.texts(world.max, room) == ["Hello"]
    assert world.try_write(world.max, room).code == "FORBIDDEN"
    assert world.mark(world.max, "markRoomAsRead", room).code == "CONFLICT"
    assert world.add(world.max, room, world.max, role="admin").code == "FORBIDDEN"
    assert world.add(world.max, room, world.olivia).code == "FORBIDDEN"
    assert world.add(world.max, room, world.max).data
    assert world.room_ids(world.max, subscribed_eq=False) == []
    assert world.room_ids(world.max) == [room]
    assert world.write(world.max, room)
    assert world.add(world.max, private, world.max).code == "NOT_FOUND"


def test_archived_room_is_read_only_for_all(world: MessagesWorld) -> None:
    room = world.group(world.olivia, world.liam)
    story = world.write(world.olivia, room, "First")
    assert world.by_id(world.liam, "archiveRoom", room).code == "FORBIDDEN"
    for _ in range(2):
        archived = world.by_id(world.olivia, "archiveRoom", room).data["archiveRoom"]
        assert archived["readOnly"] is True
    newest = world.stories(world.liam, room)["edges"][0]["node"]
    assert (newest["systemEvent"], newest["createdDateTime"]) == ("ROOM_ARCHIVED", archived["readOnlyDateTime"])
    refused = [
        world.try_write(world.olivia, room),
        world.edit(world.olivia, room, story, "Second"),
        world.remove_story(world.olivia, room, story),
        world.add(world.olivia, room, world.max),
        world.put_out(world.olivia, room, world.liam),
        world.update(world.olivia, room, roomName="New"),
    ]
    assert {one.code for one in refused} == {"CONFLICT"}
    assert world.mark(world.liam, "markRoomAsRead", room).data
    reopened = world.update(world.olivia, room, readOnly=False, reason="Wrong room").data["updateRoomV2"]
    assert (reopened["readOnly"], reopened["readOnlyDateTime"]) == (False, None)
    assert reopened["latestStory"]["message"] == "Wrong room"
    assert world.write(world.liam, room)
    assert world.by_id(world.olivia, "archiveRoom", room).data
    assert world.put_out(world.liam, room, world.liam).data  # leaving is always possible
    assert names(world, room) == ["CREATE", "STORY", "ARCHIVE", "UPDATE", "STORY", "ARCHIVE", "UPDATE"]


def test_removed_room_is_gone_for_all(world: MessagesWorld) -> None:
    room = world.group(world.olivia, world.liam, public=True)
    world.write(world.olivia, room)
    assert world.by_id(world.liam, "removeRoom", room, "").code == "FORBIDDEN"
    assert world.by_id(world.olivia, "removeRoom", room, "").data == {"removeRoom": room}
    for one in (world.olivia, world.liam, world.max):
        assert world.try_room(one, room).code == "NOT_FOUND"
        assert world.room_ids(one) == world.room_ids(one, subscribed_eq=False) == []
    assert names(world, room)[-1] == "DELETE"


def test_block_of_a_pair_is_its_makers_to_end(world: MessagesWorld) -> None:
    room = world.one_on_one(world.olivia, world.liam).data["roomCreate1on1IfNotExists"]["id"]
    for _ in range(2):
        assert world.by_id(world.liam, "blockRoom", room).data["blockRoom"]["blockDateTime"]
    assert world.try_write(world.olivia, room).code == world.try_write(world.liam, room).code == "CONFLICT"
    assert world.by_id(world.olivia, "unblockRoom", room).code == "FORBIDDEN"
    for _ in range(2):
        assert world.by_id(world.liam, "unblockRoom", room).data["unblockRoom"]["blockDateTime"] is None
    assert world.write(world.olivia, room)
    group = world.group(world.olivia, world.liam)
    assert world.by_id(world.olivia, "blockRoom", group).code == "FORBIDDEN"


def test_idempotency_key_makes_one_room(world: MessagesWorld) -> None:
    first = world.group(world.olivia, world.liam, idempotencyKey="one")
    assert world.group(world.olivia, world.liam, idempotencyKey="one") == first
    assert world.try_group(world.olivia, world.max, idempotencyKey="one").code == "CONFLICT"
    assert world.group(world.liam, idempotencyKey="one") != first  # keys are each person's own


@pytest.mark.parametrize("field", ["updateRoomV2", "roomStories"])
def test_nullable_arguments_are_required(world: MessagesWorld, field: str) -> None:
    query = "{ roomStories { totalCount } }" if field == "roomStories" else "mutation { updateRoomV2 { id } }"
    assert world.olivia.call(query).code == "UNPROCESSABLE_CONTENT"
