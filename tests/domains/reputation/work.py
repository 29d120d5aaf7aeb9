"""Contracts of Sofia with what was earned on them and the feedback on them, stored directly."""

from typing import Any

from souk.domains.agreements.model import DeliveryModel, Parties
from souk.domains.contracts.model import Contract, ContractStatus
from souk.domains.contracts.store import CONTRACTS
from souk.domains.feedback.model import Feedback, Review
from souk.domains.feedback.store import FEEDBACKS
from souk.domains.jobs.model import Access, Job, PostingInfo, Status
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import Payment
from souk.domains.market.store import record_payment
from souk.storage import Table
from tests.domains.identity.people import ACME, OLIVIA, SOFIA, SOLO
from tests.support.worlds.contracts import term
from tests.support.worlds.milestones import contract

SINCE, ENDED, NEVER = "2026-01-05T08:00:00.000Z", "2026-02-05T08:00:00.000Z", "2099-01-01T00:00:00.000Z"


def parties(*, client: str = ACME, agency: bool = False) -> Parties:
    """Return the parties of a contract of Sofia."""
    return Parties(
        client_user_id=OLIVIA,
        client_team_id=client,
        client_company_id=client,
        vendor_user_id=SOFIA,
        vendor_team_id=SOLO,
        vendor_company_id=SOLO,
        agency=agency,
    )


def posting(access: Access = Access.ACCESS_PUBLIC, id_: str = "41") -> Job:
    """Return a posting of Acme."""
    return Job(
        id=id_,
        organization_id=ACME,
        company_id=ACME,
        owner_id=OLIVIA,
        currency="USD",
        status=Status.FILLED,
        created=SINCE,
        modified=SINCE,
        changed_by_id=OLIVIA,
        last_client_activity=SINCE,
        info=PostingInfo(title=f"canary-posting-{id_}", access=access),
    )


def review(stars: int, comment: str | None = None, by: str = OLIVIA) -> Review:
    """Return a review."""
    return Review(
        scores={"skillsScore": stars, "qualityScore": stars}, comment=comment, by_id=by, created=ENDED, modified=ENDED
    )


def ended(**fields: Any) -> Contract:
    """Return an ended contract of Sofia."""
    return contract(**{"parties": parties(), "status": ContractStatus.CLOSED, "ends": ENDED, **fields})


def store(
    table: Table,
    one: Contract,
    *,
    earned: int = 0,
    job: Job | None = None,
    at: str = ENDED,
    **feedback: Any,
) -> Contract:
    """Store a contract, its posting, a payment and its feedback."""
    tx = table.transaction()
    if job:
        one = one.model_copy(update={"job_id": job.id})
        tx.create(JOBS, job)
    tx.create(CONTRACTS, one)
    if earned:
        record_payment(
            tx,
            Payment(
                user_id=SOFIA,
                contract_id=one.id,
                hourly=one.pay == "HOURLY",
                agency=one.parties.agency,
                currency=one.currency,
                at=at,
                earned=earned,
                received=earned * 9 // 10,
            ),
        )
    if feedback:
        found = Feedback(contract_id=one.id, parties=one.parties, ended=ENDED, until=NEVER)
        tx.create(FEEDBACKS, found.model_copy(update=feedback))
    tx.commit()
    return one


__all__ = ["DeliveryModel", "ended", "parties", "posting", "review", "store", "term"]
