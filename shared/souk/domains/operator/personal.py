"""What operators have of a person: reports, by them and of what they published."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from souk.domains.gigs.model import Gig
from souk.domains.gigs.store import DELETED_GIGS, gigs_of
from souk.domains.identity.commands.own_companies import own_companies
from souk.domains.jobs.model import Job
from souk.domains.jobs.store import COMPANY_JOBS
from souk.domains.moderation.model import ContentKind, Report
from souk.domains.moderation.store import CONTENT_REPORTS, REPORTS, REPORTS_OF_PERSON
from souk.graph.personal import PersonalData, in_batches
from souk.storage import Table, View

_EMPTY: Final = {"title": "", "content": ""}


def erase(table: Table, user_id: str, _now: datetime) -> Iterator[None]:
    """Erase the person's words in reports that they made, and the copies of what they published in reports of it."""
    worded: View[Report, Report] = View([lambda one: one.details is not None])
    for chunk in REPORTS_OF_PERSON.of(table, user_id).chunks(worded):
        yield from in_batches(
            table, chunk, lambda tx, one: tx.update(REPORTS, one.model_copy(update={"details": None}))
        )
    copied: View[Report, Report] = View([lambda one: bool(one.title or one.content)])
    for kind, content_id in _published(table, user_id):
        for chunk in CONTENT_REPORTS.of(table, kind, content_id).chunks(copied):
            yield from in_batches(table, chunk, lambda tx, one: tx.update(REPORTS, one.model_copy(update=_EMPTY)))


def _published(table: Table, user_id: str) -> Iterator[tuple[ContentKind, str]]:
    """Yield what a person can have published: the profile, gigs, and postings of the companies that they own alone."""
    yield ContentKind.FREELANCER_PROFILE, user_id
    yield from ((ContentKind.GIG, gig.id) for gig in gigs_of(table, user_id))
    gigs: View[Gig, Gig] = View()
    for chunk in DELETED_GIGS.of(table, user_id).chunks(gigs):
        yield from ((ContentKind.GIG, gig.id) for gig in chunk)
    every: View[Job, Job] = View()
    for company_id in own_companies(table, user_id):
        for jobs in COMPANY_JOBS.of(table, company_id).chunks(every):
            yield from ((ContentKind.JOB_POSTING, job.id) for job in jobs)


PERSONAL = PersonalData(stays="What operators decided: see the audit trail and the reviews.", erase=erase)
