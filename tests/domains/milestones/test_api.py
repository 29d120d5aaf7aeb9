"""Milestones through the API: states, fields, bookings and events of each action."""

from typing import Any

import pytest

from souk.domains.agreements.model import PayType, Side
from souk.domains.contracts.store import CONTRACTS
from souk.domains.ledger.model import AccountKind
from souk.domains.market.store import CLIENT_RECORDS, FREELANCER_RECORDS
from souk.domains.milestones.model import MilestoneState
from souk.domains.milestones.rules import requirements
from souk.domains.milestones.store import MILESTONES, close_open_milestones, milestones_of, put_milestone
from souk.domains.offers.model import OfferState
from souk.domains.offers.store import OFFERS
from souk.values.errors import Conflict
from tests.support.clock import CLOCK
from tests.support.racing import at_once
from tests.support.worlds.jobs import ACME, LIAM, SOFIA
from tests.support.worlds.milestones import SINCE, MilestonesWorld

NOTHING = "{ response }"


def raw(money: dict[str, Any]) -> str:
    return str(money["rawValue"])


def records(world: MilestonesWorld) -> tuple[int, int]:
    client = world.souk.table.read_tally(CLIENT_RECORDS, ACME)
    freelancer = world.souk.table.read_tally(FREELANCER_RECORDS, SOFIA)
    return client.spent, freelancer.earned


def test_milestone_from_creation_to_payment(world: MilestonesWorld) -> None:
    made = world.mutate_milestone(
        "createMilestoneV2",
        contractId=world.contract.id,
        description="A draft",
        instruction="In blue",
        depositAmount="10000",
        dueDate="2027-01-31",
    )
    id_ = made["id"]
    assert (made["state"], made["sequenceId"], made["instructions"]) == ("NotFunded", 1, "In blue")
    assert made["depositAmount"] == {"rawValue": "100.00", "currency": "USD"}
    assert made["dueDateTime"] == "2027-01-31T00:00:00.000Z"
    assert made["createdBy"] == {"id": LIAM}
    assert made["checkout"] is None
    assert world.stored_contract().milestone_ids == (id_,)

    funded = world.mutate_milestone("activateMilestone", id=id_, message="Go")
    assert (funded["state"], raw(funded["fundedAmount"]), raw(funded["currentEscrowAmount"])) == (
        "Active",
        "100.00",
        "100.00",
    )
    assert world.balance(AccountKind.FUNDS) == -10_500
    assert records(world) == (10_500, 0)

    sent = world.mutate_milestone("submitMilestone", world.sofia, id=id_, message="Here it is")
    (event,) = sent["submissionEvents"]
    assert sent["state"] == "Submitted"
    assert (event["submission"]["sequenceId"], raw(event["submission"]["amount"])) == (1, "100.00")
    assert event["submissionMessage"]["message"] == "Here it is"
    assert event["revisionMessage"] is None

    submission = event["submission"]["id"]
    back = world.mutate("rejectSubmittedMilestone", shown=NOTHING, id=submission, noteToContractor="In green, please")
    assert back.data == {"rejectSubmittedMilestone": {"response": True}}
    again = world.mutate_milestone("submitMilestone", world.sofia, id=id_)
    assert again["submissionCount"] == 2
    assert again["submissionEvents"][0]["revisionMessage"] == {"message": "In green, please", "attachments": []}
    assert again["submissionEvents"][1]["submissionMessage"] is None

    paid = world.mutate_milestone(
        "approveMilestone", id=id_, paidAmount="10000", bonusAmount="2500", paymentComment="Lovely"
    )
    assert (paid["state"], raw(paid["paid"]), raw(paid["bonus"]), paid["payComments"]) == (
        "Paid",
        "100.00",
        "25.00",
        "Lovely",
    )
    assert raw(paid["currentEscrowAmount"]) == "0.00"
    assert world.balance(AccountKind.EARNINGS) == 9_000 + 2_250
    assert world.balance(AccountKind.FUNDS) == -10_500 - 2_625
    assert records(world) == (13_125, 12_500)
    refreshed, told = ("MILESTONE", "REFRESH", id_), ("ROOM", "STORY", world.contract.offer_id)
    assert [one for one in world.events() if one != told] == [refreshed] * 6
    assert world.events().count(told) == 3
    world.audit()


def test_underpayment_needs_reason_and_refunds_rest(world: MilestonesWorld) -> None:
    id_ = world.add_submitted_milestone(10_001)
    refused = world.mutate("approveMilestone", id=id_, paidAmount="5000")
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert "underpaymentReason" in refused.error["message"]
    paid = world.mutate_milestone(
        "approveMilestone", id=id_, paidAmount="5000", underpaymentReason="Half of it was done"
    )
    assert (raw(paid["paid"]), raw(paid["overpayment"]), raw(paid["currentEscrowAmount"])) == ("50.00", "0.00", "0.00")
    # 10001 cost 500 in fees, and 5000 cost 250.
    assert world.balance(AccountKind.FUNDS) == -(5_000 + 250)
    assert records(world) == (5_250, 5_000)
    world.audit()


def test_more_than_price_is_overpayment(world: MilestonesWorld) -> None:
    id_ = world.add_funded_milestone()
    paid = world.mutate_milestone("approveMilestone", id=id_, paidAmount="12000")  # early: nothing was submitted
    assert (raw(paid["paid"]), raw(paid["overpayment"])) == ("120.00", "20.00")
    assert world.balance(AccountKind.EARNINGS) == 10_800
    world.audit()


def test_paid_milestone_is_not_paid_again(world: MilestonesWorld) -> None:
    id_ = world.add_submitted_milestone()
    world.mutate_milestone("approveMilestone", id=id_, paidAmount="10000")
    before = world.bookings()
    for field, given in (
        ("approveMilestone", {"paidAmount": "10000"}),
        ("activateMilestone", {}),
        ("editMilestone", {"description": "Another"}),
        ("deleteMilestone", {}),
    ):
        shown = "" if field == "deleteMilestone" else "{ id }"
        assert world.mutate(field, None, shown, id=id_, **given).code == "CONFLICT", field
    assert world.mutate("submitMilestone", world.sofia, id=id_).code == "CONFLICT"
    assert world.bookings() == before


def test_edit_keeps_missing_fields(world: MilestonesWorld) -> None:
    id_ = world.add_milestone(instruction="In blue", dueDate="2027-01-31")
    changed = world.mutate_milestone("editMilestone", id=id_, description="A sketch", depositAmount="20000")
    assert (changed["description"], changed["instructions"], raw(changed["depositAmount"])) == (
        "A sketch",
        "In blue",
        "200.00",
    )
    assert changed["dueDateTime"] == "2027-01-31T00:00:00.000Z"
    world.mutate_milestone("activateMilestone", id=id_)
    assert world.mutate("editMilestone", id=id_, depositAmount="30000").code == "CONFLICT"
    assert (
        world.mutate_milestone("editMilestone", id=id_, depositAmount="20000", description="The draft")["state"]
        == "Active"
    )


def test_unfunded_milestones_change_positions(world: MilestonesWorld) -> None:
    first, second, third, fourth = (world.add_milestone(description=name) for name in ("a", "b", "c", "d"))
    world.mutate_milestone("activateMilestone", id=second)
    moved = world.mutate_milestone("editMilestone", id=fourth, sequenceId=1)
    assert moved["sequenceId"] == 1
    placed = [(one.id, one.sequence) for one in milestones_of(world.souk.table, world.contract.offer_id)]
    assert placed == [(fourth, 1), (second, 2), (first, 3), (third, 4)]
    assert world.stored_contract().milestone_ids == (fourth, second, first, third)
    refused = world.mutate("editMilestone", id=fourth, sequenceId=2)
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert "1, 3, 4" in refused.error["message"]


def test_delete_removes_all_items(world: MilestonesWorld) -> None:
    first, second = world.add_milestone(), world.add_milestone()
    assert world.mutate("deleteMilestone", shown="", id=first).data == {"deleteMilestone": True}
    assert world.stored_contract().milestone_ids == (second,)
    assert world.mutate("deleteMilestone", shown="", id=first).code == "NOT_FOUND"
    assert world.events()[-1] == ("MILESTONE", "REFRESH", first)


def test_milestones_of_offer(world: MilestonesWorld) -> None:
    offer = world.add_offer()
    first = world.mutate_milestone("createMilestoneV2", offerId=offer.id, description="A draft", depositAmount="1000")
    second = world.mutate_milestone("createMilestoneV2", offerId=offer.id, description="The rest", depositAmount="2000")
    assert (first["state"], second["sequenceId"]) == ("InOffer", 2)
    world.mutate_milestone("editMilestone", id=first["id"], depositAmount="1500")
    stored = world.souk.table.get(OFFERS, offer.id)
    assert stored
    assert (stored.milestone_ids, stored.budget) == ((first["id"], second["id"]), 3_500)
    assert world.mutate("activateMilestone", id=first["id"]).code == "CONFLICT"
    assert world.mutate("submitMilestone", world.sofia, id=first["id"]).code == "CONFLICT"
    world.mutate("deleteMilestone", shown="", id=second["id"])
    assert world.mutate("deleteMilestone", shown="", id=first["id"]).code == "CONFLICT"


@pytest.mark.parametrize(
    "changes",
    [{"expires": SINCE}, {"state": OfferState.WITHDRAWN}, {"pay": PayType.HOURLY}],
    ids=["expired", "withdrawn", "hourly"],
)
def test_add_to_closed_or_hourly_offer_conflicts(world: MilestonesWorld, changes: dict[str, Any]) -> None:
    offer = world.add_offer(**changes)
    assert world.mutate("createMilestoneV2", offerId=offer.id, description="A", depositAmount="1000").code == "CONFLICT"


def test_client_without_funds_gets_checkout(market_world: MilestonesWorld) -> None:
    id_ = market_world.add_milestone()
    waiting = market_world.mutate_milestone("activateMilestone", id=id_)
    assert waiting["state"] == "NotFunded"
    checkout = waiting["checkout"]
    assert (checkout["state"], checkout["amount"]) == ("OPEN", {"rawValue": "105.00", "currency": "USD"})
    assert "/payments/checkout?order=" in checkout["url"]
    assert market_world.mutate_milestone("activateMilestone", id=id_)["checkout"]["id"] == checkout["id"]
    assert market_world.bookings() == []


def test_ending_refunds_escrow(world: MilestonesWorld) -> None:
    active, planned, sent = world.add_funded_milestone(), world.add_milestone(), world.add_submitted_milestone(333)
    table = world.souk.table
    tx = table.transaction()
    with pytest.raises(Conflict, match="submitted"):
        close_open_milestones(tx, table, world.stored_contract(), Side.CLIENT, CLOCK.market())
    tx = table.transaction()
    booking = close_open_milestones(tx, table, world.stored_contract(), Side.FREELANCER, CLOCK.market())
    tx.commit()
    assert booking
    assert booking.amount == 10_333
    assert world.balance(AccountKind.FUNDS) == 0
    assert [world.stored_milestone(one).state for one in (active, planned, sent)] == [
        "CancelledByFreelancer",
        "NotFundedClosed",
        "CancelledByFreelancer",
    ]
    assert records(world) == (0, 0)
    world.audit()


def test_ended_contract_takes_no_milestones(world: MilestonesWorld) -> None:
    id_ = world.add_milestone()
    world.mark_ended()
    wanted: dict[str, Any] = {"contractId": world.contract.id, "description": "A", "depositAmount": "1"}
    assert world.mutate("createMilestoneV2", **wanted).code == "CONFLICT"
    assert world.mutate("activateMilestone", id=id_).code == "CONFLICT"
    assert world.mutate("editMilestone", id=id_, description="B").code == "CONFLICT"
    assert world.mutate("deleteMilestone", shown="", id=id_).code == "CONFLICT"


def test_rejections_are_limited_by_revisions(world: MilestonesWorld) -> None:
    id_ = world.add_funded_milestone()
    tx = world.souk.table.transaction()
    tx.update(MILESTONES, world.stored_milestone(id_).model_copy(update={"revisions": 1}))
    tx.commit()
    for expected in (None, "CONFLICT"):
        sent = world.mutate_milestone("submitMilestone", world.sofia, id=id_)["submissionEvents"][-1]["submission"][
            "id"
        ]
        answer = world.mutate("rejectSubmittedMilestone", shown=NOTHING, id=sent)
        assert (answer.json.get("errors") and answer.code) == expected
        if expected is None:
            assert world.mutate("rejectSubmittedMilestone", shown=NOTHING, id=sent).code == "CONFLICT"


def test_limit_of_open_milestones(world: MilestonesWorld) -> None:
    for _ in range(requirements.MAX_OPEN):
        world.add_milestone()
    wanted: dict[str, Any] = {"contractId": world.contract.id, "description": "A", "depositAmount": "1"}
    assert world.mutate("createMilestoneV2", **wanted).code == "CONFLICT"


@pytest.mark.parametrize("limit", ["MAX_OPEN", "MAX_ALL"])
def test_concurrent_milestones_respect_limit(
    world: MilestonesWorld, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(requirements, limit, 3)
    wanted: dict[str, Any] = {"contractId": world.contract.id, "description": "A", "depositAmount": "1"}
    results = at_once(monkeypatch, lambda: world.mutate("createMilestoneV2", **wanted))
    assert 1 <= len(milestones_of(world.souk.table, world.contract.offer_id)) == results["done"] <= 3
    assert results.keys() <= {"done", "CONFLICT"}


def test_strangers_and_wrong_side_are_refused(world: MilestonesWorld) -> None:
    id_ = world.add_submitted_milestone()
    submission = world.stored_milestone(id_).submissions[-1].id
    calls: list[tuple[str, dict[str, Any], str]] = [
        ("createMilestoneV2", {"contractId": world.contract.id, "description": "A", "depositAmount": "1"}, "{ id }"),
        ("editMilestone", {"id": id_, "description": "B"}, "{ id }"),
        ("deleteMilestone", {"id": id_}, ""),
        ("activateMilestone", {"id": id_}, "{ id }"),
        ("approveMilestone", {"id": id_, "paidAmount": "1"}, "{ id }"),
        ("rejectSubmittedMilestone", {"id": submission}, NOTHING),
    ]
    for field, given, shown in calls:
        assert world.mutate(field, world.omar, shown=shown, **given).code == "NOT_FOUND", field
        assert world.mutate(field, world.sofia, shown=shown, **given).code == "FORBIDDEN", field
        assert world.mutate(field, world.max, shown=shown, **given).code == "FORBIDDEN", field
    assert world.mutate("submitMilestone", world.omar, id=id_).code == "NOT_FOUND"
    assert world.mutate("submitMilestone", world.liam, id=id_).code == "FORBIDDEN"
    assert world.souk.table.get(CONTRACTS, world.contract.id) == world.stored_contract()


def test_only_client_sees_checkout(market_world: MilestonesWorld) -> None:
    id_ = market_world.add_milestone()
    tx = market_world.souk.table.transaction()
    market_world.mutate_milestone("activateMilestone", id=id_)
    tx.update(
        MILESTONES,
        market_world.stored_milestone(id_).model_copy(
            update={"state": MilestoneState.ACTIVE, "funded": 10_000, "escrow": 10_000}
        ),
    )
    tx.commit()
    assert market_world.mutate_milestone("submitMilestone", market_world.sofia, id=id_)["checkout"] is None


def test_maximum_of_milestones_end_at_once(market_world: MilestonesWorld) -> None:
    table = market_world.souk.table
    first = market_world.stored_milestone(market_world.add_milestone())
    for number in range(2, requirements.MAX_OPEN + 1):
        tx = table.transaction()
        put_milestone(tx, first.model_copy(update={"id": f"9{number}", "sequence": number, "checkout_id": "1"}))
        tx.commit()
    tx = table.transaction()
    close_open_milestones(tx, table, market_world.stored_contract(), Side.CLIENT, CLOCK.market())
    for _ in range(20):  # what ending a contract writes besides
        tx.emit("MILESTONE", "REFRESH", first.id, to=())
    tx.commit()
    assert {one.state for one in milestones_of(table, first.offer_id)} == {MilestoneState.NOT_FUNDED_CLOSED}
