"""The story of hiring, told by API calls alone: in process, and over HTTP to the deployed stack.

Each method is one call that somebody makes. What a call must answer is the tests' to say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.support.clock import CLOCK

Ask = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Sends a document with variables as somebody, and returns the JSON that comes back."""

_MONEY = "{ rawValue currency }"
MILESTONE = f"""{{ id state description sequenceId submissionCount
  depositAmount {_MONEY} fundedAmount {_MONEY} currentEscrowAmount {_MONEY} paid {_MONEY} bonus {_MONEY}
  submissionEvents {{ submission {{ id amount {_MONEY} }} submissionMessage {{ message }}
    revisionMessage {{ message }} }} }}"""
CONTRACT = f"""{{ id title status startDate endDate offerId
  job {{ id content {{ title }} }} freelancer {{ id name }} clientOrganization {{ id name }}
  clientTeam {{ id }} vendorOrganization {{ id name }} hiringManager {{ id }} closingReason {{ id }}
  metadata {{ agencyContract }}
  terms {{ hourlyTerms {{ id hourlyRate {_MONEY} startDate endDate }}
    fixedPriceTerms {{ id fixedAmount {_MONEY} fpCharge {_MONEY} milestones {MILESTONE} }} }}
  hourlyLimits {{ weeklyLimit startDate endDate }} }}"""


@dataclass(frozen=True)
class Actor:
    """Somebody with a token, in the organization that their requests are made for."""

    user_id: str
    organization_id: str
    ask: Ask

    def answer(self, query: str, **variables: Any) -> Any:
        """Return the value of the one root field of a request that must succeed."""
        answer = self.ask(query, variables)
        assert "errors" not in answer, answer
        (value,) = answer["data"].values()
        return value

    def refusal(self, query: str, **variables: Any) -> str:
        """Return the code of a request that must be refused."""
        answer = self.ask(query, variables)
        assert "errors" in answer, answer
        code: str = answer["errors"][0]["extensions"]["code"]
        return code

    # The client's side

    def post_job(self, title: str, *, hourly: bool, **info: Any) -> str:
        """Publish a posting with one screening question, and return its id."""
        categories = self.answer("{ ontologyCategories { id subcategories { id } } }")
        pay = (
            {"type": "HOURLY", "hourlyBudgetType": "MANUAL", "hourlyBudgetMin": "20", "hourlyBudgetMax": "60"}
            if hourly
            else {"type": "FIXED_PRICE", "amount": "1000"}
        )
        request = {
            "organizationId": self.organization_id,
            "jobPostingInfo": {
                "title": title,
                "description": f"{title}, from the first sketch to the last word.",
                "groupId": categories[0]["id"],
                "categoryId": categories[0]["subcategories"][0]["id"],
                "experienceLevel": "EXPERT",
                "access": "PUBLIC_INDEX",
                **pay,
                **info,
            },
            "questions": [{"question": "When can you begin?"}],
        }
        posted = self.answer(
            """mutation ($request: JobPostingCreateRequest!) {
              createJobPosting(jobPostingRequest: $request) { id } }""",
            request=request,
        )
        return str(posted["id"])

    def invite(self, job_id: str, freelancer: "Actor") -> str:
        """Invite somebody, and return the id of the invitation."""
        return str(
            self.answer(
                """mutation ($request: ClientJobInvitationCreateRequestInput!) {
                  createClientJobInvitation(clientJobInvitationCreateRequest: $request) }""",
                request={"jobPostingId": job_id, "freelancerId": freelancer.user_id, "invitationLetter": "Come!"},
            )
        )

    def shortlist(self, job_id: str, proposal_id: str) -> Any:
        """Put a proposal on the shortlist."""
        return self.answer(
            """mutation ($request: ClientProposalShortlistRequest) {
              shortlistClientProposal(clientProposalShortlistRequest: $request) {
                status proposal { id annotations status { status } } } }""",
            request={"proposalId": proposal_id, "jobPostingId": job_id, "shortlisted": True},
        )

    def write_to(self, job_id: str, proposal_id: str, message: str) -> Any:
        """Begin the conversation about a proposal."""
        return self.answer(
            """mutation ($request: ClientProposalMessageRequest) {
              messageClientProposal(clientProposalMessageRequest: $request) { proposal { status { status } } } }""",
            request={"proposalId": proposal_id, "jobPostingId": job_id, "message": message},
        )

    def client_proposals(self, job_id: str) -> Any:
        """Return the proposals to a posting as the client sees them."""
        return self.answer(
            """query ($id: ID!) { clientProposals(jobPostingId: $id, pagination: {first: 50}) {
              totalCount edges { node { id coverLetter status { status } annotations
                user { id name } organization { id name } terms { chargeRate { rawValue } } } } } }""",
            id=job_id,
        )

    def offer(self, job_id: str, proposal_id: str | None, freelancer: "Actor", **fields: Any) -> Any:
        """Make an offer upon a proposal, or upon the posting; `fields` say how it is paid."""
        source = {"sourceType": "JobApplication", "sourceId": proposal_id, "jobPostingId": job_id}
        if proposal_id is None:
            source = {"sourceType": "JobPosting", "sourceId": job_id}
        return self.answer(CREATE_OFFER, input=self.offer_input(freelancer, source, **fields))["offer"]

    def offer_input(self, freelancer: "Actor", source: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """Return a CreationOfferInput."""
        return {
            "kind": "Vanilla",
            "offeror": "Client",
            "clientTeamId": self.organization_id,
            "vendorUser": {"userId": freelancer.user_id, "teamId": freelancer.organization_id},
            "metadata": source,
            "title": "The work as agreed",
            "description": "As we said.",
            "contractStartDateTime": (CLOCK.market() + timedelta(minutes=1)).isoformat(timespec="seconds"),
            "deliveryModel": "TalentMarketplace",
            **fields,
        }

    def milestone(self, mutation: str, type_name: str, **fields: Any) -> Any:
        """Call one of the mutations of milestones that answer the milestone."""
        return self.answer(
            f"mutation ($input: {type_name}) {{ {mutation}(input: $input) {MILESTONE} }}",
            input=fields,
        )

    def activate(self, milestone_id: str) -> Any:
        """Fund a milestone."""
        return self.milestone("activateMilestone", "ActivateMilestoneInput", id=milestone_id)

    def approve(self, milestone_id: str, **fields: Any) -> Any:
        """Approve what was submitted, and pay; amounts are in cents."""
        return self.milestone("approveMilestone", "ApproveMilestoneInput!", id=milestone_id, **fields)

    def reject(self, submission_id: str, note: str) -> Any:
        """Ask for a change of what was submitted."""
        return self.answer(
            """mutation ($input: RejectMilestoneSubmissionInput) {
              rejectSubmittedMilestone(input: $input) { response } }""",
            input={"id": submission_id, "noteToContractor": note},
        )

    def end_as_client(self, contract_id: str, reason: str, **fields: Any) -> Any:
        """End a contract for the client."""
        return self.answer(
            """mutation ($id: ID!, $input: EndContractInput!) {
              endContractByClient(contractId: $id, input: $input) { success } }""",
            id=contract_id,
            input={"reasonRef": reason, **fields},
        )

    # The freelancer's side

    def propose(self, job_id: str, amount: str, **fields: Any) -> str:
        """Apply to a posting, answering its questions, and return the proposal's id."""
        return str(self.answer(CREATE_PROPOSAL, input=self.proposal(job_id, amount, **fields))["newProposalId"])

    def proposal(self, job_id: str, amount: str, **fields: Any) -> dict[str, Any]:
        """Return a CreateJobProposalInput that answers the questions of `post_job`."""
        questions = self.answer(
            """query ($id: ID!) { marketplaceJobPosting(id: $id) {
              contractorSelection { proposalRequirement { screeningQuestions { sequenceNumber question } } } } }""",
            id=job_id,
        )["contractorSelection"]["proposalRequirement"]["screeningQuestions"]
        return {
            "jobPostingId": job_id,
            "coverLetter": "I have done this before.",
            "chargedAmount": {"amount": amount, "currency": "USD"},
            "answers": [{"questionId": str(one["sequenceNumber"]), "answer": "On Monday."} for one in questions],
            **fields,
        }

    def accept_invitation(self, invitation_id: str, amount: str) -> Any:
        """Apply by an invitation."""
        return self.answer(
            """mutation ($input: AcceptJobInvitationInput!) {
              acceptJobInvitation(input: $input) { id status { status } } }""",
            input={"invitationId": invitation_id, "chargedAmount": {"amount": amount, "currency": "USD"}},
        )

    def accept(self, offer_id: str) -> Any:
        """Accept an offer, and return the contract."""
        return self.answer(ACCEPT_OFFER, input={"offerId": offer_id})["contract"]

    def submit(self, milestone_id: str, message: str) -> Any:
        """Submit work."""
        return self.milestone("submitMilestone", "SubmitMilestoneInput!", id=milestone_id, message=message)

    def end_as_freelancer(self, contract_id: str, reason: str, **fields: Any) -> Any:
        """End a contract for the freelancer's side."""
        return self.answer(
            """mutation ($id: ID!, $input: EndContractInput!) {
              endContractByFreelancer(contractId: $id, input: $input) { success } }""",
            id=contract_id,
            input={"reasonRef": reason, **fields},
        )

    # Both sides

    def contract(self, contract_id: str) -> Any:
        """Return a contract."""
        return self.answer(f"query ($id: ID!) {{ contractDetails(id: $id) {CONTRACT} }}", id=contract_id)

    def review(self, contract_id: str, stars: int, comment: str) -> Any:
        """Say what one's side thinks of the other."""
        scores = ("availability", "communication", "cooperation", "deadlines", "quality", "skills")
        feedback = {f"{name}Score": stars for name in scores} | {"comment": comment}
        return self.answer(
            f"mutation ($input: ContractFeedbackInput!) {{ submitContractFeedback(input: $input) {FEEDBACK} }}",
            input={"contractId": contract_id, "feedback": feedback},
        )

    def feedback(self, term_id: str) -> Any:
        """Return what both sides say of each other, as far as this one may know."""
        return self.answer(f"query ($id: ID!) {{ contract(id: $id) {{ feedback {FEEDBACK} }} }}", id=term_id)[
            "feedback"
        ]


FEEDBACK = "{ clientFeedback { score comment } freelancerFeedback { score comment } }"
CREATE_PROPOSAL = """mutation ($input: CreateJobProposalInput!) { createJobProposal(input: $input) {
  newProposalId status proposal { id } } }"""
CREATE_OFFER = """mutation ($input: CreationOfferInput!) { createOffer(offerInput: $input) {
  offer { id state title contractId milestoneTerms { milestones { id state } } } } }"""
ACCEPT_OFFER = f"""mutation ($input: AcceptOfferInput!) {{ acceptOffer(input: $input) {{
  offer {{ id state }} contract {CONTRACT} }} }}"""


def hourly(rate_in_cents: str, limit: str | None = "20") -> dict[str, Any]:
    """Return the terms of work by the hour."""
    return {"hourlyRateTerms": {"vendorRate": {"amount": rate_in_cents, "currency": "USD"}, "weeklyLimit": limit}}


def fixed(*prices_in_cents: int) -> dict[str, Any]:
    """Return the terms of work at a fixed price, in milestones."""
    return {
        "milestoneTerms": {
            "budget": {"amount": str(sum(prices_in_cents)), "currency": "USD"},
            "milestoneList": [
                {"amount": {"amount": str(price), "currency": "USD"}, "description": f"Part {number}"}
                for number, price in enumerate(prices_in_cents, 1)
            ],
        }
    }
