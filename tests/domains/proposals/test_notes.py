"""Reasons and messages of declining, withdrawing and hiding a proposal."""

from typing import Any

import pytest

from tests.support.api import Person
from tests.support.worlds.jobs import fixed_price, hourly
from tests.support.worlds.proposals import ProposalsWorld

CLIENT = "query ($id: ID!) { clientProposal(id: $id) { hiddenReason { id description } status { message } } }"
VENDOR = "query ($id: ID!) { vendorProposal(id: $id) { status { message reason { id } } } }"


def client_view(world: ProposalsWorld, proposal: str) -> dict[str, Any]:
    seen: dict[str, Any] = world.olivia.call(CLIENT, {"id": proposal}).data["clientProposal"]
    return seen


def vendor_view(who: Person, proposal: str) -> dict[str, Any]:
    seen: dict[str, Any] = who.call(VENDOR, {"id": proposal}).data["vendorProposal"]
    return seen


@pytest.mark.parametrize("reason", [None, "1803"])
def test_freelancer_reads_message_of_decline(world: ProposalsWorld, reason: str | None) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    assert world.act_on(world.olivia, "decline", job, proposal, reason=reason, message="Next time!").data
    expected = {"message": "Next time!", "reason": reason and {"id": reason}}
    assert vendor_view(world.sofia, proposal)["status"] == expected
    assert client_view(world, proposal)["status"] == {"message": "Next time!"}


def test_client_reads_message_of_withdrawal(world: ProposalsWorld) -> None:
    proposal = world.apply(world.sofia, world.post_fixed_price())
    assert world.withdraw(world.sofia, proposal, message="I am ill").data
    assert client_view(world, proposal)["status"] == {"message": "I am ill"}


def test_client_reads_reason_of_hiding(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    assert client_view(world, proposal)["hiddenReason"] is None
    world.act_on(world.olivia, "hide", job, proposal, hide=True, hideReason="Enough")
    assert client_view(world, proposal)["hiddenReason"] == {"id": "1810", "description": "Enough"}
    world.act_on(world.olivia, "hide", job, proposal, hide=True, hideByClientReasonId="1803")
    assert client_view(world, proposal)["hiddenReason"]["id"] == "1803", "a new reason replaces the old one"
    world.act_on(world.olivia, "hide", job, proposal, hide=False)
    assert client_view(world, proposal)["hiddenReason"] is None
    assert world.event_names_of_both_sides(proposal)[1][2:] == ["ClientHide", "ClientUnhide"]


def test_reason_to_show_again_is_refused(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    refused = world.act_on(world.olivia, "hide", job, proposal, hide=False, hideReason="Enough")
    assert refused.code == "UNPROCESSABLE_CONTENT"


@pytest.mark.parametrize(
    ("info", "amount", "right"),
    [
        (fixed_price(amount="1250.50"), "125050", "1250.50"),
        (hourly(hourlyBudgetMin="25.00", hourlyBudgetMax="40.00"), "4000", "40.00"),
    ],
)
def test_price_in_smallest_unit_is_refused(
    world: ProposalsWorld, info: dict[str, Any], amount: str, right: str
) -> None:
    job = world.post(jobPostingInfo=info)
    refused = world.try_apply(world.sofia, job, amount)
    (field,) = refused.error["extensions"]["fields"]
    assert field["path"] == "input.chargedAmount.amount"
    assert f"give {right}." in field["message"]
    assert world.try_apply(world.sofia, job, right).data


def test_hidden_budget_is_not_compared(world: ProposalsWorld) -> None:
    job = world.post(jobPostingInfo=fixed_price(amount="1250.50", hideBudget=True))
    assert world.try_apply(world.sofia, job, "125050").data
