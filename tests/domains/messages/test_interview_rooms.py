"""The rooms of proposals, offers and contracts: who sees them, who begins, who joins."""

import pytest

from souk.authentication.principal import Role
from souk.domains.identity.store import USERS
from souk.domains.rooms.store import ROOMS
from tests.domains.messages.world import MessagesWorld, store_earlier
from tests.support.api import person
from tests.support.worlds.jobs import ACME, DESIGN


def test_room_of_unanswered_proposal_is_seen_by_both_sides(world: MessagesWorld) -> None:
    job = world.post(world.liam)
    proposal = world.apply(world.sofia, job)
    for one in (world.sofia, world.liam, world.olivia):
        room = world.proposal_room(one, proposal).data["proposalRoom"]
        assert (room["id"], room["roomType"], room["roomName"]) == (proposal, "INTERVIEW", "Build a Django shop")
        assert [each["user"]["id"] for each in room["roomUsers"]] == [world.sofia.user_id, world.liam.user_id]
        assert room["organization"] == {"id": DESIGN}
        assert room["numUnread"] == (None if one is world.olivia else 0)  # she leads and is no member
        assert world.room(one, proposal) == room
        assert world.texts(one, proposal) == []
    for stranger in (world.max, world.omar, world.ivy, world.ada):
        assert world.proposal_room(stranger, proposal).code == "NOT_FOUND"
        assert world.try_room(stranger, proposal).code == "NOT_FOUND"
    assert world.proposal_room(world.sofia, "#" * 3000).code == "NOT_FOUND"
    assert world.room_ids(world.sofia) == []  # unanswered proposals are not in the list
    assert world.souk.table.get(ROOMS, proposal) is None


def test_client_begins_the_conversation(world: MessagesWorld) -> None:
    job = world.post(world.liam)
    proposal = world.apply(world.sofia, job)
    assert world.try_write(world.sofia, proposal).code == "CONFLICT"
    assert world.souk.table.get(ROOMS, proposal) is None
    world.write(world.liam, proposal, "When could we talk?")
    assert world.vendor_proposal(world.sofia, proposal)["status"]["status"] == "Activated"
    vendor, client = world.event_names_of_both_sides(proposal)
    assert vendor[3:] == ["ClientActivate"]
    assert client[2:] == ["ClientActivate", "ClientMessage"]
    assert world.event_names(proposal, "ROOM") == ["STORY"]
    world.write(world.sofia, proposal, "Today.")
    assert world.act_on(world.liam, "message", job, proposal, message="Fine.").data
    assert world.texts(world.sofia, proposal) == ["Fine.", "Today.", "When could we talk?"]
    assert world.event_names_of_both_sides(proposal)[1][4:] == ["ClientMessage"]
    (story, *_) = [one for one in world.events_about(proposal) if one.entity == "ROOM"]
    assert set(story.audience) == {DESIGN, ACME, world.sofia.organization_id}
    assert world.unread(world.sofia, proposal) == (1, 0)
    assert world.room_ids(world.sofia) == world.room_ids(world.liam) == [proposal]
    assert world.room_ids(world.sofia, objectReferenceId_eq=proposal) == [proposal]
    assert world.activity_counts(job)["messaged"] == 1


def test_lead_becomes_member_by_writing(world: MessagesWorld) -> None:
    proposal = world.apply(world.sofia, world.post(world.liam))
    world.write(world.olivia, proposal, "I own this company.")
    assert world.unread(world.olivia, proposal) == (0, 0)
    assert world.unread(world.liam, proposal) == (1, 0)
    people = [one["user"]["id"] for one in world.room(world.sofia, proposal)["roomUsers"]]
    assert people == [world.sofia.user_id, world.liam.user_id, world.olivia.user_id]
    assert world.put_out(world.liam, proposal, world.olivia).data
    assert world.room(world.olivia, proposal)["numUnread"] is None
    assert world.room_ids(world.olivia, subscribed_eq=False) == [proposal]
    assert world.add(world.olivia, proposal, world.olivia).data
    assert world.room_ids(world.olivia, subscribed_eq=False) == []


def test_each_side_adds_and_removes_its_own(world: MessagesWorld) -> None:
    proposal = world.apply(world.ivy_of_agency, world.post(world.liam), organizationId="3003")
    crew = world.ivy_of_agency
    world.write(world.liam, proposal)
    assert world.texts(world.ada, proposal) == ["Hello"]  # who leads the agency reads
    assert world.add(world.max, proposal, world.max).code == "NOT_FOUND"
    assert world.add(world.liam, proposal, world.max).data
    assert world.write(world.max, proposal)
    assert world.add(world.max, proposal, world.ada).code == "FORBIDDEN"
    assert world.add(crew, proposal, world.omar).code == "FORBIDDEN"
    assert world.add(world.liam, proposal, world.max, role="admin").code == "FORBIDDEN"
    assert world.add(crew, proposal, world.ada).data
    assert world.put_out(world.ada, proposal, world.max).code == "FORBIDDEN"
    for one in (world.liam, crew):
        assert world.put_out(one, proposal, one).code == "CONFLICT"
    assert world.put_out(world.max, proposal, world.liam).code == "CONFLICT"
    assert world.put_out(world.max, proposal, world.max).data
    assert world.try_room(world.max, proposal).code == "NOT_FOUND"
    assert world.update(world.liam, proposal, roomName="Ours").code == "FORBIDDEN"


def test_status_of_the_proposal_decides_who_writes(world: MessagesWorld) -> None:
    job = world.post(world.liam)
    proposal = world.apply(world.sofia, job)
    world.write(world.liam, proposal, "Hello")
    assert world.act_on(world.liam, "decline", job, proposal).data
    assert world.try_write(world.sofia, proposal).code == "CONFLICT"
    world.write(world.liam, proposal, "We found somebody.")
    assert world.event_names_of_both_sides(proposal)[1][-1] == "ClientMessage"
    assert world.stored_proposal(proposal).client_status == "Declined"
    assert world.act_on(world.liam, "message", job, proposal, message="Good luck.").data


def test_archive_and_block_of_an_interview_room(world: MessagesWorld) -> None:
    proposal = world.apply(world.sofia, world.post(world.liam))
    world.write(world.liam, proposal)
    assert world.by_id(world.sofia, "archiveRoom", proposal).code == "FORBIDDEN"
    assert world.by_id(world.olivia, "archiveRoom", proposal).data
    assert world.try_write(world.sofia, proposal).code == "CONFLICT"
    assert world.update(world.liam, proposal, readOnly=False).data
    assert world.by_id(world.sofia, "blockRoom", proposal).data["blockRoom"]["blockDateTime"]
    assert world.try_write(world.liam, proposal).code == "CONFLICT"
    assert world.by_id(world.olivia, "unblockRoom", proposal).code == "FORBIDDEN"
    assert world.by_id(world.sofia, "unblockRoom", proposal).data
    assert world.by_id(world.olivia, "blockRoom", proposal).data
    assert world.by_id(world.liam, "unblockRoom", proposal).data  # the same side
    assert world.write(world.sofia, proposal)


def test_service_account_reads_as_its_role_would(world: MessagesWorld) -> None:
    proposal = world.apply(world.sofia, world.post(world.liam))
    world.write(world.liam, proposal)
    pair = world.one_on_one(world.liam, world.max).data["roomCreate1on1IfNotExists"]["id"]
    user = world.souk.table.get(USERS, world.noah.user_id)
    assert user is not None
    tx = world.souk.table.transaction()
    tx.update(USERS, user.model_copy(update={"service": True}))
    tx.commit()
    robot = person(world.souk, world.noah.user_id, ACME, role=Role.ADMIN)
    assert world.texts(robot, proposal) == ["Hello"]
    assert world.try_room(robot, pair).code == "NOT_FOUND"
    assert world.add(world.liam, proposal, robot).code == "FORBIDDEN"


@pytest.mark.parametrize("first", ["read", "write", "mark"])
def test_messages_of_an_earlier_release_are_stories(world: MessagesWorld, first: str) -> None:
    job = world.post(world.liam)
    proposal = world.apply(world.sofia, job)
    times = store_earlier(world, world.liam, proposal, "Old one", "Old two", "Old two")

    def check(*more: str) -> list[str]:
        found = [edge["node"] for edge in world.stories(world.sofia, proposal)["edges"]]
        assert [one["message"] for one in found] == [*more, "Old two", "Old two", "Old one"]
        assert found[-1]["createdDateTime"] == times[0]
        assert found[-1]["user"] == {"id": world.liam.user_id}
        assert len({one["createdDateTime"] for one in found}) == len(found)
        return [one["id"] for one in found[len(more) :]]

    ids = check()
    assert world.room(world.sofia, proposal)["latestStory"]["message"] == "Old two"
    assert world.unread(world.sofia, proposal) == (3, 0)
    assert world.unread(world.liam, proposal) == (0, 0)
    if first == "write":
        world.write(world.liam, proposal, "New")
        assert check("New") == ids
        assert world.unread(world.sofia, proposal) == (4, 0)
    elif first == "mark":
        assert world.mark(world.sofia, "markRoomAsRead", proposal, ids[1]).data["markRoomAsRead"]["numUnread"] == 1
        assert check() == ids
        assert world.edit(world.liam, proposal, ids[0], "Old three").data
        assert world.remove_story(world.liam, proposal, ids[0]).data
        assert world.unread(world.sofia, proposal) == (0, 0)
