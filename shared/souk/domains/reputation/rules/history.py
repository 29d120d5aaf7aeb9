"""What a work history shows of a contract to whom. Pure.

The freelancer and operators see everything, except a review that is still hidden from them. Everybody else:

- never learns the description, which the parties have agreed on, and reads the title of the posting, if there is one;
- does not learn the title, the client, the posting or the comments of private work. Work is as public as its posting;
  a gig order is public, and a contract without a posting is private, as one whose posting was taken down;
- sees no ended contract without a payment;
- sees no amounts of contracts that have not ended, and none at all that the freelancer or their agency hides;
- sees reviews once they are shown (`souk.domains.feedback.rules.states`).

Search results, the list of contracts and single contracts all use `shown`.
"""

from collections.abc import Mapping
from typing import Final

from souk.domains.agreements.model import DeliveryModel, Side
from souk.domains.contracts.model import Contract, ContractStatus
from souk.domains.feedback.model import Feedback, Review
from souk.domains.feedback.rules.states import public
from souk.domains.jobs.model import Access, CloudVisibility, Job
from souk.domains.reputation.model import Reader, ShownWork, Work, WorkAccess
from souk.domains.talent.model import Preferences

PRIVATE_TITLE: Final = "Private job"
_ACCESS: Final[Mapping[Access, WorkAccess]] = {
    Access.PUBLIC_INDEX: WorkAccess.INDEX,
    Access.ACCESS_PUBLIC: WorkAccess.PUBLIC,
}


def reader_of(preferences: Preferences, *, own: bool, operator: bool) -> Reader:
    """Return what somebody sees of contracts: the freelancer (`own`), an operator, or somebody else."""
    everything = own or operator
    return Reader(
        everything=everything,
        own=own,
        amounts=everything or not preferences.hide_earnings,
        agency_amounts=everything or not (preferences.hide_earnings or preferences.hide_agency_earnings),
    )


def access_of(contract: Contract, job: Job | None) -> WorkAccess:
    """Return the audience of a contract."""
    if job is None:
        catalog = contract.delivery_model is DeliveryModel.CATALOG_PROJECT
        return WorkAccess.PUBLIC if catalog else WorkAccess.PRIVATE
    if job.cloud_visibility is CloudVisibility.ANY_USER and job.takedown is None:
        return _ACCESS.get(job.access, WorkAccess.PRIVATE)
    return WorkAccess.PRIVATE


def shown(work: Work, reader: Reader, now: str) -> ShownWork | None:
    """Return a contract as a reader sees it; None if they do not see it."""
    contract, totals, feedback = work.contract, work.totals, work.feedback
    ended = contract.status is ContractStatus.CLOSED
    if ended and totals.earned <= 0 and not reader.everything:
        return None
    access = access_of(contract, work.job)
    known = reader.everything or access is not WorkAccess.PRIVATE
    amounts = reader.agency_amounts if contract.parties.agency else reader.amounts
    amounts = reader.everything or (amounts and ended)
    of_freelancer = public(feedback, Side.CLIENT, now) if feedback else None
    of_client = _own_review(feedback, reader, now) if feedback else None
    term = contract.term
    return ShownWork(
        contract=contract,
        access=access,
        title=_title(contract, work.job, reader) if known else PRIVATE_TITLE,
        description=contract.description if reader.everything else None,
        client=known,
        job=_posting(work.job, reader) if known else None,
        earned=totals.earned if amounts else None,
        rate=term.rate if amounts else None,
        stipend=term.stipend if amounts else None,
        price=term.price if amounts else None,
        minutes=totals.minutes if reader.everything or ended else None,
        of_freelancer=of_freelancer,
        of_client=of_client,
        comments=known,
    )


def _posting(job: Job | None, reader: Reader) -> Job | None:
    """Return the posting of work that is not private to the reader. The freelancer does not see a hidden one."""
    return None if job is None or (job.takedown and reader.own) else job


def _own_review(feedback: Feedback, reader: Reader, now: str) -> Review | None:
    """Return the freelancer's review of the client, which the freelancer sees at once."""
    return feedback.freelancer if reader.own else public(feedback, Side.FREELANCER, now)


def _title(contract: Contract, job: Job | None, reader: Reader) -> str:
    """Return the title of a contract that is not private to the reader."""
    public_title = job.info.title if job else None
    return contract.title if reader.everything else public_title or contract.title
