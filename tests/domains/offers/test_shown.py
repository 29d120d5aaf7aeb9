"""What a client gives with an offer is shown to those it is meant for, or refused."""

from typing import Any

import pytest

from tests.support.api import Person
from tests.support.worlds.files import confirmed_file
from tests.support.worlds.jobs import ACME, BUILD, CATEGORY, DESIGN, RIVAL, SERVICE, STUDIO
from tests.support.worlds.offers import OffersWorld

SHOWN = """query ($id: ID!, $organizations: [ID!]) { offer(id: $id) {
  metadata { occupationUid sourceType } closeJobPostingOnAccept
  attachments { id fileName contentLength contentType createdDateTime link }
  scheduledRateIncrease { amount { rawValue currency } cadenceMonths nextDateTime }
  location { workType country { id name } state city addressLine suite zip description flexible
    flexibilityDescription }
  payroll { talentCloudId purchaseOrderId assets } lastEvent { reasonId message lastEventTime }
  milestones { attachments { fileName } }
  customFields(organizationIds: $organizations) { edges { node {
    responseId id labelSnap displayValueSnap createdDateTime { rawValue displayValue } } } }
} }"""
BY_JOB = """query ($filter: SearchOffersByAttributesInput!) { offersByAttributes(filter: $filter) { offers {
  attachments attachedFiles { fileName link } } } }"""
PLACE = {
    "workType": "PERMANENT",
    "country": "Germany",
    "state": "Berlin",
    "city": "Berlin",
    "description": "Near the canal",
    "flexible": True,
    "flexibilityDescription": "Twice a week",
    "address": {"addressLine": "Rosenweg 1", "suite": "2", "zip": "10999"},
}


def shown(who: Person, offer_id: str, **arguments: Any) -> dict[str, Any]:
    found: dict[str, Any] = who.call(SHOWN, {"id": offer_id, **arguments}).data["offer"]
    return found


def test_both_sides_see_raises_and_place(world: OffersWorld) -> None:
    id_ = world.make_offer(
        world.post_job(), scheduledRateIncrease={"rate": "2.50", "cadenceMonths": 6}, offerLocation=PLACE
    )
    for who in (world.olivia, world.sofia):
        found = shown(who, id_)
        assert found["scheduledRateIncrease"] == {
            "amount": {"rawValue": "2.50", "currency": "USD"},
            "cadenceMonths": 6,
            "nextDateTime": None,
        }
        address = PLACE["address"]
        assert isinstance(address, dict)
        place = {name: value for name, value in PLACE.items() if name != "address"} | address
        assert found["location"] == place | {"country": {"id": "2921044", "name": "Germany"}}


def test_client_alone_sees_cloud_and_custom_fields(world: OffersWorld) -> None:
    world.cloud_of_sofia()
    id_ = world.make_offer(
        world.post_job(),
        offerPayroll={"talentCloudId": "77", "purchaseOrderId": "78", "assets": ["laptop"]},
        customFields=[{"key": "cost centre", "value": "4711"}],
    )
    client, freelancer = shown(world.olivia, id_), shown(world.sofia, id_)
    assert client["payroll"] == {"talentCloudId": "77", "purchaseOrderId": "78", "assets": ["laptop"]}
    assert freelancer["payroll"] == {"talentCloudId": None, "purchaseOrderId": None, "assets": ["laptop"]}
    (answer,) = (edge["node"] for edge in client["customFields"]["edges"])
    assert (answer["id"], answer["labelSnap"], answer["displayValueSnap"]) == (None, "cost centre", "4711")
    assert answer["responseId"]
    assert answer["createdDateTime"]["displayValue"]
    assert freelancer["customFields"]["edges"] == []


def test_custom_fields_of_organizations(world: OffersWorld) -> None:
    id_ = world.make_offer(world.post_job(), customFields=[{"key": "cost centre", "value": "4711"}])
    assert len(shown(world.olivia, id_, organizations=[ACME, DESIGN, BUILD])["customFields"]["edges"]) == 1
    for other in (RIVAL, STUDIO, "4711"):  # they add nothing, and the company's are always shown
        assert len(shown(world.olivia, id_, organizations=[other])["customFields"]["edges"]) == 1, other


def test_both_sides_open_files_of_offer(world: OffersWorld, bucket: str) -> None:
    brief, plan = (confirmed_file(world.souk.table, ACME, name) for name in ("brief.pdf", "plan.pdf"))
    money = {"amount": "5000", "currency": "USD"}
    job = world.post_job()
    terms = {"budget": money, "milestoneList": [{"amount": money, "description": "All", "attachments": [plan]}]}
    id_ = world.make_offer(job, attachments=[brief], milestoneTerms=terms)
    for who in (world.olivia, world.sofia):
        found = shown(who, id_)
        (file,) = found["attachments"]
        assert (file["id"], file["fileName"], file["contentLength"]) == (brief, "brief.pdf", 4_321)
        assert bucket in file["link"]
        assert found["milestones"] == [{"attachments": [{"fileName": "plan.pdf"}]}]
        asked = {"filter": {"searchAttribute": "JobPosting", "ids": [job]}}
        (listed,) = who.call(BY_JOB, asked).data["offersByAttributes"]["offers"]
        assert (listed["attachments"], listed["attachedFiles"][0]["fileName"]) == ([brief], "brief.pdf")


def test_occupation_is_kept(world: OffersWorld) -> None:
    job = world.post_job()
    source = {"sourceType": "JobPosting", "sourceId": job, "occupationId": SERVICE}
    id_ = world.make_offer(job, metadata=source)
    assert shown(world.sofia, id_)["metadata"]["occupationUid"] == SERVICE


@pytest.mark.parametrize(
    ("metadata", "path"),
    [
        ({"occupationId": "4711"}, "offerInput.metadata.occupationId"),
        ({"checkoutId": "4711"}, "offerInput.metadata.checkoutId"),
    ],
)
def test_source_that_is_not_supported_is_refused(world: OffersWorld, metadata: dict[str, str], path: str) -> None:
    job = world.post_job()
    refused = world.try_offer(world.offer_input(metadata={"sourceType": "JobPosting", "sourceId": job} | metadata))
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert [one["path"] for one in refused.error["extensions"]["fields"]] == [path]


def test_direct_offer_has_no_posting_to_close(world: OffersWorld) -> None:
    source = {"sourceType": "Direct", "occupationId": CATEGORY}
    refused = world.try_offer(world.offer_input(metadata=source, closeOnAccept=True))
    assert [one["path"] for one in refused.error["extensions"]["fields"]] == ["offerInput.closeOnAccept"]
    assert world.make_offer(metadata=source, closeOnAccept=False)


@pytest.mark.parametrize("reason", [None, "OFFER_WITHDRAW_REASON_NO_LONGER_HIRING_FOR_THE_JOB"])
def test_freelancer_sees_why_offer_was_withdrawn(world: OffersWorld, reason: str | None) -> None:
    id_ = world.make_offer(world.post_job())
    asked = {"offerId": id_, "message": "Plans have changed", "withdrawalReason": reason}
    withdraw = "mutation ($input: WithdrawOfferInput!) { withdrawOffer(input: $input) }"
    assert world.olivia.call(withdraw, {"input": asked}).data["withdrawOffer"]
    event = shown(world.sofia, id_)["lastEvent"]
    assert (event["reasonId"], event["message"]) == (reason, "Plans have changed")


@pytest.mark.parametrize("reason", [None, "701"])
def test_client_sees_why_offer_was_declined(world: OffersWorld, reason: str | None) -> None:
    id_ = world.make_offer(world.post_job())
    reasons = "{ reasons(reasonType: OFFER_DECLINE) { id } }"
    known = world.sofia.call(reasons).data["reasons"][0]["id"] if reason else None
    decline = "mutation ($input: DeclineOfferInput!) { declineOffer(input: $input) }"
    asked = {"offerId": id_, "message": "Too far away", "reasonId": known}
    assert world.sofia.call(decline, {"input": asked}).data["declineOffer"]
    event = shown(world.olivia, id_)["lastEvent"]
    assert (event["reasonId"], event["message"]) == (known, "Too far away")
