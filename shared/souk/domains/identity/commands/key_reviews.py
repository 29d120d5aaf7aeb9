"""Reviews of API keys, where the marketplace reviews them: opened and closed with the change of the key."""

from souk.authentication.records import ApiKey, KeyState
from souk.domains.marketplace.store import current
from souk.domains.reviews.model import Review, ReviewKind, ReviewState
from souk.domains.reviews.store import REVIEWS, close_review, open_review
from souk.storage import Table, Transaction
from souk.values.times import stamp


def begin_review(tx: Transaction, table: Table, key: ApiKey, requested_by_id: str) -> ApiKey:
    """Return a key that works only after an operator has approved it, if the marketplace reviews keys.

    The review is added to the transaction, and the key remembers it.
    """
    if not current(table).api_key_review:
        return key.model_copy(update={"state": KeyState.ACTIVE, "state_reason": None})
    opened = stamp(tx.clock.market())
    review = Review(
        kind=ReviewKind.API_KEY,
        subject_id=key.id,
        organization_id=key.organization_id,
        requested_by_id=requested_by_id,
        opened=opened,
    )
    open_review(tx, table, review)
    return key.model_copy(update={"state": KeyState.REVIEW, "state_reason": None, "review_opened": opened})


def follow_change(tx: Transaction, table: Table, before: ApiKey, after: ApiKey, changed_by_id: str) -> ApiKey:
    """Open the review of a changed key, if it needs one. Returns the key to store.

    A key in review stays there. A rejected one is reviewed again, as is an active one that gets more scopes.
    """
    more = before.active and not set(after.scopes) <= set(before.scopes)
    if more or before.state is KeyState.REJECTED:
        return begin_review(tx, table, after, changed_by_id)
    return after


def end_review(
    tx: Transaction,
    table: Table,
    key: ApiKey,
    state: ReviewState = ReviewState.WITHDRAWN,
    *,
    decided_by_id: str | None = None,
    note: str | None = None,
) -> Review | None:
    """Close the open review of a key. Returns it; None if the key has none."""
    if key.review_opened is None:
        return None
    review = table.get(REVIEWS, ReviewKind.API_KEY, key.id, key.review_opened, consistent=True)
    return review and close_review(tx, table, review, state, decided_by_id=decided_by_id, note=note)
