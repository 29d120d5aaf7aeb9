"""Commands that create, update and close postings. Each writes the posting and its event in one transaction."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from souk.authentication.standing import STANDINGS, company_key, is_suspended, require_standing
from souk.deadlines.model import schedule
from souk.domains.clouds.commands.naming import is_closed, unusable
from souk.domains.clouds.store import CLOUDS
from souk.domains.customfields.commands import answering
from souk.domains.files.attachments import attachments
from souk.domains.files.model import Attachment
from souk.domains.identity.model import Organization
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.jobs.model import Job, PostingRequest, Status
from souk.domains.jobs.rules import answers, changes, requirements, states, takedown, unsupported
from souk.domains.jobs.rules.visibility import may_manage, may_see, opens
from souk.domains.jobs.store import JOBS, NEW_POSTINGS, posted_key
from souk.domains.market.model import ClientRecord, RelationKind, Relations
from souk.domains.market.rules import with_record
from souk.domains.market.store import CLIENT_RECORDS, RELATIONS, client_record_key, relation_key
from souk.domains.marketplace.store import current
from souk.domains.moderation.model import Content, ContentKind, Item, Takedown
from souk.domains.reference.rules import reason, reasons
from souk.graph import Context
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, Forbidden, NotFound, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp

_HIRED = "hired-here"
_ARCHIVE_PROPOSALS = "proposals.archive"
_WORK_AFTER_CLOSE = (_ARCHIVE_PROPOSALS, "offers.cancel")
"""The work of other domains that is scheduled when a posting closes."""
_RENAME_ROOMS = "messages.rename"
_MAX_IDS = 100
_NOT_FOUND = "This job posting does not exist, or you cannot see it."


def create(ctx: Context, request: PostingRequest) -> Job:
    """Create a posting, as a draft or published at once. A request that names a draft publishes it."""
    states.require_manager(ctx.principal.role)
    unsupported.check(request)
    if (draft := _draft(ctx, request)) is not None:
        return _change(ctx, draft, request, states.published_status(request))
    author = _author(ctx)
    status = states.target_status(request, None)
    event = states.transition(None, status)
    blank = _blank(ctx, request, author)
    job = changes.apply_request(blank, request, status, _attachments(ctx, request, blank), author)
    requirements.check(job)
    _check_clouds(ctx, None, job)
    return _save(ctx, None, job, event, _answers(ctx, None, blank, request, status))


def _blank(ctx: Context, request: PostingRequest, author: changes.Author) -> Job:
    """Return an empty posting of the organization of a request."""
    team, company = _client(ctx, request.organization_id)
    key = client_record_key(company.id)
    ctx.fetch({key: CLIENT_RECORDS}, consistent=True)
    record: ClientRecord = ctx.entities[key]
    company = company.model_copy(update={"currency": current(ctx.table).currency_of(company.currency)})
    job_id = ctx.table.new_id()
    ctx.entities |= dict.fromkeys(answering.needs(job_id))  # a new posting has no answers yet
    return changes.new_job(job_id, team, with_record(company, record), author)


def bring_in(ctx: Context, before: Job | None, request: PostingRequest, origin: changes.Origin) -> Job:
    """Create or update a posting that comes from another marketplace. Returns `before` itself if nothing changes.

    It obeys the rules of `create` and `update`, but for its times and that it can be closed already.
    """
    unsupported.check(request)
    author = _author(ctx)
    was = before.status if before else None
    open_status = states.target_status(request, was if was in states.OPEN else None)
    wanted = origin.closed or open_status
    applied = was if was and was not in states.OPEN else open_status
    job = before or _blank(ctx, request, author)
    changed = changes.dated(changes.apply_request(job, request, applied, job.attachments or (), author), origin)
    requirements.check(changed, before)
    if before and wanted is before.status and changes.same(before, changed):
        return before
    if before:
        states.require_not_taken_down(before)
    event = None if origin.closed and before is None else states.transition(was, wanted)
    answers = _answers(ctx, was, job, request, applied)
    if origin.closed:
        changed = changes.close(changed, origin.closed, None, author)
    return _save(ctx, before, changed, event, answers, origin)


def update(ctx: Context, job_id: str, request: PostingRequest) -> Job:
    """Update a posting."""
    job = _load_for_update(ctx, job_id)
    unsupported.check(request)
    changes.check_own_draft(job, request)
    return _change(ctx, job, request, states.target_status(request, job.status))


def _change(ctx: Context, job: Job, request: PostingRequest, status: Status) -> Job:
    """Change a stored posting by a request."""
    changes.check_version(job, request)
    changes.check_organization(job, request)
    author = _author(ctx)
    event = states.transition(job.status, status)
    changed = changes.apply_request(job, request, status, _attachments(ctx, request, job), author)
    requirements.check(changed, job)
    _check_clouds(ctx, job, changed)
    if status not in states.OPEN:
        changed = changes.close(changed, status, changed.info.reason_rid, author)
    return _save(ctx, job, changed, event, _answers(ctx, job.status, job, request, status))


def close(ctx: Context, job_id: str, reason_id: str | None) -> Job:
    """Close a posting: FILLED if the reason is a hire through it, else CANCELLED. A draft is deleted."""
    job = _load_for_update(ctx, job_id)
    why = reason(reason_id, "JOB_POSTING_CLOSE") if reason_id else None
    if reason_id and (why is None or why.hidden):
        raise Unprocessable("reasonId: must be an id from reasons(reasonType: JOB_POSTING_CLOSE).")
    status = states.closed_status(job.status, hired=why is not None and why.alias == _HIRED)
    event = states.transition(job.status, status)
    return _save(ctx, job, changes.close(job, status, reason_id, _author(ctx)), event)


def load_managed(ctx: Context, job_id: str) -> Job:
    """Return a posting for a caller who acts for its client.

    Raises the same NotFound for a missing posting and for another client's.
    """
    job = ctx.load(JOBS, job_id, consistent=True)
    if job is None or not may_manage(job, ctx.principal):
        raise NotFound(_NOT_FOUND)
    return job


def relations_to(ctx: Context, jobs: list[Job]) -> Relations:
    """Return the caller's relations to some postings, in one round trip: invitations, clouds, and suspended clients.

    The reads are strongly consistent: an invitation, a membership of a cloud and a suspension count at once. Archived
    clouds are left out.
    """
    user_id = ctx.principal.user_id
    keys = [relation_key(RelationKind.INVITATION, job.id, user_id) for job in jobs]
    named = sorted({cloud for job in jobs for cloud in job.talent_cloud_ids})
    keys += [relation_key(RelationKind.CLOUD, cloud, user_id) for cloud in named]
    clouds = {cloud: CLOUDS.key(cloud) for cloud in named}
    standings = {job.company_id: company_key(job.company_id) for job in jobs}
    ctx.fetch(
        dict.fromkeys(keys, RELATIONS)
        | dict.fromkeys(clouds.values(), CLOUDS)
        | dict.fromkeys(standings.values(), STANDINGS),
        consistent=True,
    )
    suspended = frozenset(id_ for id_, key in standings.items() if is_suspended(ctx.entities[key]))
    found = replace(Relations.of(filter(None, (ctx.entities[key] for key in keys))), suspended=suspended)
    return found.without_clouds(frozenset(cloud for cloud, key in clouds.items() if is_closed(ctx.entities[key])))


def visible_jobs(ctx: Context, ids: list[str]) -> list[Job | None]:
    """Return postings in the order of the ids; None for one that the caller may not see. Takes two round trips."""
    if len(ids) > _MAX_IDS:
        raise Unprocessable(f"ids: must be at most {_MAX_IDS}; got {len(ids)}.")
    jobs = ctx.load_many(JOBS, ids, consistent=True)
    relations = relations_to(ctx, [job for job in jobs if job])
    return [job if job and may_see(job, ctx.principal, relations) else None for job in jobs]


def _load_for_update(ctx: Context, job_id: str) -> Job:
    """Return the current version of a posting that the caller may change."""
    job = ctx.table.get(JOBS, job_id, consistent=True)
    if job is None or not may_manage(job, ctx.principal):
        raise NotFound(_NOT_FOUND)
    states.require_manager(ctx.principal.role)
    states.require_not_taken_down(job)
    return job


def _draft(ctx: Context, request: PostingRequest) -> Job | None:
    """Return the draft that a request publishes; None if it names none.

    Raises the same Unprocessable for a missing posting, another client's, and one that is no draft.
    """
    draft_id = request.job_posting_info.draft_job_posting_id if request.job_posting_info else None
    if draft_id is None:
        return None
    job = ctx.table.get(JOBS, draft_id, consistent=True)
    if job is None or not may_manage(job, ctx.principal) or job.status is not Status.DRAFT:
        problems = Problems("jobPostingRequest")
        problems.add("jobPostingInfo.draftJobPostingId", "must be the id of a draft of your organization.")
        problems.raise_if_any()
    else:
        states.require_not_taken_down(job)
    return job


def _client(ctx: Context, organization_id: str) -> tuple[Organization, Organization]:
    """Return the organization that a posting is made for, and its company.

    Raises Forbidden unless the caller acts for the organization, also for one that does not exist.
    """
    team = ctx.load(ORGANIZATIONS, organization_id)
    if team is None or not ctx.principal.acts_in(team.id, team.company_id):
        raise Forbidden(
            "jobPostingRequest.organizationId: must be the organization of this request's context, or one of its teams."
        )
    company = ctx.load(ORGANIZATIONS, team.company_id)
    if company is None:
        raise Forbidden("jobPostingRequest.organizationId: this organization has no company.")
    if not (team.active and company.can_hire):
        raise Forbidden("Only active client organizations can post jobs.")
    return team, company


def _attachments(ctx: Context, request: PostingRequest, job: Job) -> tuple[Attachment, ...]:
    """Return the attachments for the file ids of a request.

    Raises the same Unprocessable for missing, unconfirmed and other companies' files.
    """
    problems = Problems("jobPostingRequest")
    found = attachments(ctx, problems, "attachmentIds", request.attachment_ids, job.company_id)
    problems.raise_if_any()
    return found


def _answers(
    ctx: Context, before: Status | None, job: Job, request: PostingRequest, status: Status
) -> answering.Answers | None:
    """Return the answers of a posting to custom fields after a request; None if they stay as they are.

    `before` is the status of a stored posting; None for a new one.
    """
    published = status is Status.REQUESTED
    return answering.of_posting(
        ctx,
        answers.sheet(job),
        job.organization_id,
        answers.given(request),
        answers.new_options(request),
        publishes=published and before is not Status.REQUESTED,
        published=published,
    )


def _check_clouds(ctx: Context, before: Job | None, job: Job) -> None:
    """Raise Unprocessable if a posting names talent clouds that are not active ones of its client.

    Those that it named before may be archived since, unless the posting is published now.
    """
    published = before is not None and before.status is Status.DRAFT and job.status is not Status.DRAFT
    kept = () if before is None or published else before.talent_cloud_ids
    new = [cloud for cloud in dict.fromkeys(job.talent_cloud_ids) if cloud not in kept]
    problems = Problems("jobPostingRequest")
    for cloud in unusable(ctx, new, job.organization_id, job.company_id):
        problems.add("ptcInfo.talentCloudIds", f"your organization has no active talent cloud {cloud[:40]!r}.")
    problems.raise_if_any()


def _author(ctx: Context) -> changes.Author:
    now = stamp(ctx.now)
    return changes.Author(ctx.principal.user_id, now, ctx.table.new_id)


def _save(
    ctx: Context,
    before: Job | None,
    job: Job,
    event: states.Event | None,
    changed_answers: answering.Answers | None = None,
    origin: changes.Origin | None = None,
) -> Job:
    """Store a posting. `before` is what it was; None for a new one. `origin` is that of an imported one."""
    tx = ctx.table.transaction()
    if job.status in states.OPEN:
        require_standing(tx, job.company_id)
    stored = tx.update(JOBS, job) if job.version else tx.create(JOBS, job)
    if changed_answers is not None:
        changed_answers.save(tx)
    if origin:
        tx.reserve(origin.name, job.id, Conflict("Another import has just created this posting."))
    if event and (origin is None or origin.emits):
        tx.emit("JP", event, job.id, to=(job.organization_id, job.company_id), opens=opens(before, job))
    if job.published and (before is None or before.published is None):
        tx.count(posted_key(job.company_id))
        NEW_POSTINGS.add(tx, job.id)
    if event is states.Event.CLOSE:
        for work in _WORK_AFTER_CLOSE:
            schedule(tx, work, job.id, ctx.now)
    tx.commit()
    return stored


def close_filled(table: Table, job_id: str, now: datetime) -> None:
    """Close a posting whose client asked to close it when an offer is accepted. A closed posting stays unchanged."""
    job = table.get(JOBS, job_id, consistent=True)
    if job is None or job.status is not Status.REQUESTED:
        return
    hired = next(one for one in reasons("JOB_POSTING_CLOSE") if one.alias == _HIRED)
    _close(table, job, Status.FILLED, hired.id, now)


def close_for_erasure(table: Table, job: Job, now: datetime) -> None:
    """Close an open posting whose client is erased; delete a draft."""
    _close(table, job, states.closed_status(job.status, hired=False), None, now)


def _close(table: Table, job: Job, status: Status, reason_id: str | None, now: datetime) -> None:
    """Close a posting for the marketplace."""
    event = states.transition(job.status, status)
    author = changes.Author(job.owner_id, stamp(now), table.new_id)
    tx = table.transaction()
    tx.update(JOBS, changes.close(job, status, reason_id, author))
    if event:
        tx.emit("JP", event, job.id, to=(job.organization_id, job.company_id))
        for work in _WORK_AFTER_CLOSE:
            schedule(tx, work, job.id, now)
    tx.commit()


def _read_content(ctx: Context, job_id: str) -> Job | None:
    job = ctx.table.get(JOBS, job_id, consistent=True)
    return job if job and job.status is not Status.DELETED_DRAFT else None


def describe_content(job: Job) -> Item:
    """Return a posting as operators see it."""
    return Item(
        kind=ContentKind.JOB_POSTING,
        id=job.id,
        title=job.info.title or "",
        owner_id=job.organization_id,
        writer_id=job.owner_id,
        status=job.status.value,
        takedown=job.takedown,
        created=job.created,
        concerns=tuple(dict.fromkeys((job.organization_id, job.company_id))),
    )


def _change_content(ctx: Context, tx: Transaction, job: Job, why: Takedown | None) -> Job:
    """Add the takedown of a posting to a transaction, or with None its end.

    Taking an open one down closes it: its undecided proposals are archived. Offers and contracts stay.
    """
    schedule(tx, _RENAME_ROOMS, job.id, ctx.now)
    if why is None:
        return tx.update(JOBS, takedown.restored(job, stamp(ctx.now)))
    if job.status is Status.REQUESTED:
        tx.emit("JP", states.Event.CLOSE, job.id, to=(job.organization_id, job.company_id))
        schedule(tx, _ARCHIVE_PROPOSALS, job.id, ctx.now)
    return tx.update(JOBS, takedown.taken_down(job, why))


def _words(job: Job) -> str:
    asked = [one.question for one in job.questions or ()]
    return "\n\n".join(filter(None, [job.info.title, job.info.description, *asked]))


POSTING_CONTENT: Final = Content(
    subject="JobPosting", read=_read_content, describe=describe_content, change=_change_content, words=_words
)
"""Postings. Deleted drafts are gone."""
