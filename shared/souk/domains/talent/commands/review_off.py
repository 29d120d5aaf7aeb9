"""Accepting the profiles that wait, once operators have turned the review of profiles off."""

from datetime import datetime

from souk.deadlines.model import schedule
from souk.domains.marketplace.commands import ALL, PROFILE_REVIEW_OFF
from souk.domains.marketplace.store import as_of_now
from souk.domains.reviews.commands import approve_waiting
from souk.domains.reviews.model import Review, ReviewKind
from souk.domains.talent.commands.editing import announce, read
from souk.domains.talent.model import Profile, ProfileEvent, ProfileState
from souk.domains.talent.store import PROFILES
from souk.storage import Table, Transaction
from souk.values.times import stamp


def accept_waiting(table: Table, now: datetime) -> None:
    """Accept the profiles that wait. Does nothing if operators have turned the review on again."""

    def accept(tx: Transaction, review: Review) -> None:
        user, profile = read(table, review.subject_id)
        if profile.state is ProfileState.UNDER_REVIEW and profile.review_opened == review.opened:
            tx.update(PROFILES, _accepted(profile, now))
            announce(table, tx, user, ProfileEvent.ACCEPT)

    if not as_of_now(table).profile_review and approve_waiting(table, ReviewKind.FREELANCER_PROFILE, accept):
        tx = table.transaction()
        schedule(tx, PROFILE_REVIEW_OFF, ALL, now)
        tx.commit()


def _accepted(profile: Profile, now: datetime) -> Profile:
    changes = {"state": ProfileState.AUTO_ACCEPTED, "review_opened": None, "updated": stamp(now)}
    return profile.model_copy(update=changes)
