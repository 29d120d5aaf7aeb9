"""The words of steps become stories of the room, in the transaction of the step."""

from typing import Any

import pytest

from souk.domains.rooms.store import ROOMS
from tests.domains.messages.world import MessagesWorld
from tests.support.actor import ACCEPT_OFFER, CREATE_OFFER, fixed
from tests.support.api import Person


def told(world: MessagesWorld, who: Person, room_id: str) -> list[tuple[str, str, str]]:
    """Return the event, the words and the kind of record of the system stories, oldest first."""
    found = [edge["node"] for edge in world.stories(who, room_id)["edges"]][::-1]
    return [
        (one["systemEvent"], one["message"], one["attachments"][0]["objectType"]) for one in found if one["attachments"]
    ]


def offer(world: MessagesWorld, proposal: str, job: str, **fields: Any) -> Any:
    """Make an offer for Sofia's proposal, and return it."""
    given = {
        "kind": "Vanilla",
        "offeror": "Client",
        "clientTeamId": world.olivia.organization_id,
        "vendorUser": {"userId": world.sofia.user_id, "teamId": world.sofia.organization_id},
        "metadata": {"sourceType": "JobApplication", "sourceId": proposal, "jobPostingId": job},
        "title": "The work",
        "description": "As we said.",
        "deliveryModel": "TalentMarketplace",
        **fixed(10_000),
        **fields,
    }
    return world.olivia.call(CREATE_OFFER, {"input": given}).data["createOffer"]["offer"]


def step(who: Person, field: str, **given: Any) -> Any:
    """Call a mutation with literal text arguments or an input."""
    arguments = ", ".join(f'{name}: "{value}"' for name, value in given.items())
    return who.call(f"mutation {{ {field}({arguments}) {{ success }} }}").data


def test_words_of_proposal_and_offer_are_told(world: MessagesWorld) -> None:
    job = world.post_fixed_price()
    proposal, declined = world.apply(world.sofia, job), world.apply(world.ivy, job)
    assert world.act_on(world.olivia, "decline", job, declined, message="Not this time.").data
    assert told(world, world.ivy, declined) == [("PROPOSAL_DECLINED", "Not this time.", "proposal")]
    assert world.unread(world.ivy, declined) == (1, 0)
    assert world.unread(world.olivia, declined) == (0, 0)
    assert world.room_ids(world.ivy) == [declined]
    made = offer(world, proposal, job)
    assert world.room_ids(world.sofia) == [proposal]  # with the offer, before a word
    assert world.room(world.sofia, proposal)["offerIds"] == [made["id"]]
    decline = "mutation ($input: DeclineOfferInput!) { declineOffer(input: $input) }"
    words = {"offerId": made["id"], "reasonId": None, "message": "Too low."}
    assert "errors" not in world.sofia.call(decline, {"input": words}).json
    second = offer(world, proposal, job)
    withdraw = "mutation ($input: WithdrawOfferInput!) { withdrawOffer(input: $input) }"
    given = {"offerId": second["id"], "message": "Wait."}
    assert "errors" not in world.olivia.call(withdraw, {"input": given}).json
    third = offer(world, proposal, job)
    query = "query ($id: ID!) { offerRoom(offerId: $id) { id } }"
    for one in (made, third):
        assert world.sofia.call(query, {"id": one["id"]}).data == {"offerRoom": {"id": proposal}}
    assert world.by_id(world.sofia, "blockRoom", proposal).data
    accepted = {"offerId": third["id"], "message": "Yes!"}
    contract = world.sofia.call(ACCEPT_OFFER, {"input": accepted}).data["acceptOffer"]["contract"]
    assert told(world, world.olivia, proposal) == [
        ("OFFER_DECLINED", "Too low.", "offer"),
        ("OFFER_WITHDRAWN", "Wait.", "offer"),
        ("OFFER_ACCEPTED", "Yes!", "contract"),
    ]
    room = world.room(world.olivia, proposal)
    assert room["contractId"] == contract["id"]
    assert room["blockDateTime"] is None  # a contract ends the block
    assert world.by_id(world.sofia, "blockRoom", proposal).code == "CONFLICT"
    assert world.room_ids(world.sofia, objectReferenceId_eq=contract["id"]) == [proposal]


def test_words_of_contract_and_milestones_are_told(world: MessagesWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    made = offer(world, proposal, job)
    contract = world.sofia.call(ACCEPT_OFFER, {"input": {"offerId": made["id"]}}).data["acceptOffer"]["contract"]
    room = {"id": contract["id"]}
    query = "query ($id: ID!) { contractRoom(contractId: $id) { id contractDetails { id } contract { id } } }"
    assert world.sofia.call(query, room).data["contractRoom"]["contractDetails"] == {"id": contract["id"]}
    assert world.omar.call(query, room).data == {"contractRoom": None}
    (milestone,) = made["milestoneTerms"]["milestones"]
    assert told(world, world.sofia, proposal) == []  # without words there is no story
    activate = "mutation ($input: ActivateMilestoneInput) { activateMilestone(input: $input) { state } }"
    given = {"id": milestone["id"], "message": "Begin."}
    assert world.olivia.call(activate, {"input": given}).data
    assert step(world.olivia, "pauseContract", contractId=contract["id"], message="A break.")
    assert world.by_id(world.olivia, "archiveRoom", proposal).data
    assert step(world.olivia, "restartContract", contractId=contract["id"], message="Go on.")
    assert told(world, world.sofia, proposal)[:2] == [
        ("MILESTONE_ACTIVATED", "Begin.", "milestone"),
        ("CONTRACT_PAUSED", "A break.", "contract"),
    ]
    found = world.stories(world.sofia, proposal)["edges"][0]["node"]
    assert (found["systemEvent"], found["message"]) == ("CONTRACT_RESTARTED", "Go on.")  # also in an archived room
    assert world.edit(world.olivia, proposal, found["id"], "No.").code == "FORBIDDEN"


def test_room_of_an_offer_without_proposal_has_its_id(world: MessagesWorld) -> None:
    job = world.post_fixed_price()
    source = {"sourceType": "JobPosting", "sourceId": job}
    made = offer(world, "", job, metadata=source)
    stored = world.souk.table.get(ROOMS, made["id"])
    assert stored is not None
    assert stored.name == "The work"
    assert world.write(world.sofia, made["id"], "Thank you")  # nobody has to begin
    assert world.write(world.olivia, made["id"], "So?")
    assert world.event_names(made["id"], "ROOM") == ["STORY", "STORY"]


@pytest.mark.parametrize("refused", [True, False])
def test_step_and_story_are_one_transaction(world: MessagesWorld, refused: bool) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    if refused:
        assert world.act_on(world.olivia, "decline", job, proposal).data
        assert world.act_on(world.olivia, "decline", job, proposal, message="Again").code == "CONFLICT"
    else:
        assert world.withdraw(world.sofia, proposal, message="Sorry").data
    assert [words for _, words, _ in told(world, world.olivia, proposal)] == ([] if refused else ["Sorry"])
