"""Activating the API keys that wait, once operators have turned the review of keys off."""

from datetime import datetime

from souk.authentication.records import API_KEYS, KeyState
from souk.deadlines.model import schedule
from souk.domains.mails.commands import queue
from souk.domains.mails.model import MailTemplate
from souk.domains.marketplace.commands import ALL, KEY_REVIEW_OFF
from souk.domains.marketplace.store import as_of_now
from souk.domains.reviews.commands import approve_waiting
from souk.domains.reviews.model import Review, ReviewKind
from souk.storage import Table, Transaction


def activate_waiting(table: Table, now: datetime) -> None:
    """Activate the keys that wait. Does nothing if operators have turned the review on again."""

    def activate(tx: Transaction, review: Review) -> None:
        key = table.get(API_KEYS, review.subject_id, consistent=True)
        if key and key.state is KeyState.REVIEW:
            tx.update(API_KEYS, key.model_copy(update={"state": KeyState.ACTIVE, "review_opened": None}))
            if review.requested_by_id:
                queue(tx, MailTemplate.KEY_APPROVED, review.requested_by_id, now, name=key.name)

    if not as_of_now(table).api_key_review and approve_waiting(table, ReviewKind.API_KEY, activate):
        tx = table.transaction()
        schedule(tx, KEY_REVIEW_OFF, ALL, now)
        tx.commit()
