"""Approving what waits, once operators have turned a kind of review off."""

from collections.abc import Callable
from typing import Final

from souk.domains.reviews.model import Review, ReviewKind, ReviewState
from souk.domains.reviews.store import REVIEWS, close_review, open_reviews
from souk.storage import Table, Transaction

_AT_ONCE: Final = 100


def approve_waiting(table: Table, kind: ReviewKind, approve: Callable[[Transaction, Review], None]) -> bool:
    """Approve the reviews that wait longest, each in a transaction to which `approve` adds the consequences.

    Returns whether more may wait. A review that an operator decides at the same time stays as they decide.
    """
    waiting = open_reviews(table, kind, _AT_ONCE)
    for found in waiting:
        _approve(table, found, approve)
    return len(waiting) == _AT_ONCE


def _approve(table: Table, found: Review, approve: Callable[[Transaction, Review], None]) -> None:
    def attempt(tx: Transaction) -> None:
        review = table.get(REVIEWS, found.kind, found.subject_id, found.opened, consistent=True)
        if review is None:  # an operator was faster
            return
        approve(tx, review)
        close_review(tx, table, review, ReviewState.APPROVED)

    table.retry_until_committed(attempt)
