"""Accepting the profiles that wait, once operators have turned the review of profiles off."""

from datetime import datetime
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.marketplace.commands import ALL, PROFILE_REVIEW_OFF
from souk.domains.marketplace.store import as_of_now
from souk.domains.reviews.model import Review, ReviewKind, ReviewState
from souk.domains.reviews.store import REVIEWS, close_review, open_reviews
from souk.domains.talent.commands.editing import announce, read
from souk.domains.talent.model import Profile, ProfileEvent, ProfileState
from souk.domains.talent.store import PROFILES
from souk.storage import Table, Transaction
from souk.values.times import stamp

_AT_ONCE: Final = 100  # profiles in one run of the deadline


def accept_waiting(table: Table, now: datetime) -> None:
    """Accept the profiles that wait. Does nothing if operators have turned the review on again."""
    if as_of_now(table).profile_review:
        return
    waiting = open_reviews(table, ReviewKind.FREELANCER_PROFILE, _AT_ONCE)
    for review in waiting:
        _accept(table, review, now)
    if len(waiting) == _AT_ONCE:
        tx = table.transaction()
        schedule(tx, PROFILE_REVIEW_OFF, ALL, now)
        tx.commit()


def _accept(table: Table, found: Review, now: datetime) -> None:
    def attempt(tx: Transaction) -> None:
        review = table.get(REVIEWS, found.kind, found.subject_id, found.opened, consistent=True)
        if review is None:  # an operator was faster
            return
        user, profile = read(table, found.subject_id)
        close_review(tx, table, review, ReviewState.APPROVED)
        if profile.state is ProfileState.UNDER_REVIEW and profile.review_opened == review.opened:
            tx.update(PROFILES, _accepted(profile, now))
            announce(table, tx, user, ProfileEvent.ACCEPT)

    table.retry_until_committed(attempt)


def _accepted(profile: Profile, now: datetime) -> Profile:
    changes = {"state": ProfileState.AUTO_ACCEPTED, "review_opened": None, "updated": stamp(now)}
    return profile.model_copy(update=changes)
