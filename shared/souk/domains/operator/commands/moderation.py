"""Takes content down and restores it. The domains of the content say how (`souk.domains.moderation`)."""

from collections.abc import Callable
from typing import Any, Final

from souk.domains.audit.model import Subject
from souk.domains.audit.store import Changes, actor_of, record
from souk.domains.gigs.commands.takedown import GIG_CONTENT
from souk.domains.jobs.commands import POSTING_CONTENT
from souk.domains.mails.commands import queue
from souk.domains.mails.model import MailTemplate
from souk.domains.moderation.model import Content, ContentKind, Item, Takedown
from souk.domains.operator.inputs import MAX_REASON, TakeDownContent, reason_of
from souk.domains.talent.commands.takedown import PROFILE_CONTENT
from souk.graph import Context
from souk.storage import Transaction
from souk.values import texts
from souk.values.errors import NotFound
from souk.values.problems import Problems
from souk.values.times import stamp

CONTENTS: Final[dict[ContentKind, Content[Any]]] = {
    ContentKind.FREELANCER_PROFILE: PROFILE_CONTENT,
    ContentKind.GIG: GIG_CONTENT,
    ContentKind.JOB_POSTING: POSTING_CONTENT,
}
"""The kinds of content that can be reported and taken down."""
NO_CONTENT: Final = "There is no content of this kind with this id."


def take_down(ctx: Context, wanted: TakeDownContent) -> Item:
    """Take content down. Content that is down already stays as it is.

    Raises NotFound for unknown content.
    """
    problems = Problems("input")
    reason = texts.paragraphs(problems, "reason", wanted.reason, 1, MAX_REASON)
    note = texts.optional_text(problems, "note", wanted.note, MAX_REASON)
    problems.raise_if_any()
    takedown = Takedown(reason=reason, at=stamp(ctx.now))

    def tell(tx: Transaction, item: Item) -> None:
        if wanted.notify:
            mail_owner(ctx, tx, item, reason)

    trail = f"{reason}\n\n{note}" if note else reason
    return _change(ctx, wanted.kind, wanted.id, takedown, trail=trail, tell=tell)


def restore(ctx: Context, kind: ContentKind, content_id: str, reason: str) -> Item:
    """Restore content that was taken down. Other content stays as it is. Raises as `take_down` does."""
    return _change(ctx, kind, content_id, None, trail=reason_of(reason))


def _change(
    ctx: Context,
    kind: ContentKind,
    content_id: str,
    takedown: Takedown | None,
    *,
    trail: str,
    tell: Callable[[Transaction, Item], None] | None = None,
) -> Item:
    def attempt(tx: Transaction) -> Item:
        before, after = change(ctx, tx, kind, content_id, takedown)
        if before is after:
            return after
        action = "takeDownContent" if takedown else "restoreContent"
        record(tx, actor_of(ctx), action, subject_of(after), reason=trail, changes=changes(before, after))
        if tell:
            tell(tx, after)
        return after

    return ctx.table.retry_until_committed(attempt)


def change(
    ctx: Context, tx: Transaction, kind: ContentKind, content_id: str, takedown: Takedown | None
) -> tuple[Item, Item]:
    """Add a takedown or its end to a transaction, with the event. Returns the content before and after it.

    They are the same object if it is so already. Raises NotFound for unknown content.
    """
    content = CONTENTS[kind]
    found = content.read(ctx, content_id)
    if found is None:
        raise NotFound(NO_CONTENT)
    before = content.describe(found)
    if bool(before.takedown) is bool(takedown):
        return before, before
    after = content.describe(content.change(ctx, tx, found, takedown))
    # The scope counts only for requests of the operators' organization, so it is that of the request.
    audience = (ctx.principal.organization_id, *after.concerns)
    if takedown:
        tx.emit("CONTENT", "TAKEDOWN", after.id, to=audience)
    else:
        tx.emit("CONTENT", "RESTORE", after.id, to=audience)
    return before, after


def find(ctx: Context, kind: ContentKind, content_id: str) -> Item | None:
    """Return a piece of content; None for an unknown one. The read is strongly consistent."""
    content = CONTENTS[kind]
    found = content.read(ctx, content_id)
    return content.describe(found) if found else None


def subject_of(item: Item) -> Subject:
    """Return a piece of content as the audit trail names it."""
    content = CONTENTS[item.kind]
    return Subject(type=content.subject, id=item.id, title=None if content.personal else item.title)


def changes(before: Item, after: Item) -> Changes:
    """Return what the audit trail keeps of a change."""
    return {"takenDown": (_shown(before), _shown(after))}


def mail_owner(ctx: Context, tx: Transaction, item: Item, reason: str) -> None:
    """Add a mail about a takedown to the person who wrote the content."""
    if item.writer_id:
        queue(tx, MailTemplate.TAKEDOWN, item.writer_id, ctx.now, title=item.title or "untitled", reason=reason)


def _shown(item: Item) -> str:
    return "true" if item.takedown else "false"
