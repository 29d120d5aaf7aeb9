"""Amounts of offers and milestones are in the smallest unit; those in the major unit are refused with the right one."""

from typing import Any

import pytest

from tests.support.worlds.jobs import fixed_price, hourly
from tests.support.worlds.milestones import MilestonesWorld
from tests.support.worlds.offers import OffersWorld


def rate(amount: str) -> dict[str, Any]:
    return {"hourlyRateTerms": {"vendorRate": {"amount": amount, "currency": "USD"}}}


def price(amount: str) -> dict[str, Any]:
    money = {"amount": amount, "currency": "USD"}
    return {"milestoneTerms": {"budget": money, "milestoneList": [{"amount": money, "description": "All of it"}]}}


def test_decimal_amount_is_refused_with_the_right_one(world: OffersWorld) -> None:
    refused = world.try_offer(world.offer_input(world.post_job(), **rate("45.50")))
    (field,) = refused.error["extensions"]["fields"]
    assert field["path"] == "offerInput.hourlyRateTerms.vendorRate.amount"
    assert "give 4550 for 45.50 USD" in field["message"]


def test_decimal_deposit_is_refused_with_the_right_one(souk: Any) -> None:
    world = MilestonesWorld(souk)
    refused = world.mutate("createMilestoneV2", contractId=world.contract.id, description="A", depositAmount="100.00")
    assert "input.depositAmount: amounts here are in the smallest unit of USD: give 10000" in refused.error["message"]
    for wrong in ("-5", "1,250", "ten", "1e3"):
        refused = world.mutate("createMilestoneV2", contractId=world.contract.id, description="A", depositAmount=wrong)
        assert "such as 1000 for 10.00 USD" in refused.error["message"], wrong


def test_payment_of_hundredth_names_the_price(souk: Any) -> None:
    world = MilestonesWorld(souk)
    id_ = world.add_submitted_milestone(10_000)
    refused = world.mutate("approveMilestone", id=id_, paidAmount="100")
    assert "which is 10000 here (100.00 USD)" in refused.error["message"]


def test_rate_of_proposal_in_major_unit_is_refused(world: OffersWorld) -> None:
    job = world.post_job()
    asked = world.add_proposal(job, amount=4_500)
    refused = world.try_offer(world.offer_input(job, **rate("45")))
    (field,) = refused.error["extensions"]["fields"]
    assert "so this is 0.45 USD; give 4500 for 45.00 USD" in field["message"]
    source = {"sourceType": "JobApplication", "sourceId": asked.id, "jobPostingId": job}
    assert world.make_offer(job, metadata=source, **rate("4500"))


@pytest.mark.parametrize(
    ("info", "terms"),
    [(fixed_price(amount="1250.00"), price("1250")), (hourly(hourlyBudgetMax="40.00"), rate("40"))],
)
def test_budget_of_posting_in_major_unit_is_refused(
    world: OffersWorld, info: dict[str, Any], terms: dict[str, Any]
) -> None:
    job = world.post(jobPostingInfo=info)
    refused = world.try_offer(world.offer_input(job, **terms))
    assert "amounts here are in the smallest unit of USD" in refused.error["message"]
