"""Orders of gigs: payment by checkout, visibility, work, rejection, approval and end."""

from datetime import timedelta
from typing import Any

import pytest

from souk.authentication.records import MEMBERSHIPS
from souk.domains.identity.model import OrganizationLegacyType
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.ledger.model import AccountKind
from souk.domains.market.model import RelationKind
from souk.domains.market.store import RELATIONS
from souk.domains.payments.deployment import provider
from souk.domains.payments.model import OrderState
from souk.domains.payments.store import ORDERS
from souk.domains.payments.web import application
from souk.domains.reference.rules import reasons
from souk.web.signing import Signer
from tests.accounts.browser import Browser
from tests.support.api import Person, person
from tests.support.audit import audit
from tests.support.clock import CLOCK
from tests.support.worlds.gig_orders import PRICE, GigOrdersWorld
from tests.support.worlds.jobs import OLIVIA, RIVAL, SOFIA, STUDIO, organization
from tests.support.worlds.milestones import KINDS, SHOWN

FEE = 1_253
"""The client's fee: five percent, rounded."""
END = """mutation ($id: ID!, $reason: String!) {
  endContractByClient(contractId: $id, input: {reasonRef: $reason}) { __typename } }"""
LISTS = {
    "client": """query ($filter: OfferSearchCommonFilter) { organization {
      list: clientOffers(offerByClientFilter: {commonFilter: $filter}, pagination: {first: 9}) { edges { node {
        id title type state milestoneState catalogProject contractDetails { id } } } } } }""",
    "freelancer": """query ($filter: OfferSearchCommonFilter) { user {
      list: offer(offerForFreelancerFilter: {commonFilter: $filter}, pagination: {first: 9}) { edges { node {
        id title type state milestoneState catalogProject contractDetails { id } } } } } }""",
}


@pytest.fixture
def browser(orders_world: GigOrdersWorld) -> Browser:
    """Return a browser for the checkout pages."""
    signer = Signer(lambda: b"a key that only tests use")
    return Browser(application(orders_world.souk.tables["contracts"], signer, provider), base="https://localhost")


def mutate(field: str, who: Person, **given: Any) -> Any:
    """Call a mutation of milestones by its name."""
    shown = "{ response }" if field == "rejectSubmittedMilestone" else SHOWN
    return who.call(f"mutation ($input: {KINDS[field]}) {{ {field}(input: $input) {shown} }}", {"input": given})


def end(who: Person, contract_id: str) -> None:
    """End a contract for its client."""
    reason = next(one.id for one in reasons("CONTRACT_END_FIXED"))
    assert who.call(END, {"id": contract_id, "reason": reason}).data


# By a checkout


def test_client_without_account_pays_by_checkout(orders_world: GigOrdersWorld, browser: Browser) -> None:
    made = orders_world.order_for_rival()
    checkout = made["milestone"]["checkout"]
    assert made["contract"]["status"] == "ACTIVE"
    assert (made["milestone"]["state"], checkout["state"]) == ("NotFunded", "OPEN")
    assert checkout["amount"] == {"rawValue": "263.03", "currency": "MAD"}
    page = browser.get(checkout["url"])
    assert "Milestone 1: Basic logo" in page.text
    assert "Paid. Thank you." in browser.submit(page, button="decision=pay").text
    milestone = orders_world.stored_milestone(made["milestone"]["id"])
    assert (milestone.state, milestone.escrow, milestone.charged_fee) == ("Active", PRICE, FEE)
    assert orders_world.balance(AccountKind.FUNDS, RIVAL) == 0
    assert orders_world.balance(AccountKind.ESCROW, made["contract"]["id"]) == PRICE
    audit(orders_world.souk.table)


def test_repeated_key_returns_same_checkout(orders_world: GigOrdersWorld, browser: Browser) -> None:
    made = orders_world.order_for_rival(idempotencyKey="once")
    assert orders_world.order_for_rival(idempotencyKey="once") == made
    browser.submit(browser.get(made["milestone"]["checkout"]["url"]), button="decision=pay")
    again = orders_world.order_for_rival(idempotencyKey="once")["milestone"]
    assert (again["state"], again["checkout"]["state"], again["checkout"]["url"]) == ("Active", "FULFILLED", None)
    audit(orders_world.souk.table)


def test_refused_checkout_can_be_replaced(orders_world: GigOrdersWorld, browser: Browser) -> None:
    made = orders_world.order_for_rival()["milestone"]
    assert "refused" in browser.submit(browser.get(made["checkout"]["url"]), button="decision=refuse").text
    assert orders_world.stored_milestone(made["id"]).state == "NotFunded"
    again = mutate("activateMilestone", orders_world.omar, id=made["id"]).data["activateMilestone"]["checkout"]
    assert again["id"] != made["checkout"]["id"]
    assert "Paid" in browser.submit(browser.get(again["url"]), button="decision=pay").text
    audit(orders_world.souk.table)


def test_activate_before_payment_returns_same_checkout(orders_world: GigOrdersWorld) -> None:
    made = orders_world.order_for_rival()["milestone"]
    assert mutate("activateMilestone", orders_world.omar, id=made["id"]).data["activateMilestone"]["checkout"] == {
        **made["checkout"],
        "reason": None,
        "amount": {"rawValue": "263.03", "currency": "MAD"},
        "expiresDateTime": orders_world.souk.table.get(ORDERS, made["checkout"]["id"]).expires,  # type: ignore[union-attr]
    }


def test_unopened_checkout_expires(orders_world: GigOrdersWorld) -> None:
    made = orders_world.order_for_rival()["milestone"]
    later = CLOCK.market() + timedelta(hours=24)
    orders_world.souk.run_due(later)
    order = orders_world.souk.table.get(ORDERS, made["checkout"]["id"])
    assert order is not None
    assert order.state is OrderState.EXPIRED
    assert orders_world.stored_milestone(made["id"]).state == "NotFunded"


def test_repeated_key_after_deletion_conflicts(orders_world: GigOrdersWorld) -> None:
    made = orders_world.order_for_rival(idempotencyKey="once")
    deleted = "mutation ($id: ID!) { deleteMilestone(input: {id: $id}) }"
    assert orders_world.omar.call(deleted, {"id": made["milestone"]["id"]}).data
    refused = orders_world.try_order(orders_world.omar, clientTeamId=RIVAL, idempotencyKey="once")
    assert refused.code == "CONFLICT"
    assert "was deleted" in refused.error["message"]
    assert len(orders_world.contracts()) == 1


def test_freelancer_sees_no_checkout(orders_world: GigOrdersWorld) -> None:
    made = orders_world.order_for_rival()
    query = "query ($id: ID!) { contractDetails(id: $id) { offer { milestones { id state checkout { id } } } } }"
    (seen,) = orders_world.sofia.call(query, {"id": made["contract"]["id"]}).data["contractDetails"]["offer"][
        "milestones"
    ]
    assert seen == {"id": made["milestone"]["id"], "state": "NotFunded", "checkout": None}


def test_funds_pay_at_once(orders_world: GigOrdersWorld, browser: Browser) -> None:
    made = orders_world.order_for_rival()
    browser.submit(browser.get(made["milestone"]["checkout"]["url"]), button="decision=pay")
    end(orders_world.omar, made["contract"]["id"])
    assert orders_world.balance(AccountKind.FUNDS, RIVAL) == PRICE + FEE
    again = orders_world.order_for_rival()["milestone"]
    assert (again["state"], again["checkout"]) == ("Active", None)
    assert orders_world.balance(AccountKind.FUNDS, RIVAL) == 0
    audit(orders_world.souk.table)


# It lives as every other contract does


def test_revisions_are_limited_and_work_is_approved(orders_world: GigOrdersWorld) -> None:
    contract, milestone = orders_world.order()
    for _ in range(2):
        submitted = mutate("submitMilestone", orders_world.sofia, id=milestone.id, message="Here.").data[
            "submitMilestone"
        ]
        last = submitted["submissionEvents"][-1]["submission"]["id"]
        assert mutate("rejectSubmittedMilestone", orders_world.olivia, id=last, noteToContractor="Greener.").data
    submitted = mutate("submitMilestone", orders_world.sofia, id=milestone.id).data["submitMilestone"]
    last = submitted["submissionEvents"][-1]["submission"]["id"]
    refused = mutate("rejectSubmittedMilestone", orders_world.olivia, id=last)
    assert refused.code == "CONFLICT"
    assert "2 times" in refused.error["message"]
    assert mutate("approveMilestone", orders_world.olivia, id=milestone.id, paidAmount=str(PRICE)).data
    assert orders_world.stored_milestone(milestone.id).state == "Paid"
    assert orders_world.balance(AccountKind.ESCROW, contract.id) == 0
    assert orders_world.balance(AccountKind.EARNINGS) == PRICE - 2_505
    assert orders_world.balance(AccountKind.FUNDS) == -PRICE - FEE
    audit(orders_world.souk.table)


def test_client_ends_order_and_gets_refund(orders_world: GigOrdersWorld) -> None:
    contract, milestone = orders_world.order()
    end(orders_world.olivia, contract.id)
    assert orders_world.stored_contract(contract.id).status == "CLOSED"
    assert orders_world.stored_milestone(milestone.id).state == "CancelledByClient"
    assert orders_world.balance(AccountKind.FUNDS) == 0
    audit(orders_world.souk.table)


# Shown to both sides


def test_both_sides_see_catalog_project(orders_world: GigOrdersWorld) -> None:
    contract, milestone = orders_world.order(requirements="A fox.")
    whole = """query ($id: ID!) { contractDetails(id: $id) { id title deliveryModel status kind changingUserType
      terms { fixedPriceTerms { fixedAmount { rawValue currency } milestones { id } } } job { id content { title } }
      freelancer { id } vendorOrganization { id } clientTeam { id }
      offer { id type state deliveryModel offerTerms { fixedPriceTerm { budget { rawValue currency } } } } } }"""
    for who in (orders_world.olivia, orders_world.sofia):
        seen = who.call(whole, {"id": contract.id}).data["contractDetails"]
        assert (seen["deliveryModel"], seen["status"], seen["kind"]) == ("CATALOG_PROJECT", "ACTIVE", None)
        assert seen["changingUserType"] == "CATALOG_PROJECT"
        (term,) = seen["terms"]["fixedPriceTerms"]
        assert term == {"fixedAmount": {"rawValue": "250.50", "currency": "MAD"}, "milestones": [{"id": milestone.id}]}
        assert (seen["freelancer"]["id"], seen["vendorOrganization"]["id"]) == (SOFIA, STUDIO)
        assert seen["job"] == {"id": contract.id, "content": {"title": "Draw a logo"}}
        assert seen["offer"] == {
            "id": contract.offer_id,
            "type": "MARKET_PLACE_FIXED_PRICE",
            "state": "ACCEPTED",
            "deliveryModel": "CatalogProject",
            "offerTerms": {"fixedPriceTerm": {"budget": {"rawValue": "250.50", "currency": "MAD"}}},
        }
    assert orders_world.omar.call(whole, {"id": contract.id}).code == "NOT_FOUND"


def test_order_is_in_lists_of_both_sides(orders_world: GigOrdersWorld) -> None:
    contract, _ = orders_world.order()
    other = orders_world.make_offer(orders_world.post_job())
    for side, who in (("client", orders_world.olivia), ("freelancer", orders_world.sofia)):

        def listed(side: str = side, who: Person = who, **conditions: Any) -> list[dict[str, Any]]:
            (holder,) = who.call(LISTS[side], {"filter": conditions}).data.values()
            return [edge["node"] for edge in holder["list"]["edges"]]

        assert listed(catalogProject=True) == [
            {
                "id": contract.offer_id,
                "title": "Draw a logo",
                "type": "FixedPrice",
                "state": "Active",
                "milestoneState": "Active",
                "catalogProject": True,
                "contractDetails": {"id": contract.id},
            }
        ]
        assert [one["id"] for one in listed(catalogProject=False)] == [other]
        assert {one["id"] for one in listed()} == {contract.offer_id, other}


def test_source_of_order(orders_world: GigOrdersWorld) -> None:
    contract, _ = orders_world.order()
    query = """query ($ids: [ID!]!) { offersByAttributes(filter: {searchAttribute: ClientUser, ids: $ids}) { offers {
      metadata { sourceType sourceId } deliveryModel contractId milestoneTerms { milestones { id } } } } }"""
    (seen,) = orders_world.olivia.call(query, {"ids": [OLIVIA]}).data["offersByAttributes"]["offers"]
    assert seen == {
        "metadata": {"sourceType": "CatalogProjectOrderUid", "sourceId": orders_world.gig_id},
        "deliveryModel": "CatalogProject",
        "contractId": contract.id,
        "milestoneTerms": {"milestones": [{"id": one} for one in contract.milestone_ids]},
    }


# For whom the owner sells


ANOTHER_CLIENT, AGENCY = "3002", "4001"


def move_home(orders_world: GigOrdersWorld, organization_id: str) -> None:
    """Change Sofia's default organization."""
    sofia = orders_world.souk.table.get(USERS, SOFIA)
    assert sofia is not None
    tx = orders_world.souk.table.transaction()
    tx.update(USERS, sofia.model_copy(update={"organization_id": organization_id}))
    tx.commit()


def leave(orders_world: GigOrdersWorld, organization_id: str) -> None:
    """Remove Sofia from an organization."""
    held = orders_world.souk.table.get(MEMBERSHIPS, SOFIA, organization_id)
    assert held is not None
    tx = orders_world.souk.table.transaction()
    tx.delete(MEMBERSHIPS, held)
    tx.commit()


def add_organization(orders_world: GigOrdersWorld, id_: str, **fields: Any) -> None:
    """Add an organization with Sofia as a member."""
    tx = orders_world.souk.table.transaction()
    tx.create(ORGANIZATIONS, organization(id_, "Another", **fields))
    tx.commit()
    person(orders_world.souk, SOFIA, id_)


def test_vendor_is_owners_default_organization(orders_world: GigOrdersWorld) -> None:
    add_organization(orders_world, AGENCY, legacy_type=OrganizationLegacyType.VENDOR)
    assert orders_world.order()[0].parties.vendor_company_id == STUDIO
    move_home(orders_world, AGENCY)
    parties = orders_world.order()[0].parties
    assert (parties.vendor_team_id, parties.vendor_company_id, parties.agency) == (AGENCY, AGENCY, True)
    # The agency's leads may write to the client from now on, and the client to them.
    assert orders_world.souk.table.get(RELATIONS, RelationKind.AGENCY, parties.client_company_id, AGENCY)


def test_vendor_of_owner_with_client_as_default(orders_world: GigOrdersWorld) -> None:
    add_organization(orders_world, ANOTHER_CLIENT)
    add_organization(orders_world, AGENCY, legacy_type=OrganizationLegacyType.VENDOR)
    move_home(orders_world, ANOTHER_CLIENT)
    assert orders_world.order()[0].parties.vendor_company_id == STUDIO
    leave(orders_world, STUDIO)
    assert orders_world.order()[0].parties.vendor_company_id == AGENCY
    leave(orders_world, AGENCY)
    refused = orders_world.try_order()
    assert (refused.code, refused.error["message"]) == ("CONFLICT", "This freelancer takes no orders right now.")
    assert len(orders_world.contracts()) == 2


def test_inactive_organization_takes_no_orders(orders_world: GigOrdersWorld) -> None:
    studio = orders_world.souk.table.get(ORGANIZATIONS, STUDIO)
    assert studio is not None
    tx = orders_world.souk.table.transaction()
    tx.update(ORGANIZATIONS, studio.model_copy(update={"active": False}))
    tx.commit()
    assert orders_world.try_order().code == "CONFLICT"


def test_round_trips_do_not_depend_on_memberships(orders_world: GigOrdersWorld) -> None:
    def trips() -> int:
        before = orders_world.souk.tables["gigs"].trips
        orders_world.order()
        return orders_world.souk.tables["gigs"].trips - before

    orders_world.order()
    alone = trips()
    for number in range(30):
        add_organization(orders_world, f"50{number:02}", legacy_type=OrganizationLegacyType.VENDOR)
    assert trips() == alone <= 14


# Without ever being paid


def test_unpaid_order_ends_without_feedback(orders_world: GigOrdersWorld) -> None:
    """Nobody worked on it, and the freelancer did not accept it in person, so there is no review."""
    contract_id = orders_world.order_for_rival()["contract"]["id"]
    reason = next(one.id for one in reasons("CONTRACT_END_FIXED"))
    wanted = """mutation ($id: ID!, $input: EndContractInput!) {
      endContractByClient(contractId: $id, input: $input) { success } }"""
    review = {"reasonRef": reason, "feedbackInfo": {"skillsScore": 1}}
    assert orders_world.omar.call(wanted, {"id": contract_id, "input": review}).code == "CONFLICT"
    assert orders_world.stored_contract(contract_id).status == "ACTIVE"
    end(orders_world.omar, contract_id)
    submit = "mutation ($input: ContractFeedbackInput!) { submitContractFeedback(input: $input) { __typename } }"
    for who in (orders_world.omar, orders_world.sofia):
        given = {"contractId": contract_id, "feedback": {"skillsScore": 1}}
        assert who.call(submit, {"input": given}).code == "CONFLICT"
