"""What jobs have of a person: the postings that they made."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from souk.domains.identity.commands.own_companies import companies_of, own_companies
from souk.domains.jobs.commands import close_for_erasure
from souk.domains.jobs.model import Job, PostingInfo, Status
from souk.domains.jobs.rules import states
from souk.domains.jobs.store import COMPANY_JOBS, JOBS
from souk.graph.personal import PersonalData, PersonalFile, in_batches, listed
from souk.storage import Table, Transaction, View, among

_NAMES: Final = ("created_by_first_name", "created_by_last_name", "company_name")
"""What an earlier release stored with a posting."""
_EMPTY: Final = {"info": PostingInfo(), "questions": None, "attachments": None, "qualifications": None}


def erase(table: Table, user_id: str, now: datetime) -> Iterator[None]:
    """Close the postings of the person's own companies, empty their drafts, and erase names that postings have.

    An earlier release stored names.
    """
    own = own_companies(table, user_id)
    still_open: View[Job, Job] = View([lambda one: one.status in states.OPEN])
    for company_id in own:
        for chunk in COMPANY_JOBS.of(table, company_id).chunks(still_open):
            for job in chunk:
                close_for_erasure(table, job, now)
                yield
        drafts: View[Job, Job] = View([lambda one: one.status is Status.DELETED_DRAFT and one.info != PostingInfo()])
        for chunk in COMPANY_JOBS.of(table, company_id).chunks(drafts):
            yield from in_batches(table, chunk, lambda tx, one: tx.update(JOBS, one.model_copy(update=_EMPTY)))
    named: View[Job, Job] = View([_names_somebody])
    of_them: View[Job, Job] = View(
        [_names_somebody, lambda one: one.owner_id == user_id], among=among(person=[user_id])
    )
    for company_id in companies_of(table, user_id):
        for chunk in COMPANY_JOBS.of(table, company_id).chunks(named if company_id in own else of_them):
            yield from in_batches(table, chunk, _erase_names)


def _names_somebody(job: Job) -> bool:
    return any(getattr(job.info, name) for name in _NAMES)


def _erase_names(tx: Transaction, job: Job) -> None:
    tx.update(JOBS, job.model_copy(update={"info": job.info.model_copy(update=dict.fromkeys(_NAMES))}))


PERSONAL = PersonalData(
    stays=(
        "Postings: those who applied and were hired keep what they answered. Those of a company that the person owned "
        "alone are closed, and drafts emptied."
    ),
    files=(
        PersonalFile(
            "postings",
            "The job postings that you made.",
            listed(
                COMPANY_JOBS,
                owners=lambda table, user_id: [(one,) for one in companies_of(table, user_id)],
                about=lambda one, user_id: one.owner_id == user_id,
            ),
        ),
    ),
    erase=erase,
)
