"""The reviews of subscriptions' addresses: opened and closed with the change of the subscription."""

from typing import Final

from souk.domains.reviews.model import Review, ReviewKind, ReviewState
from souk.domains.reviews.store import REVIEWS, close_review, open_review
from souk.domains.webhooks.model import Subscription, SubscriptionState
from souk.storage import Table, Transaction
from souk.values.times import stamp

REVIEW_KIND: Final = ReviewKind.WEBHOOK_SUBSCRIPTION
_DECISIONS = {SubscriptionState.ACTIVE: ReviewState.APPROVED, SubscriptionState.REJECTED: ReviewState.REJECTED}


def begin_review(tx: Transaction, table: Table, subscription: Subscription) -> Subscription:
    """Open the review of a subscription's address. Returns the subscription, which remembers it."""
    opened = _now(tx)
    new = Review(
        kind=REVIEW_KIND,
        subject_id=subscription.id,
        organization_id=subscription.organization_id,
        requested_by_id=subscription.created_by_id,
        opened=opened,
    )
    open_review(tx, table, new)
    return subscription.model_copy(update={"review_opened": opened})


def end_review(
    tx: Transaction,
    table: Table,
    before: Subscription,
    after: Subscription | None,
    operator_id: str | None = None,
) -> None:
    """Close the open review of a subscription, if it has one. `after` is None if the subscription is deleted.

    `operator_id` is the operator who decides; None if the organization withdraws the address.
    """
    review = (
        table.get(REVIEWS, REVIEW_KIND, before.id, before.review_opened, consistent=True)
        if before.review_opened
        else None
    )
    if review is None:
        return
    state = _DECISIONS.get(after.state, ReviewState.WITHDRAWN) if after and operator_id else ReviewState.WITHDRAWN
    note = after.state_reason if after and operator_id else None
    close_review(tx, table, review, state, decided_by_id=operator_id, note=note)


def follow_change(tx: Transaction, table: Table, before: Subscription, after: Subscription) -> Subscription:
    """Open and close reviews with a change by the organization. Returns the subscription to store.

    A new address needs a new review; the review of the previous one is withdrawn.
    """
    waits = after.state is SubscriptionState.REVIEW
    if waits and before.review_opened and (after.url == before.url or before.review_opened == _now(tx)):
        return after
    end_review(tx, table, before, after)
    return begin_review(tx, table, after) if waits else after.model_copy(update={"review_opened": None})


def _now(tx: Transaction) -> str:
    return stamp(tx.clock.market())
