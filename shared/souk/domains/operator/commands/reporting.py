"""Reports of content to the operators, and what operators decide about them.

A report keeps the words of the content as they were. Its review is opened and closed with it.
"""

from typing import Final

from souk.authentication.records import operators_organization_id
from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.domains.identity.commands.deciding import already_decided
from souk.domains.mails.commands import queue
from souk.domains.mails.model import MailTemplate
from souk.domains.moderation.model import Item, Report, Takedown
from souk.domains.moderation.store import REPORT_COUNTS, REPORTS, count_key, day_key, key_guard
from souk.domains.operator.commands import moderation
from souk.domains.operator.inputs import MAX_REASON, ReportContent, ResolveReport
from souk.domains.reviews.model import Review, ReviewKind, ReviewState
from souk.domains.reviews.store import REVIEWS, close_review, open_review
from souk.graph import Context
from souk.storage import Transaction
from souk.values import idempotency, texts
from souk.values.errors import Conflict, Forbidden, LimitExceeded, NotFound
from souk.values.problems import Problems
from souk.values.times import stamp

MAX_CONTENT: Final = 2_000
"""Characters that a report keeps of the content."""
MAX_REPORTS: Final = 20
"""Reports of a person on a day, UTC."""
_KEY_USED: Final = "This idempotency key was used for another report. Use a new key for each report."


def report(ctx: Context, wanted: ReportContent) -> Report:
    """Report content that the caller sees. A repeated idempotency key returns the report of the first request.

    Raises Forbidden for the caller's own content, and LimitExceeded for more than 20 reports on a day.
    """
    problems = Problems("input")
    details = texts.optional_text(problems, "details", wanted.details, MAX_REASON)
    key, fingerprint = idempotency.key(problems, wanted.idempotency_key), idempotency.fingerprint(wanted)
    problems.raise_if_any()
    principal = ctx.principal
    guard = key_guard(principal.user_id, principal.organization_id, key) if key else None
    content = moderation.CONTENTS[wanted.kind]

    def attempt(tx: Transaction) -> Report:
        if guard and (made := ctx.table.holder(guard)):
            return _made(ctx, made, fingerprint)
        found = content.read(ctx, wanted.content_id)
        if found is None:
            raise NotFound(moderation.NO_CONTENT)
        item = content.describe(found)
        if _own(ctx, item):
            raise Forbidden("You cannot report your own content.")
        new = Report(
            id=ctx.table.new_id(),
            kind=wanted.kind,
            content_id=item.id,
            reason=wanted.reason,
            details=details,
            reporter_id=principal.user_id,
            title=item.title,
            content=content.words(found)[:MAX_CONTENT],
            created=stamp(ctx.now),
            fingerprint=fingerprint if guard else None,
        )
        if guard:
            tx.reserve(guard, new.id, Conflict(_KEY_USED))
        too_many = LimitExceeded(f"You can report at most {MAX_REPORTS} times a day. Try again tomorrow.")
        tx.count(day_key(principal.user_id, new.created[:10]), at_most=MAX_REPORTS, refused=too_many)
        tx.tally(REPORT_COUNTS, count_key(item.kind, item.id), reports=1)
        if operators := operators_organization_id(ctx.table):
            tx.emit("CONTENT", "REPORT", new.id, to=[operators])
        review = Review(
            kind=ReviewKind.CONTENT_REPORT,
            subject_id=new.id,
            organization_id=item.owner_id,
            requested_by_id=principal.user_id,
            opened=new.created,
        )
        open_review(tx, ctx.table, review)
        return tx.create(REPORTS, new)

    return ctx.table.retry_until_committed(attempt)


def resolve(ctx: Context, wanted: ResolveReport) -> Report:
    """Decide a report: take the content down, or dismiss the report. Raises Conflict for one that is decided."""
    problems = Problems("input")
    note = texts.paragraphs(problems, "note", wanted.note, 1, MAX_REASON)
    problems.raise_if_any()
    state = ReviewState.RESOLVED if wanted.take_down else ReviewState.REJECTED

    def attempt(tx: Transaction) -> Report:
        before = ctx.table.get(REPORTS, wanted.id, consistent=True)
        if before is None:
            raise NotFound("There is no report with this id.")
        review = ctx.table.get(REVIEWS, *before.review, consistent=True)
        if before.state is not ReviewState.OPEN or review is None:
            raise already_decided(ctx.table, ReviewKind.CONTENT_REPORT, before.id)
        changed: dict[str, tuple[str | None, str | None]] = {"state": (before.state.value, state.value)}
        if wanted.take_down:
            takedown = Takedown(reason=note, at=stamp(ctx.now))
            was, item = moderation.change(ctx, tx, before.kind, before.content_id, takedown)
            if was is not item:
                changed |= moderation.changes(was, item)
                moderation.mail_owner(ctx, tx, item, note)
        close_review(tx, ctx.table, review, state, decided_by_id=ctx.principal.user_id, note=note)
        if wanted.notify_reporter:
            template = MailTemplate.REPORT_RESOLVED if wanted.take_down else MailTemplate.REPORT_DISMISSED
            queue(tx, template, before.reporter_id, ctx.now, title=before.title or "untitled")
        subject = Subject(type="ContentReport", id=before.id)
        record(tx, actor_of(ctx), "resolveContentReport", subject, reason=note, changes=changed)
        return tx.update(REPORTS, before.model_copy(update={"state": state}))

    return ctx.table.retry_until_committed(attempt)


def _own(ctx: Context, item: Item) -> bool:
    own = ctx.principal.user_id == item.writer_id
    return own or (ctx.principal.member and ctx.principal.organization_id in (item.owner_id, *item.concerns))


def _made(ctx: Context, report_id: str, fingerprint: str) -> Report:
    made = ctx.table.get(REPORTS, report_id, consistent=True)
    if made is None or made.fingerprint != fingerprint:
        raise Conflict(_KEY_USED)
    return made
