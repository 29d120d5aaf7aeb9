"""Contracts of the suspended: nothing new begins, and the other side can finish what has begun."""

from typing import Any

import pytest

from souk.domains.ledger.model import AccountKind
from tests.support.api import Answer
from tests.support.racing import meanwhile
from tests.support.standing import reactivate, suspend
from tests.support.worlds.milestones import MilestonesWorld

BONUS = "mutation ($input: CustomPaymentInput) { sendCustomPayment(input: $input) { invoiceId } }"


def reason(answer: Answer) -> tuple[str, str | None]:
    return answer.code, answer.error["extensions"].get("reason")


SUSPENDED = ("FORBIDDEN", "SUSPENDED")


def test_freelancer_goes_on_while_the_client_is_suspended(world: MilestonesWorld) -> None:
    funded, client = world.add_funded_milestone(), world.contract.parties.client_company_id
    suspend(world.souk.table, client)
    assert world.mutate_milestone("submitMilestone", world.sofia, id=funded)["state"] == "Submitted"
    assert world.mutate("approveMilestone", id=funded, paidAmount="10000").status == 403
    reactivate(world.souk.table, client)
    assert world.mutate_milestone("approveMilestone", id=funded, paidAmount="10000")["state"] == "Paid"
    world.audit()


def test_client_pays_for_finished_work_of_suspended_people(
    world: MilestonesWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    parties, table = world.contract.parties, world.souk.table
    submitted, planned = world.add_submitted_milestone(), world.add_milestone()
    suspend(table, parties.vendor_company_id)
    new: dict[str, Any] = {"contractId": world.contract.id, "description": "More", "depositAmount": "100"}
    assert reason(world.mutate("createMilestoneV2", **new)) == SUSPENDED
    assert reason(world.mutate("activateMilestone", id=planned)) == SUSPENDED
    bonus = {"contractId": world.contract.id, "type": "BONUS", "amount": 5.0, "comment": "Thanks", "notes": ""}
    assert reason(world.liam.call(BONUS, {"input": bonus})) == SUSPENDED
    assert world.mutate("approveMilestone", id=submitted, paidAmount="10000").data
    assert world.balance(AccountKind.EARNINGS, parties.vendor_company_id) > 0
    reactivate(table, parties.vendor_company_id)
    before = world.bookings()
    meanwhile(monkeypatch, lambda: suspend(table, parties.vendor_company_id))
    assert reason(world.mutate("activateMilestone", id=planned)) == SUSPENDED
    assert world.bookings() == before
    reactivate(table, parties.vendor_company_id)
    assert world.mutate("activateMilestone", id=planned).data


def test_no_checkout_begins_for_the_suspended(market_world: MilestonesWorld) -> None:
    parties, table = market_world.contract.parties, market_world.souk.table
    planned = market_world.add_milestone()
    for _ in range(2):  # a new checkout, and one that exists
        suspend(table, parties.vendor_company_id)
        assert reason(market_world.mutate("activateMilestone", id=planned)) == SUSPENDED
        reactivate(table, parties.vendor_company_id)
        assert market_world.mutate("activateMilestone", id=planned).data
