"""Activating the API keys that wait, once operators have turned the review of keys off."""

from datetime import datetime
from typing import Final

from souk.authentication.records import API_KEYS, KeyState
from souk.deadlines.model import schedule
from souk.domains.mails.commands import queue
from souk.domains.mails.model import MailTemplate
from souk.domains.marketplace.commands import ALL, KEY_REVIEW_OFF
from souk.domains.marketplace.store import as_of_now
from souk.domains.reviews.model import Review, ReviewKind, ReviewState
from souk.domains.reviews.store import REVIEWS, close_review, open_reviews
from souk.storage import Table, Transaction

_AT_ONCE: Final = 100  # keys in one run of the deadline


def activate_waiting(table: Table, now: datetime) -> None:
    """Activate the keys that wait. Does nothing if operators have turned the review on again."""
    if as_of_now(table).api_key_review:
        return
    waiting = open_reviews(table, ReviewKind.API_KEY, _AT_ONCE)
    for review in waiting:
        _activate(table, review, now)
    if len(waiting) == _AT_ONCE:
        tx = table.transaction()
        schedule(tx, KEY_REVIEW_OFF, ALL, now)
        tx.commit()


def _activate(table: Table, found: Review, now: datetime) -> None:
    def attempt(tx: Transaction) -> None:
        review = table.get(REVIEWS, found.kind, found.subject_id, found.opened, consistent=True)
        if review is None:  # an operator was faster
            return
        key = table.get(API_KEYS, found.subject_id, consistent=True)
        close_review(tx, table, review, ReviewState.APPROVED)
        if key and key.state is KeyState.REVIEW:
            tx.update(API_KEYS, key.model_copy(update={"state": KeyState.ACTIVE, "review_opened": None}))
            if review.requested_by_id:
                queue(tx, MailTemplate.KEY_APPROVED, review.requested_by_id, now, name=key.name)

    table.retry_until_committed(attempt)
