"""The test world of proposals: jobs, freelancers, an agency, and their calls."""

from functools import cached_property
from typing import Any

from souk.authentication.principal import Role
from souk.domains.identity.model import Organization, OrganizationLegacyType, OrganizationType, User
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.market.model import Activity
from souk.domains.market.store import ACTIVITY
from souk.domains.proposals.commands.applying import add_proposal
from souk.domains.proposals.model import JobInvitation, Proposal
from souk.domains.proposals.rules.states import Action
from souk.domains.proposals.store import INVITATIONS, PROPOSALS
from souk.storage.transaction import OUTBOX, Event
from tests.support.api import Answer, Person, Souk, person
from tests.support.clock import new_id
from tests.support.worlds.jobs import LISBON, JobsWorld, fixed_price, hourly, organization, user

AGENCY, CREW, GARAGE = "3002", "3003", "3004"
ADA, IVY = "507", "508"
_VENDOR = {"legacy_type": OrganizationLegacyType.VENDOR}

FIELDS = """id user { id } organization { id } coverLetter annotations
  terms { chargeRate { rawValue currency } estimatedDuration { id label } upfrontPaymentPercent }
  answers { questionId question answer } attachments { id fileName contentLength contentType link }
  projectPlan { id milestones { description dueDate amount } }
  auditDetails { createdByUser { id } modifiedByUser { id }
    createdDateTime { rawValue displayValue } modifiedDateTime { rawValue } }
  status { status reason { id reason description } }"""
VENDORS = f"{{ {FIELDS} proposalCoverLetter marketplaceJobPosting {{ id content {{ title }} }} }}"
CLIENTS = f"{{ {FIELDS} job {{ id content {{ title }} }} }}"
RESULT = f"{{ status proposal {CLIENTS} }}"


class ProposalsWorld(JobsWorld):
    """The API with its people, and methods for their calls."""

    def __init__(self, souk: Souk) -> None:
        super().__init__(souk)
        tx = souk.table.transaction()
        for one in self._more_organizations():
            tx.create(ORGANIZATIONS, one)
        for somebody in self._more_people():
            tx.create(USERS, somebody)
        tx.commit()

    @staticmethod
    def _more_organizations() -> list[Organization]:
        return [
            organization(AGENCY, "Agency", **_VENDOR),
            organization(CREW, "Agency Crew", company_id=AGENCY, parent_id=AGENCY, **_VENDOR),
            organization(GARAGE, "Ivy", type=OrganizationType.SOLE_PROPRIETOR, **_VENDOR),
        ]

    @staticmethod
    def _more_people() -> list[User]:
        return [user(ADA, "Ada", AGENCY, LISBON), user(IVY, "Ivy", GARAGE, LISBON)]

    @cached_property
    def ada(self) -> Person:
        """An agency's owner."""
        return person(self.souk, ADA, AGENCY)

    @cached_property
    def ivy(self) -> Person:
        """A freelancer with an organization of her own."""
        return person(self.souk, IVY, GARAGE)

    @cached_property
    def ivy_of_agency(self) -> Person:
        """Ivy as a plain member of the agency's crew."""
        return person(self.souk, IVY, CREW, company_id=AGENCY, role=Role.MEMBER)

    # Jobs

    def post_fixed_price(self, **request: Any) -> str:
        """Post a fixed-price job."""
        return self.post(**request)

    def post_hourly(self, *questions: str, **info: Any) -> str:
        """Post an hourly job with screening questions."""
        return self.post(jobPostingInfo=hourly(**info), questions=[{"question": one} for one in questions])

    def post_private(self) -> str:
        """Post a job that only invited freelancers see."""
        return self.post(jobPostingInfo=fixed_price(access="ACCESS_PRIVATE"))

    def close_job(self, job_id: str, who: Person | None = None) -> Answer:
        """Close a job."""
        query = "mutation ($id: ID!) { closeJobPosting(id: $id) { id } }"
        return (who or self.olivia).call(query, {"id": job_id})

    # The freelancer's side

    def try_apply(self, who: Person, job_id: str, amount: str = "40.00", **given: Any) -> Answer:
        """Apply, and return the whole answer."""
        query = f"""mutation ($input: CreateJobProposalInput!) {{ createJobProposal(input: $input) {{
          newProposalId status proposal {VENDORS} }} }}"""
        money = {"amount": amount, "currency": given.pop("currency", "USD")}
        return who.call(query, {"input": {"jobPostingId": job_id, "chargedAmount": money, **given}})

    def apply(self, who: Person, job_id: str, amount: str = "40.00", **given: Any) -> str:
        """Apply, and return the proposal's id."""
        made: str = self.try_apply(who, job_id, amount, **given).data["createJobProposal"]["newProposalId"]
        return made

    def update_proposal(self, who: Person, proposal_id: str, **given: Any) -> Answer:
        """Update a proposal."""
        query = f"mutation ($input: UpdateJobProposalInput!) {{ updateJobProposal(input: $input) {VENDORS} }}"
        return who.call(query, {"input": {"id": proposal_id, **given}})

    def withdraw(self, who: Person, proposal_id: str, **given: Any) -> Answer:
        """Withdraw a proposal."""
        query = f"mutation ($input: WithdrawJobProposalInput!) {{ withdrawJobProposal(input: $input) {VENDORS} }}"
        return who.call(query, {"input": {"id": proposal_id, **given}})

    def vendor_proposal(self, who: Person, proposal_id: str) -> Any:
        """Return a proposal as its freelancer sees it."""
        query = f"query ($id: ID!) {{ vendorProposal(id: $id) {VENDORS} }}"
        return who.call(query, {"id": proposal_id}).data["vendorProposal"]

    def accept_invitation(self, who: Person, invitation_id: str, amount: str = "900", **given: Any) -> Answer:
        """Accept an invitation."""
        query = f"mutation ($input: AcceptJobInvitationInput!) {{ acceptJobInvitation(input: $input) {VENDORS} }}"
        money = {"amount": amount, "currency": "USD"}
        return who.call(query, {"input": {"invitationId": invitation_id, "chargedAmount": money, **given}})

    def decline_invitation(self, who: Person, invitation_id: str, **given: Any) -> Answer:
        """Decline an invitation."""
        query = "mutation ($input: DeclineJobInvitationInput!) { declineJobInvitation(input: $input) }"
        return who.call(query, {"input": {"invitationId": invitation_id, **given}})

    # The client's side

    def client_proposal(self, who: Person, proposal_id: str) -> Any:
        """Return a proposal as its client sees it."""
        query = f"query ($id: ID!) {{ clientProposal(id: $id) {CLIENTS} }}"
        return who.call(query, {"id": proposal_id}).data["clientProposal"]

    def act_on(self, who: Person, verb: str, job_id: str, proposal_id: str, **given: Any) -> Answer:
        """Call a client mutation on a proposal: decline, hide, read, message or shortlist."""
        name = {"read": "markClientProposalAsRead"}.get(verb, f"{verb}ClientProposal")
        argument = f"clientProposal{verb.capitalize()}Request"
        optional = "!" if verb == "hide" else ""
        kind = f"ClientProposal{verb.capitalize()}Request{optional}"
        query = f"mutation ($request: {kind}) {{ {name}({argument}: $request) {RESULT} }}"
        return who.call(query, {"request": {"proposalId": proposal_id, "jobPostingId": job_id, **given}})

    def try_invite(self, who: Person, job_id: str, freelancer_id: str, **given: Any) -> Answer:
        """Invite a freelancer, and return the whole answer."""
        query = """mutation ($request: ClientJobInvitationCreateRequestInput!) {
          createClientJobInvitation(clientJobInvitationCreateRequest: $request) }"""
        return who.call(query, {"request": {"jobPostingId": job_id, "freelancerId": freelancer_id, **given}})

    def invite(self, job_id: str, freelancer: Person, **given: Any) -> str:
        """Invite a freelancer, and return the invitation's id."""
        answer = self.try_invite(self.olivia, job_id, freelancer.user_id, **given)
        invitation: str = answer.data["createClientJobInvitation"]
        return invitation

    # Stored data

    def activity(self, job_id: str) -> Activity:
        """Return the activity around a job."""
        return self.souk.table.read_tally(ACTIVITY, job_id)

    def activity_counts(self, job_id: str) -> dict[str, int]:
        """Return the activity counts of a job, without zeros."""
        return {
            name: number for name, number in self.activity(job_id).model_dump().items() if number and name != "version"
        }

    def stored_proposal(self, proposal_id: str) -> Proposal:
        """Return a proposal from the table."""
        found = self.souk.table.get(PROPOSALS, proposal_id)
        assert found is not None
        return found

    def stored_invitation(self, invitation_id: str) -> JobInvitation:
        """Return an invitation from the table."""
        found = self.souk.table.get(INVITATIONS, invitation_id)
        assert found is not None
        return found

    def copy_proposal(self, proposal: Proposal, number: int) -> None:
        """Store copies of a proposal, each of another person."""
        for at in range(number):
            copied = proposal.model_copy(
                update={
                    "id": new_id(),
                    "parties": proposal.parties.model_copy(update={"vendor_user_id": f"9{at:05}"}),
                }
            )
            tx = self.souk.table.transaction()
            add_proposal(tx, copied, Action.APPLY)
            tx.commit()

    def event_names(self, about: str, entity: str) -> list[str]:
        """Return the names of the events about an entity, in order."""
        return [one.action for one in self._events() if one.id == about and one.entity == entity]

    def events_about(self, about: str) -> list[Event]:
        """Return the events about an entity, in order."""
        return [one for one in self._events() if one.id == about]

    def events_named(self, action: str) -> list[tuple[str, str]]:
        """Return the entity names and ids of all events with a name."""
        return [(one.entity, one.id) for one in self._events() if one.action == action]

    def _events(self) -> list[Event]:
        pages = self.souk.table.client.get_paginator("scan").paginate(TableName=self.souk.table.name)
        items = [item for page in pages for item in page["Items"] if item["SK"]["S"] == "EVENT"]
        return sorted((OUTBOX.decode(item) for item in items), key=lambda one: one.event_id)

    def event_names_of_both_sides(self, about: str) -> tuple[list[str], list[str]]:
        """Return the names of a proposal's events on the freelancer's and on the client's side."""
        return self.event_names(about, "Vendor JA"), self.event_names(about, "Client JA")
