"""The offers of the demo data, from Acme to Sofia, and the contract of the accepted one.

The open offer has a fixed price, so that people can try the next steps: accept it, fund a milestone, submit work,
approve it. The contract is created by the same rule as in the API.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.agreements.model import Fees, Parties, PayType
from souk.domains.contracts.model import Contract
from souk.domains.contracts.rules.beginning import contract_of
from souk.domains.contracts.store import begin_contract
from souk.domains.identity.model import Organization
from souk.domains.jobs.model import Job
from souk.domains.milestones.model import Milestone, MilestoneState
from souk.domains.milestones.store import put_milestone
from souk.domains.offers.model import HourlyPay, LastEvent, Offer, OfferKind, OfferState, SourceType
from souk.domains.offers.rules.creating import LIFETIME
from souk.domains.offers.rules.states import STEPS, Action
from souk.domains.offers.store import create_offer, mark_open
from souk.domains.proposals.store import count_without_proposal
from souk.domains.reference.ontology import ontology
from souk.local.demo.people import organization_id, user_id
from souk.local.demo.posts import job_id
from souk.storage import Table
from souk.values.times import stamp

ACCEPTED, OPEN = "1370000000000000001", "1370000000000000002"
"""The ids of the offers."""
CONTRACT = "1380000000000000001"
POSTING: Final = job_id(128)
"""The job of the open offer: posters, which are in Sofia's trade."""
_TERM, _LIMIT, _MILESTONES = "1381000000000000001", "1382000000000000001", 1_375_000_000_000_000_001
_FEES: Final = Fees(client=500, vendor=1_000)
_ACME, _OLIVIA, _SOFIA, _STUDIO = organization_id(1), user_id(1), user_id(101), organization_id(101)
_WORKING, _THINKING = timedelta(days=120), timedelta(days=2)
"""The age of the contract, and the time that Sofia took to accept the offer."""
_PARTS: Final = (
    ("Three drafts of the poster", 40_000, timedelta(days=14)),
    ("The poster and the flyer, ready for print", 55_000, timedelta(days=30)),
)


@dataclass(frozen=True, slots=True)
class Deal:
    """An offer with its milestones, and its contract if it was accepted."""

    offer: Offer
    milestones: tuple[Milestone, ...] = ()
    contract: Contract | None = None

    def write(self, table: Table, client: Organization) -> None:
        """Write the offer and its related records to a table, as commands do, but without events."""
        tx = table.transaction()
        create_offer(tx, self.offer)
        for milestone in self.milestones:
            put_milestone(tx, milestone)
        if self.contract:
            begin_contract(tx, table, self.contract, client.name)
        else:
            mark_open(tx, self.offer)
            schedule(tx, "offers.expiry", self.offer.id, datetime.fromisoformat(self.offer.expires))
        if self.offer.job_id is not None:
            count_without_proposal(tx, self.offer.job_id, STEPS[Action.CREATE].proposal)
        tx.commit()


def deals(company: Organization, posted: Iterable[Job], now: datetime) -> tuple[Deal, ...]:
    """Return both offers, with times relative to `now`. `company` is Acme."""
    posting = next(job for job in posted if job.id == POSTING)
    return _accepted(company, now - _WORKING), _open(posting, now - timedelta(days=1))


def _accepted(company: Organization, at: datetime) -> Deal:
    occupation = next(each for each in ontology().occupations.values() if each.slug == "photography")
    offer = _offer(
        ACCEPTED,
        _ACME,
        at - _THINKING,
        source_type=SourceType.DIRECT,
        occupation_id=occupation.id,
        title="Photographs and texts for the spring catalogue",
        description="Two product shoots a month in your studio, with a short text for each product.",
        pay=PayType.HOURLY,
        hourly=HourlyPay(rate=6_500, weekly_limit=15),
    )
    contract = contract_of(offer, CONTRACT, _TERM, _LIMIT, company, _FEES, stamp(at))
    accepted = {
        "state": OfferState.COMMITTED,
        "contract_id": contract.id,
        "modified": stamp(at),
        "last_event": LastEvent(time=stamp(at), message="With pleasure. I have the studio on Tuesdays."),
    }
    return Deal(offer.model_copy(update=accepted), contract=contract)


def _open(posting: Job, at: datetime) -> Deal:
    milestones = tuple(
        Milestone(
            id=str(_MILESTONES + number),
            offer_id=OPEN,
            currency=posting.currency,
            state=MilestoneState.IN_OFFER,
            sequence=number + 1,
            description=description,
            deposit=price,
            due=(at + until).date().isoformat(),
            created_by_id=_OLIVIA,
            created=stamp(at),
            modified=stamp(at),
        )
        for number, (description, price, until) in enumerate(_PARTS)
    )
    offer = _offer(
        OPEN,
        posting.organization_id,
        at,
        source_type=SourceType.JOB_POSTING,
        source_id=posting.id,
        job_id=posting.id,
        title=posting.info.title,
        description="As we said on the telephone: one motif, as a poster and as a flyer.",
        pay=PayType.FIXED,
        budget=sum(milestone.deposit for milestone in milestones),
        milestone_ids=tuple(milestone.id for milestone in milestones),
        close_on_accept=True,
    )
    return Deal(offer, milestones)


def _offer(offer_id: str, team_id: str, at: datetime, **fields: object) -> Offer:
    parties = Parties(
        client_user_id=_OLIVIA,
        client_team_id=team_id,
        client_company_id=_ACME,
        vendor_user_id=_SOFIA,
        vendor_team_id=_STUDIO,
        vendor_company_id=_STUDIO,
    )
    common = {
        "id": offer_id,
        "kind": OfferKind.VANILLA,
        "parties": parties,
        "currency": "USD",
        "expires": stamp(at + LIFETIME),
        "created": stamp(at),
        "modified": stamp(at),
    }
    return Offer.model_validate(common | fields)
