"""A client that hires and a freelancer who is hired: what tests of offers and what follows from them begin with."""

from dataclasses import dataclass
from typing import Any

from souk.domains.agreements.model import Parties
from souk.domains.jobs.model import Job
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import ACTIVITY, RELATIONS, activity_key
from souk.domains.milestones.model import Milestone
from souk.domains.milestones.store import milestones_of
from souk.domains.offers.model import Offer
from souk.domains.offers.store import OFFERS
from souk.domains.proposals.model import ClientStatus, Proposal, VendorStatus
from souk.domains.proposals.store import PROPOSALS
from souk.storage.transaction import OUTBOX
from tests.support.api import Answer, Person
from tests.support.clock import new_id
from tests.support.worlds.jobs import ACME, OLIVIA, SINCE, SOFIA, STUDIO, JobsWorld, fixed_price, hourly

CREATE = """mutation ($input: CreationOfferInput!) { createOffer(offerInput: $input) { offer { id } } }"""
ACCEPT = """mutation ($input: AcceptOfferInput!) { acceptOffer(input: $input) { offer { id } contract { id } } }"""
DECLINE = "mutation ($input: DeclineOfferInput!) { declineOffer(input: $input) }"
WITHDRAW = "mutation ($input: WithdrawOfferInput!) { withdrawOffer(input: $input) }"
HOURLY = {"hourlyRateTerms": {"vendorRate": {"amount": "4500", "currency": "USD"}, "weeklyLimit": "20"}}
FIXED = {
    "milestoneTerms": {
        "budget": {"amount": "100000", "currency": "USD"},
        "milestoneList": [
            {"amount": {"amount": "60000", "currency": "USD"}, "description": "First", "dueDate": "2030-01-31"},
            {"amount": {"amount": "40000", "currency": "USD"}, "description": "Second"},
        ],
    }
}


@dataclass
class OffersWorld(JobsWorld):
    """The market, with short ways to where a story begins. Olivia hires for Acme, and Sofia works for herself."""

    def __post_init__(self) -> None:
        super().__post_init__()
        assert self.sofia  # somebody can be hired who is a member of the organization that they work in

    def job(self, *, by_the_hour: bool = True, **info: Any) -> str:
        """Publish a posting of Acme's."""
        return self.post(jobPostingInfo=hourly(**info) if by_the_hour else fixed_price(**info))

    def proposal(self, job_id: str, **changes: Any) -> Proposal:
        """Put a proposal of Sofia's into the table, as applying leaves it."""
        parties = Parties(
            client_user_id=OLIVIA,
            client_team_id=ACME,
            client_company_id=ACME,
            vendor_user_id=SOFIA,
            vendor_team_id=STUDIO,
            vendor_company_id=STUDIO,
        )
        proposal = Proposal(
            **{
                "id": new_id(),
                "job_id": job_id,
                "parties": parties,
                "hourly": True,
                "amount": 4_000,
                "currency": "USD",
                "vendor_status": VendorStatus.ACCEPTED,
                "client_status": ClientStatus.CREATED,
                "created": SINCE,
                "modified": SINCE,
                "created_by_id": SOFIA,
                "modified_by_id": SOFIA,
                **changes,
            }
        )
        tx = self.souk.table.transaction()
        stored = tx.create(PROPOSALS, proposal)
        applied = Relation(kind=RelationKind.APPLICATION, target_id=job_id, user_id=SOFIA, record_id=proposal.id)
        tx.create(RELATIONS, applied)
        tx.tally(ACTIVITY, activity_key(job_id), proposals=1)
        tx.commit()
        return stored

    def offer_input(self, job_id: str | None = None, **fields: Any) -> dict[str, Any]:
        """Return a CreationOfferInput, from a posting where there is one; by the hour unless told otherwise."""
        source = {"sourceType": "JobPosting", "sourceId": job_id} if job_id else {"sourceType": "Direct"}
        terms = {} if fields.keys() & {"hourlyRateTerms", "milestoneTerms", "stipendTerms"} else HOURLY
        return {
            "kind": "Vanilla",
            "offeror": "Client",
            "clientTeamId": ACME,
            "vendorUser": {"userId": SOFIA, "teamId": STUDIO},
            "metadata": source,
            "title": "Keep our servers running",
            "deliveryModel": "TalentMarketplace",
            **terms,
            **fields,
        }

    def create(self, wanted: dict[str, Any], who: Person | None = None) -> Answer:
        """Ask for an offer."""
        return (who or self.olivia).call(CREATE, {"input": wanted})

    def offered(self, job_id: str | None = None, **fields: Any) -> str:
        """Make an offer, and return its id."""
        id_: str = self.create(self.offer_input(job_id, **fields)).data["createOffer"]["offer"]["id"]
        return id_

    def accept(self, offer_id: str, who: Person | None = None) -> Answer:
        """Accept an offer."""
        return (who or self.sofia).call(ACCEPT, {"input": {"offerId": offer_id}})

    def accepted(self, offer_id: str) -> str:
        """Accept an offer, and return the contract's id."""
        id_: str = self.accept(offer_id).data["acceptOffer"]["contract"]["id"]
        return id_

    def offer(self, offer_id: str) -> Offer:
        """Return an offer as it is stored."""
        found = self.souk.table.get(OFFERS, offer_id, consistent=True)
        assert found is not None
        return found

    def proposal_now(self, proposal_id: str) -> Proposal:
        """Return a proposal as it is stored."""
        found = self.souk.table.get(PROPOSALS, proposal_id, consistent=True)
        assert found is not None
        return found

    def job_now(self, job_id: str) -> Job:
        """Return a posting as it is stored."""
        found = self.souk.table.get(JOBS, job_id, consistent=True)
        assert found is not None
        return found

    def milestones(self, offer_id: str) -> list[Milestone]:
        """Return the milestones of an offer as they are stored."""
        return milestones_of(self.souk.table, offer_id)

    def told(self, *entities: str) -> list[tuple[str, str]]:
        """Return what was told of some entities, in order."""
        items = self.souk.table.client.scan(TableName=self.souk.table.name)["Items"]
        events = sorted(
            (OUTBOX.decode(one) for one in items if one["SK"]["S"] == "EVENT"), key=lambda one: one.event_id
        )
        return [(one.entity, one.action) for one in events if one.entity in entities]
