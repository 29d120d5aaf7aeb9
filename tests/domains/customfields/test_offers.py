"""Answers of offers: notes, copies of the posting's answers, and their life until the contract."""

from typing import Any

import pytest
from botocore.client import BaseClient

from souk.domains.customfields.store import SHEETS
from souk.domains.milestones.store import MILESTONES
from souk.domains.offers.model import CustomAnswer
from souk.domains.offers.store import OFFERS
from tests.domains.customfields.support import ARCHIVE, answers, query
from tests.support.api import Person
from tests.support.worlds.jobs import ACME, DESIGN, OLIVIA, RIVAL, SERVICE, hourly
from tests.support.worlds.offers import ACCEPT, FIXED, OffersWorld

OFFER = """query ($id: ID!) { offer(id: $id) {
  customFields { edges { node { responseId labelSnap displayValueSnap stale firstContractId } } }
  offerFeatures { purchaseOrder { id orderNumber amount { rawValue } aclType aclSpecification archived placeHolder
    createdAtDateTime creator { id } description expiresAtDateTime } } } }"""


def values(who: Person, **conditions: Any) -> list[tuple[Any, str]]:
    return [(one["labelSnap"], one["displayValueSnap"]) for one in answers(who, **conditions)]


def posted(world: OffersWorld, *responses: tuple[str, str]) -> str:
    given = [{"customFieldId": field, "value": value} for field, value in responses]
    return world.post(jobPostingInfo=hourly(), customFields={"responses": given})


def test_answers_go_from_posting_to_contract(world: OffersWorld) -> None:
    cost, room = world.define("Cost centre"), world.define("Room", aclType="TEAM", teamId=DESIGN)
    colour = world.define("Colour", "DROP_DOWN_LIST", options=["red", {"value": "blue", "displayValue": "Blue!"}])
    job = posted(world, (cost, "1"), (room, "2"), (colour, "red"))
    given = [{"key": colour, "value": "blue"}, {"key": "note", "value": "mine"}, None]
    offer = world.make_offer(job, customFields=given)
    expected = [("Cost centre", "1"), ("Room", "2"), ("Colour", "Blue!"), ("note", "mine")]
    assert sorted(values(world.olivia, offerIds=[offer])) == sorted(expected)
    assert values(world.olivia, jobPostingIds=[job]) == [("Cost centre", "1"), ("Room", "2"), ("Colour", "red")]
    copied = {one["labelSnap"]: one for one in answers(world.olivia, offerIds=[offer])}
    note = copied["note"]
    assert (note["id"], note["typeSnap"], note["aclSnap"]) == (None, "TEXT_FIELD", "COMPANY")
    assert (note["creator"], note["stale"]) == ({"id": OLIVIA}, False)
    assert {(one["offerId"], one["jobPostingId"], one["firstContractId"]) for one in copied.values()} == {
        (offer, None, None)
    }
    assert copied["Cost centre"]["responseId"] not in [
        one["responseId"] for one in answers(world.olivia, jobPostingIds=[job])
    ]
    assert copied["Room"]["aclSnap"] == f"TEAM:{DESIGN}"
    contract = world.accept_offer(offer)
    found = answers(world.olivia, firstContractIds=[contract])
    assert found == [one | {"firstContractId": contract, "rollupAssignmentId": contract} for one in found]
    assert [one["responseId"] for one in found] == [one["responseId"] for one in copied.values()]
    assert answers(world.olivia, rollupAssignmentIds=[contract]) == found
    assert answers(world.olivia, rollupAssignmentIds=[contract], firstContractIds=["1"]) == []
    shown = world.olivia.call(OFFER, {"id": offer}).data["offer"]["customFields"]["edges"]
    assert {edge["node"]["firstContractId"] for edge in shown} == {contract}
    for stranger in (world.sofia, world.omar):
        for name, id_ in (("offerIds", offer), ("firstContractIds", contract), ("organizationIds", ACME)):
            assert values(stranger, **{name: [id_]}) == []
    assert world.sofia.call(OFFER, {"id": offer}).data["offer"]["customFields"]["edges"] == []


def test_impossible_answers_of_offers_are_refused(world: OffersWorld) -> None:
    cost, old = world.define("Cost centre"), world.define("Old")
    site = world.define("Site", "NUMERIC")
    world.olivia.call(ARCHIVE, {"id": old})
    many = posted(world, (cost, "1"))
    for given, path in (
        ([{"key": site, "value": "x"}], ".0.value"),
        ([{"key": old, "value": "x"}], ".0.key"),
        ([{"key": cost, "value": "1"}, {"key": cost, "value": "2"}], ".1"),
        ([{"key": "k" * 101, "value": "x"}], ".0.key"),
        ([{"key": "k", "value": "x" * 1_001}], ".0.value"),
        ([{"key": f"k{at}", "value": "x"} for at in range(50)], ""),
    ):
        refused = world.try_offer(world.offer_input(many, customFields=given))
        assert refused.code == "UNPROCESSABLE_CONTENT"
        assert refused.error["extensions"]["fields"][0]["path"] == f"offerInput.customFields{path}"
    assert world.events_of("OFFER") == []


def test_number_of_purchase_order(world: OffersWorld) -> None:
    number = world.define("Purchase order", "PO_NUMBER")
    offer = world.make_offer(posted(world, (number, "PO-1")), kind="Enterprise", contractStartDateTime="2030-01-01")
    shown = world.olivia.call(OFFER, {"id": offer}).data["offer"]
    order = shown["offerFeatures"]["purchaseOrder"]
    assert (order["orderNumber"], order["amount"], order["aclType"]) == ("PO-1", {"rawValue": "0.00"}, "HMS_IN_COMPANY")
    assert order["creator"] == {"id": OLIVIA}
    assert world.sofia.call(OFFER, {"id": offer}).data["offer"]["offerFeatures"] == {"purchaseOrder": None}
    direct = {"sourceType": "Direct", "occupationId": SERVICE}
    without = world.make_offer(kind="Enterprise", contractStartDateTime="2030-01-01", metadata=direct)
    assert world.olivia.call(OFFER, {"id": without}).data["offer"]["offerFeatures"] == {"purchaseOrder": None}


def test_conditions_of_custom_fields(world: OffersWorld) -> None:
    cost = world.define("Cost centre")
    colour = world.define("Colour", "DROP_DOWN_LIST", options=["red", "blue"])
    first, second = posted(world, (cost, "1"), (colour, "red")), posted(world, (cost, "2"), (colour, "blue"))
    everything = answers(world.olivia, organizationIds=[ACME])
    assert [one["displayValueSnap"] for one in everything] == ["1", "red", "2", "blue"]
    red = everything[1]
    assert answers(world.olivia, responseIds=[red["responseId"], "4711"]) == [red]
    assert answers(world.olivia, itemIds=[red["itemId"]]) == [red]
    assert values(world.olivia, ids=[cost]) == [("Cost centre", "1"), ("Cost centre", "2")]
    assert values(world.olivia, ids=[cost], jobPostingIds=[second, first, first]) == values(world.olivia, ids=[cost])
    assert values(world.olivia, ids=[cost], itemIds=[red["itemId"]]) == []
    for nothing in ("byoInvitationIds", "buyItNowIds", "questionnaireResponsesIds", "offerIds"):
        assert values(world.olivia, **{nothing: [first]}) == []
    assert answers(world.olivia, ids=[cost], jobPostingIds=[]) == []
    assert len(answers(world.olivia, organizationIds=[RIVAL])) == len(everything), "the company's are always included"
    assert world.olivia.call(query("responseId"), {"input": {}}).code == "UNPROCESSABLE_CONTENT"
    assert answers(world.omar, jobPostingIds=[first]) == answers(world.omar, organizationIds=[ACME]) == []

    def page(**page: int) -> Any:
        return world.olivia.call(query("displayValueSnap"), {"input": {"organizationIds": [ACME]}, **page})

    assert [one["displayValueSnap"] for one in page(offset=1, limit=2).data["customFields"]] == ["red", "2"]
    for wrong in ({"offset": -1}, {"limit": 0}, {"limit": 101}):
        assert page(**wrong).code == "UNPROCESSABLE_CONTENT"
    ids = [str(at) for at in range(101)]
    assert world.olivia.call(query("responseId"), {"input": {"ids": ids}}).code == "UNPROCESSABLE_CONTENT"


def test_offers_show_answers_in_flat_round_trips(world: OffersWorld) -> None:
    cost = world.define("Cost centre")
    number = world.define("Purchase order", "PO_NUMBER")
    shown = """{ customFields { edges { node { displayValueSnap stale creator { id } } } }
      offerFeatures { purchaseOrder { orderNumber creator { id } } } }"""
    contracts, trips = list[str](), list[int]()
    for _ in "ab":
        for _ in "ab":
            offer = world.make_offer(
                posted(world, (cost, "1"), (number, "PO-1")), kind="Enterprise", contractStartDateTime="2030-01-01"
            )
            contracts.append(world.accept_offer(offer))
        listing = f"query ($ids: [ID!]!) {{ contractList(ids: $ids) {{ contracts {{ offer {shown} }} }} }}"
        answer = world.olivia.call(listing, {"ids": contracts})
        trips.append(answer.trips)
        offers = [one["offer"] for one in answer.data["contractList"]["contracts"]]
        assert [len(one["customFields"]["edges"]) for one in offers] == [2] * len(contracts)
        assert {one["offerFeatures"]["purchaseOrder"]["orderNumber"] for one in offers} == {"PO-1"}
    assert trips[0] == trips[1]


def test_acceptance_of_a_large_offer_is_one_transaction(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """25 milestones and 50 answers: the answers are one item."""
    fields = [{"key": f"note {at}", "value": "x" * 1_000} for at in range(50)]
    job = world.post_job(by_the_hour=False)
    world.add_proposal(job)
    offer = world.make_offer(job, customFields=fields, **FIXED)
    one, *_ = world.milestones(offer)
    tx = world.souk.table.transaction()
    more = [one.model_copy(update={"id": str(1_000 + at), "sequence": 3 + at}) for at in range(23)]
    for milestone in more:
        tx.create(MILESTONES, milestone)
    stored = world.stored_offer(offer)
    ids = (*stored.milestone_ids, *(each.id for each in more))
    tx.update(OFFERS, stored.model_copy(update={"milestone_ids": ids}))
    tx.commit()
    sizes, call_aws = list[int](), BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001

    def call(self: BaseClient, name: str, arguments: dict[str, Any]) -> Any:
        if name == "TransactWriteItems":
            sizes.append(len(arguments["TransactItems"]))
        return call_aws(self, name, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    contract = world.accept_offer(offer)
    assert len(world.milestones(offer)) == 25
    assert max(sizes) <= 75, "each milestone takes two, and the answers take one; workflow tasks need the rest of 100"
    assert len(answers(world.olivia, "responseId", firstContractIds=[contract])) == 20
    sheet = world.souk.table.get(SHEETS, offer)
    assert sheet is not None
    assert len(sheet.answers) == 50


def test_acceptance_brings_earlier_answers_along(world: OffersWorld) -> None:
    offer = world.make_offer(world.post_job())
    stored = world.stored_offer(offer)
    tx = world.souk.table.transaction()
    tx.update(OFFERS, stored.model_copy(update={"custom_fields": (CustomAnswer(key="room", value="12"),)}))
    tx.commit()
    assert values(world.olivia, offerIds=[offer]) == []
    contract = world.accept_offer(offer)
    (answer,) = answers(world.olivia, firstContractIds=[contract])
    assert (answer["labelSnap"], answer["displayValueSnap"], bool(answer["responseId"])) == ("room", "12", True)
    assert world.sofia.call(ACCEPT, {"input": {"offerId": offer}}).code == "CONFLICT"
