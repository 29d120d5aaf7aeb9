"""Making, changing and closing postings: read, decide by the rules, write in one transaction with what is told."""

from datetime import datetime

from souk.deadlines.model import schedule
from souk.domains.files.attachments import attachments
from souk.domains.files.model import Attachment
from souk.domains.identity.model import Organization
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.jobs.model import Job, PostingRequest, Status
from souk.domains.jobs.rules import changes, requirements, states
from souk.domains.jobs.rules.visibility import may_manage
from souk.domains.jobs.store import JOBS, posted_key
from souk.domains.market.rules import with_record
from souk.domains.market.store import CLIENT_RECORDS
from souk.domains.reference.rules import reason, reasons
from souk.graph import Context
from souk.storage import Table
from souk.values.errors import Forbidden, NotFound, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp

_HIRED = "hired-here"
_WHEN_CLOSED = ("proposals.archive", "offers.cancel")
"""What is due of others when a posting is closed."""
_NOT_FOUND = "There is no such job posting, or it is not yours to see."


def create(ctx: Context, request: PostingRequest) -> Job:
    """Make a posting, a draft or published at once."""
    states.require_manager(ctx.principal.role)
    team, company = _client(ctx, request.organization_id)
    author = _author(ctx)
    status = states.wanted(request, None)
    event = states.step(None, status)
    record = ctx.table.read_tally(CLIENT_RECORDS, company.id, consistent=True)
    blank = changes.new(ctx.table.new_id(), team, with_record(company, record), author)
    job = changes.applied(blank, request, status, _attachments(ctx, request, blank), author)
    requirements.check(job)
    return _store(ctx, job, event)


def update(ctx: Context, job_id: str, request: PostingRequest) -> Job:
    """Change a posting."""
    job = _managed(ctx, job_id)
    changes.check_version(job, request)
    changes.check_organization(job, request)
    author = _author(ctx)
    status = states.wanted(request, job.status)
    event = states.step(job.status, status)
    changed = changes.applied(job, request, status, _attachments(ctx, request, job), author)
    requirements.check(changed)
    if status not in states.OPEN:
        changed = changes.closed(changed, status, changed.info.reason_rid, author)
    return _store(ctx, changed, event)


def close(ctx: Context, job_id: str, reason_id: str | None) -> Job:
    """Close a posting: as filled where the reason is that somebody was hired through it; a draft is thrown away."""
    job = _managed(ctx, job_id)
    why = reason(reason_id, "JOB_POSTING_CLOSE") if reason_id else None
    if reason_id and (why is None or why.hidden):
        raise Unprocessable("reasonId: an id from reasons(reasonType: JOB_POSTING_CLOSE).")
    status = states.closing(job.status, hired=why is not None and why.alias == _HIRED)
    event = states.step(job.status, status)
    return _store(ctx, changes.closed(job, status, reason_id, _author(ctx)), event)


def managed(ctx: Context, job_id: str) -> Job:
    """Return a posting to those who act for its client.

    Raises NotFound where there is none, and in the same words where it is somebody else's.
    """
    job = ctx.load(JOBS, job_id, consistent=True)
    if job is None or not may_manage(job, ctx.principal):
        raise NotFound(_NOT_FOUND)
    return job


def _managed(ctx: Context, job_id: str) -> Job:
    """Return a posting as it is now, to be changed."""
    job = ctx.table.get(JOBS, job_id, consistent=True)
    if job is None or not may_manage(job, ctx.principal):
        raise NotFound(_NOT_FOUND)
    states.require_manager(ctx.principal.role)
    return job


def _client(ctx: Context, organization_id: str) -> tuple[Organization, Organization]:
    """Return the organization that a posting is made for, and its company.

    Raises Forbidden for one that the caller does not act for, whether or not there is one.
    """
    team = ctx.load(ORGANIZATIONS, organization_id)
    if team is None or not ctx.principal.acts_in(team.id, team.company_id):
        raise Forbidden(
            "jobPostingRequest.organizationId is not the organization that this request is made for, nor a team of it."
        )
    company = ctx.load(ORGANIZATIONS, team.company_id)
    if company is None:
        raise Forbidden("jobPostingRequest.organizationId is an organization without a company.")
    if not (team.active and company.can_hire):
        raise Forbidden("Only active client organizations post jobs.")
    return team, company


def _attachments(ctx: Context, request: PostingRequest, job: Job) -> tuple[Attachment, ...]:
    """Return what a posting keeps of the files that a request names.

    Raises Unprocessable for a file that is not there, not confirmed, or another company's: the answer is the same.
    """
    problems = Problems("jobPostingRequest")
    kept = attachments(ctx, problems, "attachmentIds", request.attachment_ids, job.company_id)
    problems.raise_if_any()
    return kept


def _author(ctx: Context) -> changes.Author:
    now = stamp(ctx.now)
    return changes.Author(ctx.principal.user_id, now, ctx.table.new_id)


def _store(ctx: Context, job: Job, event: states.Event | None) -> Job:
    tx = ctx.table.transaction()
    stored = tx.update(JOBS, job) if job.version else tx.create(JOBS, job)
    if event:
        tx.emit("JP", event, job.id, to=(job.organization_id, job.company_id))
    if event is states.Event.NEW:
        tx.count(posted_key(job.company_id))
    if event is states.Event.CLOSE:
        for work in _WHEN_CLOSED:
            schedule(tx, work, job.id, ctx.now)
    tx.commit()
    return stored


def close_filled(table: Table, job_id: str, now: datetime) -> None:
    """Close a posting whose client wanted that when an offer is accepted. One that is closed stays as it is."""
    job = table.get(JOBS, job_id, consistent=True)
    if job is None or job.status is not Status.REQUESTED:
        return
    hired = next(one for one in reasons("JOB_POSTING_CLOSE") if one.alias == _HIRED)
    event = states.step(job.status, Status.FILLED)
    author = changes.Author(job.owner_id, stamp(now), table.new_id)
    tx = table.transaction()
    tx.update(JOBS, changes.closed(job, Status.FILLED, hired.id, author))
    if event:
        tx.emit("JP", event, job.id, to=(job.organization_id, job.company_id))
    for work in _WHEN_CLOSED:
        schedule(tx, work, job.id, now)
    tx.commit()
