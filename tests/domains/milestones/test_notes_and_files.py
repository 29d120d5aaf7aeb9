"""What one side attaches or writes is shown to both sides."""

from typing import Any

import pytest

from souk.domains.milestones.store import MILESTONES
from tests.support.api import Person
from tests.support.worlds.files import confirmed_file
from tests.support.worlds.jobs import ACME, STUDIO
from tests.support.worlds.milestones import SHOWN, MilestonesWorld

MILESTONE = f"query ($id: ID!) {{ milestone(id: $id) {SHOWN} }}"


def read(who: Person, id_: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = who.call(MILESTONE, {"id": id_}).data["milestone"]
    return found


def texts(milestone: dict[str, Any]) -> list[str]:
    return [one["message"] for one in milestone["messages"]]


def test_milestone_is_read_by_its_parties_only(world: MilestonesWorld) -> None:
    id_ = world.add_milestone()
    for party in (world.liam, world.olivia, world.sofia):
        found = read(party, id_)
        assert found is not None
        assert (found["id"], found["contractId"]) == (id_, world.contract.id)
    assert read(world.omar, id_) is None
    assert read(world.liam, "4711") is None


def test_milestone_of_offer_is_read_before_acceptance(world: MilestonesWorld) -> None:
    offer = world.add_offer()
    made = world.mutate_milestone("createMilestoneV2", offerId=offer.id, description="A draft", depositAmount="100")
    found = read(world.sofia, made["id"])
    assert found is not None
    assert (found["state"], found["contractId"]) == ("InOffer", None)


def test_files_reach_both_sides(world: MilestonesWorld, bucket: str) -> None:
    table = world.souk.table
    brief, revised, notes = (confirmed_file(table, ACME, name) for name in ("brief.pdf", "new.pdf", "changes.pdf"))
    work = confirmed_file(table, STUDIO, "work.pdf")
    id_ = world.add_milestone(attachmentIds=[brief])
    world.mutate_milestone("editMilestone", id=id_, attachments=[brief, revised])
    world.mutate_milestone("activateMilestone", id=id_)
    sent = world.mutate_milestone("submitMilestone", world.sofia, id=id_, attachmentIds=[work])
    submission = sent["submissionEvents"][0]["submission"]["id"]
    world.mutate("rejectSubmittedMilestone", shown="{ response }", id=submission, attachments=[notes])
    for party in (world.liam, world.sofia):
        found = read(party, id_)
        assert found is not None
        first, second = found["attachments"]
        assert (first["id"], first["fileName"], first["contentLength"]) == (brief, "brief.pdf", 4_321)
        assert (first["contentType"], second["fileName"]) == ("application/pdf", "new.pdf")
        assert {one["metaData"] for one in found["attachments"]} == {"From the brief"}
        assert all(bucket in one["link"] and one["id"] in one["link"] for one in found["attachments"])
        (event,) = found["submissionEvents"]
        assert [one["fileName"] for one in event["submissionMessage"]["attachments"]] == ["work.pdf"]
        assert work in event["submissionMessage"]["attachments"][0]["link"]
        assert [one["fileName"] for one in event["revisionMessage"]["attachments"]] == ["changes.pdf"]


def test_every_message_of_client_is_kept(world: MilestonesWorld) -> None:
    id_ = world.add_milestone()
    world.mutate_milestone("editMilestone", id=id_, message="The colours have changed")
    world.mutate_milestone("activateMilestone", id=id_, message="Please begin")
    world.mutate_milestone("submitMilestone", world.sofia, id=id_)
    world.mutate_milestone(
        "approveMilestone", id=id_, paidAmount="5000", underpaymentReason="Half is missing", noteToContractor="Thanks"
    )
    for party in (world.liam, world.sofia):
        found = read(party, id_)
        assert found is not None
        assert texts(found) == ["The colours have changed", "Please begin", "Thanks"]
        assert found["underpaymentReason"] == "Half is missing"


def test_message_is_kept_when_checkout_is_still_open(market_world: MilestonesWorld) -> None:
    world = market_world
    id_ = world.add_milestone()
    first = world.mutate_milestone("activateMilestone", id=id_, message="First")
    again = world.mutate_milestone("activateMilestone", id=id_, message="Second")
    assert first["checkout"]["id"] == again["checkout"]["id"]
    found = read(world.sofia, id_)
    assert found is not None
    assert texts(found) == ["First", "Second"]


@pytest.mark.parametrize("paid", ["10000", "12000"])
def test_reason_without_underpayment_is_refused(world: MilestonesWorld, paid: str) -> None:
    id_ = world.add_funded_milestone()
    refused = world.mutate("approveMilestone", id=id_, paidAmount=paid, underpaymentReason="Half is missing")
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert "leave it out" in refused.error["message"]


def test_note_of_earlier_release_is_first_message(world: MilestonesWorld) -> None:
    id_ = world.add_milestone()
    stored = world.stored_milestone(id_)
    tx = world.souk.table.transaction()
    tx.update(MILESTONES, stored.model_copy(update={"note": "An old note"}))
    tx.commit()
    world.mutate_milestone("editMilestone", id=id_, message="A new one")
    found = read(world.sofia, id_)
    assert found is not None
    assert texts(found) == ["An old note", "A new one"]
