"""Random steps of hiring by several parties, valid and invalid: the table stays consistent."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.actor import ACCEPT_OFFER, CREATE_OFFER, CREATE_PROPOSAL, MILESTONE, Actor, fixed, hourly
from tests.support.api import Souk
from tests.support.audit import audit, audit_tallies

STEPS = 260
EXPECTED = {"CONFLICT", "NOT_FOUND", "FORBIDDEN", "UNPROCESSABLE_CONTENT"}
"""The error codes of steps that are not possible."""


class Walk:
    """Random steps on the ids so far, by random people, usually ones with permission."""

    def __init__(self, seed: int, people: dict[str, Actor]) -> None:
        self.draw = random.Random(seed)  # noqa: S311 - the same steps in every run
        self.clients = [people["olivia@acme.test"], people["omar@rival.test"]]
        self.vendors = [people["sofia@studio.test"], people["mia@pixelagency.test"]]
        self.people = [*self.clients, *self.vendors]
        self.jobs = [
            (client, client.post_job("Work", hourly=by_hour)) for client in self.clients for by_hour in (False, True)
        ]
        self.proposals: list[tuple[str, str]] = [("1", "1")]
        self.offers, self.contracts = ["1"], ["1"]
        self.milestones, self.submissions, self.invitations = ["1"], ["1"], ["1"]
        self.refusals: dict[str, int] = {}
        self.successes: dict[str, int] = {}

    def step(self) -> None:
        """Take one step."""
        act: Callable[[], tuple[str, dict[str, Any]]] = self.draw.choice(STEPS_BY_WEIGHT).__get__(self)
        name, answer = act()
        if "errors" in answer:
            code = answer["errors"][0]["extensions"]["code"]
            assert code in EXPECTED, (name, answer)
            self.refusals[name] = self.refusals.get(name, 0) + 1
        else:
            self.successes[name] = self.successes.get(name, 0) + 1

    def one(self, likely: list[Actor]) -> Actor:
        """Return a person with permission, or sometimes anybody."""
        return self.draw.choice(likely if self.draw.random() < 0.8 else self.people)

    def recent(self, ids: list[Any]) -> Any:
        """Return one of the latest ids."""
        return self.draw.choice(ids[-4:])

    def propose(self) -> tuple[str, dict[str, Any]]:
        somebody = self.one(self.vendors)
        client, job = self.draw.choice(self.jobs)
        if self.draw.random() < 0.2:
            self.jobs.append((client, client.post_job("More work", hourly=self.draw.random() < 0.5)))
        amount = self.draw.choice(["50.00", "1000.00", "0", "-1", "12.345"])
        answer = somebody.ask(CREATE_PROPOSAL, {"input": somebody.proposal(job, amount)})
        if "errors" not in answer:
            self.proposals.append((answer["data"]["createJobProposal"]["newProposalId"], job))
        return "propose", answer

    def withdraw(self) -> tuple[str, dict[str, Any]]:
        proposal, _ = self.recent(self.proposals)
        query = "mutation ($input: WithdrawJobProposalInput!) { withdrawJobProposal(input: $input) { id } }"
        return "withdraw", self.one(self.vendors).ask(query, {"input": {"id": proposal}})

    def decline(self) -> tuple[str, dict[str, Any]]:
        proposal, job = self.recent(self.proposals)
        query = """mutation ($r: ClientProposalDeclineRequest) {
          declineClientProposal(clientProposalDeclineRequest: $r) { status } }"""
        return "decline", self.one(self.clients).ask(query, {"r": {"proposalId": proposal, "jobPostingId": job}})

    def offer(self) -> tuple[str, dict[str, Any]]:
        client, vendor = self.one(self.clients), self.one(self.vendors)
        proposal, job = self.recent(self.proposals)
        if self.draw.random() < 0.3:
            source = {"sourceType": "JobPosting", "sourceId": self.recent(self.jobs)[1]}
        else:
            source = {"sourceType": "JobApplication", "sourceId": proposal, "jobPostingId": job}
        terms = self.draw.choice([hourly("5000"), fixed(30_000, 20_000), fixed(30_000, 20_000), fixed(1), {}])
        answer = client.ask(CREATE_OFFER, {"input": client.offer_input(vendor, source, **terms)})
        if "errors" not in answer:
            self.offers.append(answer["data"]["createOffer"]["offer"]["id"])
        return "offer", answer

    def accept(self) -> tuple[str, dict[str, Any]]:
        answer = self.one(self.vendors).ask(ACCEPT_OFFER, {"input": {"offerId": self.recent(self.offers)}})
        if "errors" not in answer:
            contract = answer["data"]["acceptOffer"]["contract"]
            self.contracts.append(contract["id"])
            for term in contract["terms"]["fixedPriceTerms"] or ():
                self.milestones += [one["id"] for one in term["milestones"]]
        return "accept", answer

    def refuse(self) -> tuple[str, dict[str, Any]]:
        if self.draw.random() < 0.5:
            query = "mutation ($input: DeclineOfferInput!) { declineOffer(input: $input) }"
            return "decline offer", self.one(self.vendors).ask(query, {"input": {"offerId": self.recent(self.offers)}})
        query = "mutation ($input: WithdrawOfferInput!) { withdrawOffer(input: $input) }"
        return "withdraw offer", self.one(self.clients).ask(query, {"input": {"offerId": self.recent(self.offers)}})

    def _milestone(self, name: str, type_name: str, who: list[Actor], **fields: Any) -> tuple[str, dict[str, Any]]:
        query = f"mutation ($input: {type_name}) {{ {name}(input: $input) {MILESTONE} }}"
        answer = self.one(who).ask(query, {"input": {"id": self.recent(self.milestones), **fields}})
        if "errors" not in answer:
            (shown,) = answer["data"].values()
            self.submissions += [event["submission"]["id"] for event in shown["submissionEvents"]]
        return name, answer

    def add(self) -> tuple[str, dict[str, Any]]:
        query = f"mutation ($input: CreateMilestoneInput!) {{ createMilestoneV2(input: $input) {MILESTONE} }}"
        amount = self.draw.choice(["10000", "0", "-5", "1e9"])
        fields = {"contractId": self.recent(self.contracts), "description": "More", "depositAmount": amount}
        answer = self.one(self.clients).ask(query, {"input": fields})
        if "errors" not in answer:
            self.milestones.append(answer["data"]["createMilestoneV2"]["id"])
        return "add", answer

    def fund(self) -> tuple[str, dict[str, Any]]:
        return self._milestone("activateMilestone", "ActivateMilestoneInput", self.clients)

    def submit(self) -> tuple[str, dict[str, Any]]:
        return self._milestone("submitMilestone", "SubmitMilestoneInput!", self.vendors, message="Look.")

    def approve(self) -> tuple[str, dict[str, Any]]:
        amount = self.draw.choice(["30000", "20000", "10000", "12345", "0", "-1"])
        fields: dict[str, Any] = {"paidAmount": amount}
        if amount in {"10000", "12345"}:  # a reason is refused unless the amount is less than the price
            fields["underpaymentReason"] = "Less was done."
        if self.draw.random() < 0.3:
            fields["bonusAmount"] = self.draw.choice(["1", "999", "-1"])
        return self._milestone("approveMilestone", "ApproveMilestoneInput!", self.clients, **fields)

    def reject(self) -> tuple[str, dict[str, Any]]:
        query = """mutation ($input: RejectMilestoneSubmissionInput) {
          rejectSubmittedMilestone(input: $input) { response } }"""
        fields = {"id": self.recent(self.submissions), "noteToContractor": "Once more."}
        return "reject", self.one(self.clients).ask(query, {"input": fields})

    def change(self) -> tuple[str, dict[str, Any]]:
        name = self.draw.choice(["pauseContract", "restartContract"])
        query = f"mutation ($id: ID!) {{ {name}(contractId: $id) {{ success }} }}"
        return name, self.one(self.clients).ask(query, {"id": self.recent(self.contracts)})

    def pay(self) -> tuple[str, dict[str, Any]]:
        query = "mutation ($input: CustomPaymentInput) { sendCustomPayment(input: $input) { invoiceId } }"
        fields = {
            "contractId": self.recent(self.contracts),
            "amount": self.draw.choice([10.01, 0.0, -1.0, 33.333]),
            "comment": "Thanks",
            "notes": "",
            "type": "BONUS",
            "allowSubsequent": True,
        }
        return "pay", self.one(self.clients).ask(query, {"input": fields})

    def end(self) -> tuple[str, dict[str, Any]]:
        name, who = self.draw.choice([("endContractByClient", self.clients), ("endContractByFreelancer", self.vendors)])
        query = (
            f"mutation ($id: ID!, $input: EndContractInput!) {{ {name}(contractId: $id, input: $input) {{ success }} }}"
        )
        fields = {"reasonRef": self.draw.choice(["1201", "1301"])}
        return name, self.one(who).ask(query, {"id": self.recent(self.contracts), "input": fields})


STEPS_BY_WEIGHT = [
    *[Walk.propose] * 3,
    Walk.withdraw,
    Walk.decline,
    *[Walk.offer] * 4,
    *[Walk.accept] * 4,
    Walk.refuse,
    Walk.add,
    *[Walk.fund] * 7,
    *[Walk.submit] * 6,
    *[Walk.approve] * 6,
    Walk.reject,
    Walk.change,
    Walk.pay,
    Walk.end,
]


@pytest.mark.parametrize("seed", [2, 11])
def test_random_steps_keep_table_consistent(souk: Souk, actors: dict[str, Actor], seed: int) -> None:
    walk = Walk(seed, actors)
    for _ in range(STEPS):
        walk.step()
    audit_tallies(souk.table, audit(souk.table))
    assert {"propose", "offer", "accept", "activateMilestone", "approveMilestone"} <= walk.successes.keys()
    assert {"propose", "accept", "activateMilestone"} <= walk.refusals.keys()
