"""A world for the tests of offers: a client that hires, and a freelancer."""

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
    """The market with shorthands for hiring. Olivia hires for Acme, and Sofia works for herself."""

    def __post_init__(self) -> None:
        super().__post_init__()
        assert self.sofia  # only a member of an organization can be hired in it

    def post_job(self, *, by_the_hour: bool = True, **info: Any) -> str:
        """Publish a posting of Acme."""
        return self.post(jobPostingInfo=hourly(**info) if by_the_hour else fixed_price(**info))

    def add_proposal(self, job_id: str, **changes: Any) -> Proposal:
        """Store a proposal of Sofia, with its relation and counts."""
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

    def cloud_of_sofia(self, **fields: Any) -> str:
        """Store a talent cloud of Acme with Sofia in it, and return its id."""
        self.add_clouds("77", **fields)
        self.relate(RelationKind.CLOUD, "77", SOFIA, company_id=ACME)
        return "77"

    def offer_input(self, job_id: str | None = None, **fields: Any) -> dict[str, Any]:
        """Return a CreationOfferInput for a posting, or a direct one. The default is hourly."""
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

    def try_offer(self, wanted: dict[str, Any], who: Person | None = None) -> Answer:
        """Make an offer, and return the whole answer."""
        return (who or self.olivia).call(CREATE, {"input": wanted})

    def make_offer(self, job_id: str | None = None, **fields: Any) -> str:
        """Make an offer, and return its id."""
        id_: str = self.try_offer(self.offer_input(job_id, **fields)).data["createOffer"]["offer"]["id"]
        return id_

    def try_accept(self, offer_id: str, who: Person | None = None) -> Answer:
        """Accept an offer, and return the whole answer."""
        return (who or self.sofia).call(ACCEPT, {"input": {"offerId": offer_id}})

    def accept_offer(self, offer_id: str) -> str:
        """Accept an offer, and return the contract's id."""
        id_: str = self.try_accept(offer_id).data["acceptOffer"]["contract"]["id"]
        return id_

    def stored_offer(self, offer_id: str) -> Offer:
        """Return a stored offer."""
        found = self.souk.table.get(OFFERS, offer_id, consistent=True)
        assert found is not None
        return found

    def stored_proposal(self, proposal_id: str) -> Proposal:
        """Return a stored proposal."""
        found = self.souk.table.get(PROPOSALS, proposal_id, consistent=True)
        assert found is not None
        return found

    def stored_job(self, job_id: str) -> Job:
        """Return a stored posting."""
        found = self.souk.table.get(JOBS, job_id, consistent=True)
        assert found is not None
        return found

    def milestones(self, offer_id: str) -> list[Milestone]:
        """Return the stored milestones of an offer."""
        return milestones_of(self.souk.table, offer_id)

    def events_of(self, *entities: str) -> list[tuple[str, str]]:
        """Return the events of some entities, in order."""
        items = self.souk.table.client.scan(TableName=self.souk.table.name)["Items"]
        events = sorted(
            (OUTBOX.decode(one) for one in items if one["SK"]["S"] == "EVENT"), key=lambda one: one.event_id
        )
        return [(one.entity, one.action) for one in events if one.entity in entities]
