"""Whole tales of hiring, each checked at every step for each of the parties, and for a stranger.

They are told twice: in process (`tests/domains/test_tales.py`) and by the deployed stack (`tests/e2e/test_hiring.py`).
"""

from dataclasses import dataclass

from tests.support.actor import FEEDBACK, Actor, fixed, hourly

HOURLY_DONE, FIXED_DONE = "1201", "1301"
"""The reasons that the work is done."""


@dataclass(frozen=True)
class Cast:
    """Who takes part."""

    client: Actor
    freelancer: Actor
    stranger: Actor


def hidden_from(stranger: Actor, *, proposal: str = "", offer: str = "", contract: str = "") -> None:
    """Check that somebody who has no part in it does not get to know of it, by any query."""
    if proposal:
        for query in ("clientProposal", "vendorProposal"):
            assert stranger.answer(f"query ($id: ID!) {{ {query}(id: $id) {{ id }} }}", id=proposal) is None
    if offer:
        assert stranger.answer("query ($id: ID!) { offer(id: $id) { id title } }", id=offer) is None
        found = stranger.answer(
            """query ($filter: SearchOffersByAttributesInput!) { offersByAttributes(filter: $filter) {
              offers { id } } }""",
            filter={"ids": [stranger.user_id, proposal or offer], "searchAttribute": "JobApplication"},
        )
        assert found == {"offers": []}
    if contract:
        details = "query ($id: ID!) { contractDetails(id: $id) { id title } }"
        assert stranger.refusal(details, id=contract) == "NOT_FOUND"
        listed = stranger.answer("query ($ids: [ID!]) { contractList(ids: $ids) { contracts { id } } }", ids=[contract])
        assert listed == {"contracts": []}


def proposed(cast: Cast, job: str, amount: str) -> str:
    """A freelancer applies, is written to and put on the shortlist, which is none of their business."""
    client, freelancer = cast.client, cast.freelancer
    proposal = freelancer.propose(job, amount)
    own = """query ($id: ID!) { vendorProposal(id: $id) {
      id status { status } annotations terms { chargeRate { rawValue } } } }"""
    assert freelancer.answer(own, id=proposal) == {
        "id": proposal,
        "status": {"status": "Accepted"},
        "annotations": [],
        "terms": {"chargeRate": {"rawValue": amount}},
    }
    (edge,) = client.client_proposals(job)["edges"]
    assert edge["node"]["id"] == proposal
    assert edge["node"]["status"] == {"status": "Created"}
    assert edge["node"]["user"]["id"] == freelancer.user_id
    assert edge["node"]["organization"]["id"] == freelancer.organization_id
    assert client.shortlist(job, proposal)["proposal"]["annotations"] == ["Shortlisted"]
    assert client.write_to(job, proposal, "When could we talk?")["proposal"]["status"] == {"status": "Activated"}
    seen = freelancer.answer(own, id=proposal)
    assert (seen["status"], seen["annotations"]) == ({"status": "Activated"}, [])
    hidden_from(cast.stranger, proposal=proposal)
    return proposal


def paid_by_the_hour(cast: Cast, title: str) -> str:
    """Post, propose, offer, accept, change the limit, pause, go on, end; each side reviews. Returns the contract."""
    client, freelancer = cast.client, cast.freelancer
    job = client.post_job(title, hourly=True)
    proposal = proposed(cast, job, "45.00")
    offer = client.offer(job, proposal, freelancer, **hourly("4500"), closeOnAccept=True)
    assert offer["state"] == "Active"
    seen = freelancer.answer(
        """query ($id: ID!) { offer(id: $id) { state type job { id } vendorProposal { id status { status } }
          offerTerms { hourlyTerms { rate { rawValue } weeklyHoursLimit } } } }""",
        id=offer["id"],
    )
    assert seen["offerTerms"]["hourlyTerms"] == {"rate": {"rawValue": "45.00"}, "weeklyHoursLimit": 20}
    assert seen["vendorProposal"] == {"id": proposal, "status": {"status": "Offered"}}
    hidden_from(cast.stranger, proposal=proposal, offer=offer["id"])
    made = freelancer.accept(offer["id"])
    contract = made["id"]
    for party in (client, freelancer):
        shown = party.contract(contract)
        assert (shown["status"], shown["offerId"]) == ("ACTIVE", offer["id"])
        assert shown["job"]["id"] == job
        assert shown["freelancer"]["id"] == freelancer.user_id
        assert [one["hourlyRate"]["rawValue"] for one in shown["terms"]["hourlyTerms"]] == ["45.00"]
        assert [one["weeklyLimit"] for one in shown["hourlyLimits"]] == ["20"]
    hidden_from(cast.stranger, offer=offer["id"], contract=contract)
    client.answer(
        """mutation ($id: ID!) { updateContractHourlyLimit(contractId: $id,
          updateHourlyLimitRequest: {weeklyLimit: "30"}) { success } }""",
        id=contract,
    )
    assert freelancer.contract(contract)["hourlyLimits"][-1]["weeklyLimit"] == "30"
    pause = 'mutation ($id: ID!) { pauseContract(contractId: $id, message: "A break") { success } }'
    restart = "mutation ($id: ID!) { restartContract(contractId: $id) { success } }"
    assert freelancer.refusal(pause, id=contract) == "FORBIDDEN"
    client.answer(pause, id=contract)
    assert freelancer.contract(contract)["status"] == "PAUSED"
    assert client.refusal(pause, id=contract) == "CONFLICT"
    client.answer(restart, id=contract)
    assert freelancer.contract(contract)["status"] == "ACTIVE"
    freelancer.end_as_freelancer(contract, HOURLY_DONE)
    assert client.contract(contract)["status"] == "CLOSED"
    reviewed(cast, contract, shown["terms"]["hourlyTerms"][0]["id"])
    return str(contract)


def at_a_fixed_price(cast: Cast, title: str) -> str:
    """Post, invite, apply, offer, accept, fund, submit, reject, submit again, approve with a bonus, end, review.

    The client is one that pays on account, so that milestones are funded at once. Returns the contract.
    """
    client, freelancer = cast.client, cast.freelancer
    job = client.post_job(title, hourly=False, access="ACCESS_PRIVATE")
    invitation = client.invite(job, freelancer)
    accepted = freelancer.accept_invitation(invitation, "1000.00")
    assert accepted["status"] == {"status": "Activated"}
    proposal = accepted["id"]
    hidden_from(cast.stranger, proposal=proposal)
    offer = client.offer(job, proposal, freelancer, **fixed(60_000, 40_000))
    assert [one["state"] for one in offer["milestoneTerms"]["milestones"]] == ["InOffer", "InOffer"]
    contract = freelancer.accept(offer["id"])["id"]
    first, second = client.contract(contract)["terms"]["fixedPriceTerms"][0]["milestones"]
    assert (first["state"], second["state"]) == ("NotFunded", "NotFunded")
    submit = "mutation ($input: SubmitMilestoneInput!) { submitMilestone(input: $input) { id } }"
    assert freelancer.refusal(submit, input={"id": first["id"]}) == "CONFLICT"
    funded = client.activate(first["id"])
    assert (funded["state"], funded["currentEscrowAmount"]["rawValue"]) == ("Active", "600.00")
    submitted = freelancer.submit(first["id"], "Here it is.")
    assert submitted["state"] == "Submitted"
    submission = submitted["submissionEvents"][0]["submission"]["id"]
    assert client.reject(submission, "A little more blue, please.") == {"response": True}
    (rejected, _) = freelancer.contract(contract)["terms"]["fixedPriceTerms"][0]["milestones"]
    assert rejected["state"] == "Rejected"
    assert rejected["submissionEvents"][0]["revisionMessage"] == {"message": "A little more blue, please."}
    freelancer.submit(first["id"], "Blue.")
    paid = client.approve(first["id"], paidAmount="60000", bonusAmount="5000", paymentComment="Well done.")
    assert (paid["state"], paid["paid"]["rawValue"], paid["bonus"]["rawValue"]) == ("Paid", "600.00", "50.00")
    assert paid["currentEscrowAmount"]["rawValue"] == "0.00"
    client.activate(second["id"])
    freelancer.end_as_freelancer(contract, FIXED_DONE)
    shown = client.contract(contract)
    assert shown["status"] == "CLOSED"
    states = [one["state"] for one in shown["terms"]["fixedPriceTerms"][0]["milestones"]]
    assert states == ["Paid", "CancelledByFreelancer"]
    reviewed(cast, contract, shown["terms"]["fixedPriceTerms"][0]["id"])
    hidden_from(cast.stranger, proposal=proposal, offer=offer["id"], contract=contract)
    return str(contract)


def reviewed(cast: Cast, contract: str, term: str) -> None:
    """Each side says what it thinks of the other, and neither sees the other's words before both are in."""
    client, freelancer, stranger = cast.client, cast.freelancer, cast.stranger
    client.review(contract, 5, "Splendid.")
    assert client.feedback(term)["clientFeedback"] == {"score": 5.0, "comment": "Splendid."}
    assert freelancer.feedback(term) == {"clientFeedback": None, "freelancerFeedback": None}
    freelancer.review(contract, 4, "Clear and prompt.")
    both = {
        "clientFeedback": {"score": 5.0, "comment": "Splendid."},
        "freelancerFeedback": {"score": 4.0, "comment": "Clear and prompt."},
    }
    assert client.feedback(term) == freelancer.feedback(term) == both
    contract_of = f"query ($id: ID!) {{ contract(id: $id) {{ feedback {FEEDBACK} }} }}"
    assert stranger.answer(contract_of, id=term) is None
