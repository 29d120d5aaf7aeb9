"""Operators' decisions about API keys."""

from typing import Final

from souk.authentication.records import API_KEYS, ApiKey, KeyState
from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.domains.identity.commands.deciding import already_decided
from souk.domains.identity.commands.key_reviews import end_review
from souk.domains.mails.commands import queue
from souk.domains.mails.model import MailTemplate
from souk.domains.operator.inputs import MAX_REASON
from souk.domains.reviews.model import ReviewKind, ReviewState
from souk.graph import Context
from souk.storage import Transaction
from souk.values import texts
from souk.values.errors import NotFound
from souk.values.problems import Problems

_NO_NOTE: Final = "say why, so that the organization can change the key."


def decide(ctx: Context, key_id: str, note: str | None, *, approve: bool) -> ApiKey:
    """Approve or reject a key that is in review, with a mail to the person who asked for it.

    Raises NotFound for an unknown key, Unprocessable for a rejection without a note, and Conflict for a key that is not
    in review.
    """
    problems = Problems("note")
    reason = texts.optional_text(problems, "", note, MAX_REASON)
    if not approve and not reason:
        problems.add("", _NO_NOTE, missing=True)
    problems.raise_if_any()
    state = KeyState.ACTIVE if approve else KeyState.REJECTED

    def attempt(tx: Transaction) -> ApiKey:
        before = ctx.table.get(API_KEYS, key_id, consistent=True)
        if before is None:
            raise NotFound("This API key does not exist.")
        if before.state is not KeyState.REVIEW:
            raise already_decided(ctx.table, ReviewKind.API_KEY, key_id, "This API key is not in review.")
        decided = ReviewState.APPROVED if approve else ReviewState.REJECTED
        review = end_review(tx, ctx.table, before, decided, decided_by_id=ctx.principal.user_id, note=reason)
        asked_by = (review and review.requested_by_id) or before.created_by
        if approve:
            queue(tx, MailTemplate.KEY_APPROVED, asked_by, ctx.now, name=before.name)
        else:
            queue(tx, MailTemplate.KEY_REJECTED, asked_by, ctx.now, name=before.name, reason=reason or "")
        subject = Subject(type="ApiKey", id=before.id, title=before.name)
        changes = {"state": (before.state.value, state.value)}
        record(tx, actor_of(ctx), "reviewApiKey", subject, reason=reason, changes=changes)
        shown = None if approve else reason
        return tx.update(
            API_KEYS, before.model_copy(update={"state": state, "state_reason": shown, "review_opened": None})
        )

    return ctx.table.retry_until_committed(attempt)
