"""Members of talent clouds, and requests to join them."""

from datetime import timedelta
from typing import Any

import pytest

from souk.domains.clouds.commands import members as adding
from souk.domains.clouds.store import CLOUDS
from souk.domains.identity.store import USERS
from souk.domains.mails.store import MAILS
from souk.domains.market.model import RelationKind
from souk.domains.market.store import CLOUD_TIES
from tests.support.clock import CLOCK
from tests.support.racing import at_once, meanwhile
from tests.support.worlds.clouds import ADA, AGENCY, BOTH, OWN, CloudsWorld
from tests.support.worlds.jobs import ACME, LIAM, MAX, NOAH, OLIVIA, SOFIA, STUDIO


def mails(world: CloudsWorld) -> list[tuple[str, str]]:
    """Return the recipient and the news of each waiting mail about clouds."""
    items = world.souk.table.client.scan(TableName=world.souk.table.name)["Items"]
    queued = [MAILS.decode(item) for item in items if item["SK"]["S"] == "MAIL"]
    return [
        (one.user_id, "has joined" if one.values["joined"] else "asks to join")
        for one in queued
        if one.template == "talent_cloud_request"
    ]


def test_freelancers_are_added_each_alone(world: CloudsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = world.cloud()
    assert world.add(cloud, SOFIA)["failed"] == []
    monkeypatch.setattr(adding, "MAX_PERSON_CLOUDS", 1)
    other = world.cloud(name="Others")
    answer = world.add(other, SOFIA, NOAH, NOAH, "1", OLIVIA, "7\0")
    assert [one["user"]["id"] for one in answer["added"]] == [NOAH]
    assert answer["added"][0]["addedBy"] == {"id": OLIVIA}
    assert {one["userId"]: one["code"] for one in answer["failed"]} == {
        SOFIA: "CONFLICT",
        "1": "UNPROCESSABLE_CONTENT",
        "7\0": "UNPROCESSABLE_CONTENT",
        OLIVIA: "UNPROCESSABLE_CONTENT",  # no freelancer
    }
    again = world.add(other, NOAH)
    assert again == {"added": answer["added"], "failed": []}  # with the same time
    for ids in ([], [str(one) for one in range(101)]):
        refused = world.do("addFreelancersToTalentCloud", talentCloudId=other, userIds=ids)
        assert refused.code == "UNPROCESSABLE_CONTENT"
    assert world.cloud_events()[2:] == [("CREATE", OWN), ("JOIN", BOTH)]


def test_members_are_listed_newest_first_and_leave(world: CloudsWorld) -> None:
    cloud = world.cloud()
    joined = (SOFIA, NOAH, ADA)
    for at, user_id in enumerate(joined):
        CLOCK.at(CLOCK.market() + timedelta(minutes=at))
        world.add(cloud, user_id)
    page = world.members(cloud, world.max, first=2).data["talentCloudMembers"]
    assert [edge["node"]["user"]["id"] for edge in page["edges"]] == [ADA, NOAH]
    assert page["totalCount"] == 3
    rest = world.members(cloud, world.max, first=2, after=page["pageInfo"]["endCursor"]).data["talentCloudMembers"]
    assert [edge["node"]["user"]["id"] for edge in rest["edges"]] == [SOFIA]
    assert world.members(cloud, world.omar).code == "NOT_FOUND"
    assert world.members(cloud, world.sofia).code == "FORBIDDEN"  # a member knows that it exists

    assert world.remove(cloud, ADA, world.sofia).code == "FORBIDDEN"
    assert world.remove(cloud, ADA, world.omar).code == "NOT_FOUND"
    assert world.remove(cloud, SOFIA, world.sofia).data
    assert world.remove(cloud, SOFIA, world.sofia).code == world.remove(cloud, SOFIA).code == "NOT_FOUND"
    world.act("archiveTalentCloud", cloud)
    assert world.remove(cloud, NOAH).data  # also from an archived cloud
    assert world.do("addFreelancersToTalentCloud", talentCloudId=cloud, userIds=[NOAH]).code == "CONFLICT"
    left = world.members(cloud).data["talentCloudMembers"]
    assert (left["totalCount"], [edge["node"]["user"]["id"] for edge in left["edges"]]) == (1, [ADA])
    assert [one for one in world.cloud_events() if one[0] == "LEAVE"] == [("LEAVE", BOTH)] * 2


def test_hiring_managers_of_the_organization_manage_members(world: CloudsWorld) -> None:
    design, company = world.cloud(organizationId="1002"), world.cloud(name="Acme's")
    assert world.add(design, SOFIA, who=world.liam)["added"][0]["addedBy"] == {"id": LIAM}
    assert world.remove(design, SOFIA, world.liam).data
    for who, cloud, code in (
        (world.liam, company, "FORBIDDEN"),
        (world.max, design, "FORBIDDEN"),
        (world.ben, design, "NOT_FOUND"),
        (world.omar, design, "NOT_FOUND"),
        (world.sofia, design, "NOT_FOUND"),
    ):
        answer = world.do("addFreelancersToTalentCloud", who, talentCloudId=cloud, userIds=[NOAH])
        assert answer.code == code, who.user_id


def test_request_is_asked_answered_and_asked_again(world: CloudsWorld) -> None:
    cloud = world.cloud(
        messageAfterJoinRequest="We look at it.",
        joinRejectionMessage="Not this time.",
        welcomeMessageToAddedFreelancers="Welcome!",
        joinRequestNotifyUserIds=[MAX, OLIVIA],
        externalName="Friends",
        joinInstructions="Send a drawing.",
    )
    info = """query ($id: ID!) { talentCloudJoinInfo(id: $id) {
      id name joinInstructions joinRequestAutoApproved member request { state } } }"""
    before = world.sofia.call(info, {"id": cloud}).data["talentCloudJoinInfo"]
    assert before == {
        "id": cloud,
        "name": "Friends",
        "joinInstructions": "Send a drawing.",
        "joinRequestAutoApproved": False,
        "member": False,
        "request": None,
    }
    assert world.olivia.call(info, {"id": cloud}).data == {"talentCloudJoinInfo": None}  # no freelancer
    asked = world.do("requestToJoinTalentCloud", world.sofia, talentCloudId=cloud, message="Me!")
    shown = asked.data["requestToJoinTalentCloud"]
    assert (shown["state"], shown["reply"], shown["message"]) == ("PENDING", "We look at it.", "Me!")
    again = world.do("requestToJoinTalentCloud", world.sofia, talentCloudId=cloud, message="Really!")
    assert again.data["requestToJoinTalentCloud"] == shown  # the same request
    assert sorted(mails(world)) == [(OLIVIA, "asks to join"), (MAX, "asks to join")]
    assert world.seen(cloud, world.sofia) is None

    def answer(*, approve: bool, who: Any = None, **fields: Any) -> Any:
        wanted = {"talentCloudId": cloud, "userId": SOFIA, "approve": approve, **fields}
        return world.do("answerTalentCloudRequest", who, **wanted)

    assert answer(approve=True, who=world.max).code == "FORBIDDEN"
    assert answer(approve=True, who=world.omar).code == answer(approve=True, who=world.sofia).code == "NOT_FOUND"
    rejected = answer(approve=False, note="Too few gulls.").data["answerTalentCloudRequest"]
    assert (rejected["state"], rejected["reply"], rejected["answeredBy"]) == (
        "REJECTED",
        "Too few gulls.",
        {"id": OLIVIA},
    )
    assert answer(approve=False).data["answerTalentCloudRequest"] == rejected
    assert answer(approve=True).code == "CONFLICT"
    own = world.requests(world.sofia).data["talentCloudRequests"]["edges"][0]["node"]
    assert (own["reply"], own["answeredBy"]) == ("Too few gulls.", None)  # the client's people only

    world.do("requestToJoinTalentCloud", world.sofia, talentCloudId=cloud)
    assert world.act("withdrawTalentCloudRequest", cloud, world.sofia).data
    assert world.act("withdrawTalentCloudRequest", cloud, world.sofia).data  # changes nothing
    assert answer(approve=True).code == "CONFLICT"
    world.do("requestToJoinTalentCloud", world.sofia, talentCloudId=cloud)
    assert len(mails(world)) == 2, "one mail a day about somebody who withdraws and asks again"
    approved = answer(approve=True, note="And hello.").data["answerTalentCloudRequest"]
    assert (approved["state"], approved["reply"]) == ("APPROVED", "Welcome!\n\nAnd hello.")
    assert answer(approve=True).data["answerTalentCloudRequest"] == approved
    assert answer(approve=False).code == "CONFLICT"
    assert world.do("requestToJoinTalentCloud", world.sofia, talentCloudId=cloud).code == "CONFLICT"
    assert world.act("withdrawTalentCloudRequest", cloud, world.sofia).code == "CONFLICT"
    assert world.sofia.call(info, {"id": cloud}).data["talentCloudJoinInfo"]["member"] is True
    assert world.seen(cloud, world.sofia)["name"] == "Friends"

    world.remove(cloud, SOFIA)  # who was put out can ask again
    CLOCK.at(CLOCK.market() + timedelta(days=1))
    assert world.do("requestToJoinTalentCloud", world.sofia, talentCloudId=cloud).data
    assert len(mails(world)) == 4
    actions = [one for one in world.cloud_events() if one[0] not in ("CREATE", "UPDATE")]
    assert actions == [
        (action, BOTH) for action in ("REQUEST", "REJECT", "REQUEST", "REQUEST", "JOIN", "LEAVE", "REQUEST")
    ]


def test_automatic_approval_makes_a_member_at_once(world: CloudsWorld) -> None:
    cloud = world.cloud(joinRequestAutoApproved=True, joinRequestNotifyUserIds=[MAX])
    asked = world.do("requestToJoinTalentCloud", world.ada, talentCloudId=cloud).data["requestToJoinTalentCloud"]
    assert (asked["state"], asked["reply"], asked["answeredDateTime"] is None) == ("APPROVED", None, False)
    (member,) = world.members(cloud).data["talentCloudMembers"]["edges"]
    assert (member["node"]["user"], member["node"]["addedBy"]) == ({"id": ADA}, None)
    assert mails(world) == [(MAX, "has joined")]
    assert world.cloud_events()[1:] == [("REQUEST", {ACME, AGENCY}), ("JOIN", {ACME, AGENCY})]


def test_requests_are_listed_by_cloud_and_by_person(world: CloudsWorld) -> None:
    first, second = world.cloud(), world.cloud(name="Others")
    for who, cloud in ((world.sofia, first), (world.ada, first), (world.sofia, second)):
        CLOCK.at(CLOCK.market() + timedelta(seconds=1))
        world.do("requestToJoinTalentCloud", who, talentCloudId=cloud)
    world.do("answerTalentCloudRequest", talentCloudId=first, userId=ADA, approve=False)

    def listed(who: Any, **conditions: Any) -> list[tuple[str, str]]:
        found = world.requests(who, **conditions).data["talentCloudRequests"]
        nodes = [edge["node"] for edge in found["edges"]]
        assert found["totalCount"] == len(nodes)
        return [(one["talentCloudId"], one["user"]["id"]) for one in nodes]

    assert listed(world.sofia) == [(second, SOFIA), (first, SOFIA)]
    assert listed(world.max, talentCloudId_eq=first) == [(first, ADA), (first, SOFIA)]
    assert listed(world.max, talentCloudId_eq=first, state_eq="PENDING") == [(first, SOFIA)]
    assert listed(world.ada, state_eq="PENDING") == []
    assert listed(world.olivia) == []
    assert listed(world.ada, talentCloudId_eq=first) == [(first, ADA)]  # only her own
    assert world.requests(world.ada, talentCloudId_eq=second).code == "NOT_FOUND"
    assert world.requests(world.omar, talentCloudId_eq=first).code == "NOT_FOUND"
    assert world.requests(talentCloudId_eq="x").code == "UNPROCESSABLE_CONTENT"


def test_strangers_and_archived_clouds_get_the_same_words(world: CloudsWorld) -> None:
    archived = world.cloud()
    world.act("archiveTalentCloud", archived)
    refused = [
        world.do("requestToJoinTalentCloud", world.sofia, talentCloudId=cloud).error for cloud in (archived, "1", "7\0")
    ]
    assert {one["extensions"]["code"] for one in refused} == {"NOT_FOUND"}
    assert len({one["message"] for one in refused}) == 1
    assert world.act("withdrawTalentCloudRequest", archived, world.sofia).code == "NOT_FOUND"
    assert world.do("requestToJoinTalentCloud", world.omar, talentCloudId=archived).code == "FORBIDDEN"
    for cloud in (archived, "1"):
        info = "query ($id: ID!) { talentCloudJoinInfo(id: $id) { id } }"
        assert world.sofia.call(info, {"id": cloud}).data == {"talentCloudJoinInfo": None}


def test_people_of_the_client_cannot_be_members(world: CloudsWorld) -> None:
    cloud, table = world.cloud(), world.souk.table
    sofia = table.get(USERS, SOFIA)
    assert sofia
    tx = table.transaction()
    tx.update(USERS, sofia.model_copy(update={"company_ids": (STUDIO, ACME)}))
    tx.commit()
    assert world.add(cloud, SOFIA)["failed"][0]["code"] == "CONFLICT"
    assert world.do("requestToJoinTalentCloud", world.sofia, talentCloudId=cloud).code == "CONFLICT"


def test_two_different_answers_at_once_leave_one(world: CloudsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = world.cloud()
    for first, code in ((True, "CONFLICT"), (False, "CONFLICT")):
        world.do("requestToJoinTalentCloud", world.sofia, talentCloudId=cloud)
        wanted: dict[str, Any] = {"talentCloudId": cloud, "userId": SOFIA}
        faster = meanwhile(
            monkeypatch,
            lambda: world.do("answerTalentCloudRequest", **wanted, approve=first).data,  # noqa: B023
        )
        assert world.do("answerTalentCloudRequest", **wanted, approve=not first).code == code
        assert faster
        member = world.members(cloud).data["talentCloudMembers"]["totalCount"]
        assert member == int(first)
        if first:
            world.remove(cloud, SOFIA)


def test_same_member_added_and_asking_at_once_is_there_once(
    world: CloudsWorld, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    cloud = world.cloud()
    wanted: dict[str, Any] = {"talentCloudId": cloud, "userIds": [SOFIA]}
    assert at_once(monkeypatch, lambda: world.do("addFreelancersToTalentCloud", **wanted)) == {"done": few}
    assert world.members(cloud).data["talentCloudMembers"]["totalCount"] == 1
    added = meanwhile(monkeypatch, lambda: world.add(cloud, ADA))
    asked = world.do("requestToJoinTalentCloud", world.ada, talentCloudId=cloud)
    assert asked.code == "CONFLICT"
    assert added[0]["failed"] == []
    assert world.requests(talentCloudId_eq=cloud).data["talentCloudRequests"]["totalCount"] == 0
    world.remove(cloud, ADA)
    asks = meanwhile(monkeypatch, lambda: world.do("requestToJoinTalentCloud", world.ada, talentCloudId=cloud).data)
    assert world.add(cloud, ADA)["failed"] == []
    assert asks
    (request,) = world.requests(talentCloudId_eq=cloud).data["talentCloudRequests"]["edges"]
    assert request["node"]["state"] == "APPROVED"  # by being added


def test_removal_and_addition_at_once_are_in_an_order(
    world: CloudsWorld, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    cloud = world.cloud()
    world.add(cloud, SOFIA)
    removed = meanwhile(monkeypatch, lambda: world.remove(cloud, SOFIA).data)
    assert world.remove(cloud, SOFIA).code == "NOT_FOUND"
    assert removed
    world.add(cloud, SOFIA)
    counts = at_once(monkeypatch, lambda: world.remove(cloud, SOFIA))
    assert counts == {"done": 1, "NOT_FOUND": few - 1}
    assert world.members(cloud).data["talentCloudMembers"]["totalCount"] == 0


def test_membership_of_an_earlier_release_is_completed(world: CloudsWorld) -> None:
    cloud = world.cloud()
    job = world.post(ptcInfo={"visibility": "MEMBER_SELECTED_CLOUD", "talentCloudIds": [cloud]})
    world.relate(RelationKind.CLOUD, cloud, SOFIA)
    stored, tx = world.stored(cloud), world.souk.table.transaction()
    tx.delete(CLOUDS, stored)  # earlier releases stored the memberships of the demo data, and no clouds
    tx.commit()
    read = "query ($id: ID!) { marketplaceJobPosting(id: $id) { id } }"
    assert world.sofia.call(read, {"id": job}).data["marketplaceJobPosting"]
    tx = world.souk.table.transaction()
    tx.create(CLOUDS, stored.model_copy(update={"version": 0}))
    tx.commit()
    (member,) = world.add(cloud, SOFIA)["added"]
    assert (member["joinedDateTime"] > "", member["addedBy"]) == (True, {"id": OLIVIA})
    ties = world.souk.table.read_tally(CLOUD_TIES, ACME, SOFIA)
    assert ties.clouds == 1
    assert world.add(cloud, SOFIA)["added"] == [member]
    assert world.remove(cloud, SOFIA).data
    assert world.souk.table.read_tally(CLOUD_TIES, ACME, SOFIA).clouds == 0
