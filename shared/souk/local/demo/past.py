"""The work that the demo data's freelancers have finished: contracts from filled postings, their pay, and feedback.

Their numbers, scores and standing follow from it, by the rules of the API.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from souk.domains.agreements.model import Fees, Parties, PayType, Side
from souk.domains.contracts.model import Contract, ContractStatus
from souk.domains.contracts.rules.beginning import contract_of
from souk.domains.contracts.rules.changing import Author, ended
from souk.domains.contracts.rules.states import Action
from souk.domains.contracts.store import CONTRACTS, begin_contract, change_contract, deal_of
from souk.domains.feedback.model import Feedback, Review
from souk.domains.feedback.rules import states
from souk.domains.feedback.rules.states import Action as Said
from souk.domains.feedback.store import FEEDBACKS, change_feedback, open_feedback
from souk.domains.identity.model import Organization
from souk.domains.jobs.model import Job
from souk.domains.ledger.model import BookingKind
from souk.domains.ledger.rules import entries
from souk.domains.ledger.store import post
from souk.domains.offers.model import LastEvent, Offer, OfferKind, OfferState, SourceType
from souk.domains.offers.rules.creating import LIFETIME
from souk.domains.offers.store import create_offer
from souk.domains.reputation.commands.scoring import compute
from souk.local.demo.people import organization_id, user_id
from souk.local.demo.posts import job_id
from souk.local.demo.quiet import QuietTable
from souk.storage import Table
from souk.values.times import stamp

_OFFERS, _CONTRACTS, _TERMS, _LIMITS = (number * 10**15 for number in (1369, 1379, 1368, 1367))
_FEES: Final = Fees(client=500, vendor=1_000)
_COMPLETED: Final = "1301"
_SOON: Final = timedelta(days=3)
_SCORES: Final = ("communicationScore", "deadlinesScore", "qualityScore", "skillsScore")


@dataclass(frozen=True, slots=True)
class Past:
    """A finished contract from a posting. `paid` is in cents, `stars` are the client's."""

    freelancer: int
    posting: int
    paid: int
    stars: int
    comment: str

    @property
    def id(self) -> str:
        """The id of the contract."""
        return str(_CONTRACTS + self.posting)


Step = Callable[[Table, Past, str], None]
"""A step of a contract, at a time."""
WORK: Final = (
    Past(101, 31, 48_000, 5, "The application was clear, and we got the grant."),
    Past(101, 49, 6_000, 3, "A useful list, two days late."),
    Past(101, 121, 30_000, 4, "Thorough. We use the table every week."),
    Past(101, 134, 64_000, 5, "Writes about money so that everybody understands it."),
    Past(102, 34, 35_000, 5, "Found the bug that three others had missed."),
    Past(110, 66, 390_000, 5, "The portal is faster than we had hoped."),
    Past(110, 124, 480_000, 5, "Half of the screens, twice the sign-ups."),
    Past(110, 165, 260_000, 4, "Careful testers and good reports."),
)


def write_past(table: Table, organizations: Iterable[Organization], posted: Iterable[Job], now: datetime) -> int:
    """Write the missing work, and compute the scores. Return the number of contracts that were written.

    The steps of a contract are transactions of their own, so the next load completes an interrupted one.
    """
    quiet = QuietTable.of(table)
    companies = {one.id: one for one in organizations}
    jobs = {one.id: one for one in posted}
    missing = [one for one in WORK if not _shown(quiet, one)]
    steps: list[tuple[str, Step, Past]] = []
    for one in missing:
        job = jobs[job_id(one.posting)]
        steps += [
            (_begins(job), partial(_begin, job=job, companies=companies), one),
            (_ends(job), _finish, one),
        ]
    for at, step, one in sorted(steps, key=lambda step: step[0]):  # the oldest first, as it happened
        step(quiet, one, at)
    for freelancer in sorted({one.freelancer for one in missing}):
        compute(quiet, user_id(freelancer), now)
    return len(missing)


def _shown(table: Table, past: Past) -> bool:
    """Return whether a contract is written to its end."""
    stored = table.get(FEEDBACKS, past.id, consistent=True)
    return stored is not None and stored.shown is not None


def _begins(job: Job) -> str:
    return stamp(datetime.fromisoformat(job.published or job.created) + _SOON)


def _ends(job: Job) -> str:
    return job.closed or job.modified


def _begin(table: Table, past: Past, at: str, job: Job, companies: Mapping[str, Organization]) -> None:
    """Begin a contract, unless it has begun."""
    if table.get(CONTRACTS, past.id, consistent=True) is not None:
        return
    client, vendor = companies[job.company_id], companies[organization_id(past.freelancer)]
    offer = Offer(
        id=str(_OFFERS + past.posting),
        kind=OfferKind.VANILLA,
        parties=Parties(
            client_user_id=job.owner_id,
            client_team_id=job.organization_id,
            client_company_id=job.company_id,
            vendor_user_id=user_id(past.freelancer),
            vendor_team_id=vendor.id,
            vendor_company_id=vendor.id,
            agency=vendor.flag.agency,
        ),
        source_type=SourceType.JOB_POSTING,
        source_id=job.id,
        job_id=job.id,
        title=job.info.title or "",
        currency=job.currency,
        pay=PayType.FIXED,
        budget=past.paid,
        expires=stamp(datetime.fromisoformat(at) + LIFETIME),
        created=at,
        modified=at,
    )
    term, limit = str(_TERMS + past.posting), str(_LIMITS + past.posting)
    contract = contract_of(offer, past.id, term, limit, client, _FEES, at)
    changes = {"state": OfferState.COMMITTED, "contract_id": contract.id, "last_event": LastEvent(time=at)}
    tx = table.transaction()
    create_offer(tx, offer.model_copy(update=changes))
    begin_contract(tx, table, contract, client.name)
    tx.commit()


def _finish(table: Table, past: Past, at: str) -> None:
    """Pay the freelancer, end the contract, and have both sides review it, unless that is done."""
    contract = table.get(CONTRACTS, past.id, consistent=True)
    if contract and contract.status is not ContractStatus.CLOSED:
        _end(table, past, contract, at)
    _review(table, past)


def _end(table: Table, past: Past, contract: Contract, at: str) -> None:
    author = Author(contract.parties.client_user_id, Side.CLIENT, at)
    deal = deal_of(table, contract)
    tx = table.transaction()
    charge = entries.charge_of(deal, past.paid)
    post(
        tx,
        entries.payment(deal, charge, entries.Entry(tx.new_id(), at, f"Paid for {contract.title}")),
        entries.direct(BookingKind.BONUS, deal, past.paid, entries.Entry(tx.new_id(), at, contract.title)),
    )
    done = change_contract(tx, ended(contract, _COMPLETED, author), Action.END_BY_CLIENT, reason=_COMPLETED)
    open_feedback(tx, done, Side.CLIENT, None)
    tx.commit()


def _review(table: Table, past: Past) -> None:
    """Have both sides review each other, which shows the reviews."""
    before = table.get(FEEDBACKS, past.id, consistent=True)
    if before is None or before.shown:
        return
    at, parties = before.ended, before.parties
    scores = dict.fromkeys(_SCORES, past.stars)
    of_freelancer = Review(scores=scores, comment=past.comment, by_id=parties.client_user_id, created=at, modified=at)
    of_client = Review(scores=dict.fromkeys(_SCORES, 5), by_id=parties.vendor_user_id, created=at, modified=at)
    after: Feedback = states.submitted(before, Side.CLIENT, of_freelancer)
    tx = table.transaction()
    change_feedback(tx, before, states.submitted(after, Side.FREELANCER, of_client), Said.SUBMIT)
    tx.commit()
