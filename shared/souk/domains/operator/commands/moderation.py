"""Takes content down and restores it. The domains of the content say how (`souk.domains.moderation`)."""

from collections.abc import Callable
from typing import Any, Final

from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.domains.gigs.commands.takedown import GIG_CONTENT
from souk.domains.mails.commands import queue
from souk.domains.mails.model import MailTemplate
from souk.domains.moderation.model import Content, ContentKind, Item, Takedown
from souk.domains.operator.inputs import MAX_REASON, TakeDownContent, reason_of
from souk.domains.talent.commands.takedown import PROFILE_CONTENT
from souk.graph import Context
from souk.storage import Transaction
from souk.values import texts
from souk.values.errors import NotBuilt, NotFound
from souk.values.problems import Problems
from souk.values.times import stamp

CONTENTS: Final[dict[ContentKind, Content[Any]]] = {
    ContentKind.FREELANCER_PROFILE: PROFILE_CONTENT,
    ContentKind.GIG: GIG_CONTENT,
}
"""The kinds of content that can be taken down."""


def take_down(ctx: Context, wanted: TakeDownContent) -> Item:
    """Take content down. Content that is down already stays as it is.

    Raises NotFound for unknown content, and NotBuilt for a kind that cannot be taken down yet.
    """
    problems = Problems("input")
    reason = texts.paragraphs(problems, "reason", wanted.reason, 1, MAX_REASON)
    note = texts.optional_text(problems, "note", wanted.note, MAX_REASON)
    problems.raise_if_any()
    takedown = Takedown(reason=reason, at=stamp(ctx.now))

    def tell(tx: Transaction, item: Item) -> None:
        if wanted.notify and item.writer_id:
            named = {"title": item.title or "untitled", "reason": reason}
            queue(tx, MailTemplate.TAKEDOWN, item.writer_id, ctx.now, **named)

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
    content = CONTENTS.get(kind)
    if content is None:
        raise NotBuilt(f"Content of the kind {kind} cannot be taken down yet.")

    def attempt(tx: Transaction) -> Item:
        found = content.read(ctx, content_id)
        if found is None:
            raise NotFound("There is no content of this kind with this id.")
        before = content.describe(found)
        if bool(before.takedown) is bool(takedown):
            return before
        after = content.describe(content.change(ctx, tx, found, takedown))
        action = "takeDownContent" if takedown else "restoreContent"
        subject = Subject(type=content.subject, id=after.id, title=None if content.personal else after.title)
        changes = {"takenDown": (_shown(before), _shown(after))}
        record(tx, actor_of(ctx), action, subject, reason=trail, changes=changes)
        # The scope counts only for requests of the operators' organization, so it is that of the request.
        audience = (ctx.principal.organization_id, *after.concerns)
        if takedown:
            tx.emit("CONTENT", "TAKEDOWN", after.id, to=audience)
        else:
            tx.emit("CONTENT", "RESTORE", after.id, to=audience)
        if tell:
            tell(tx, after)
        return after

    return ctx.table.retry_until_committed(attempt)


def _shown(item: Item) -> str:
    return "true" if item.takedown else "false"
