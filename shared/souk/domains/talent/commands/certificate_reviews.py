"""Reviews of certificates: opened when there is something to look at, and closed in the transaction that ends them."""

from souk.domains.identity.model import User
from souk.domains.reviews.model import Review, ReviewKind, ReviewState
from souk.domains.reviews.store import REVIEWS, close_review, open_review
from souk.domains.talent.model import Certificate, Profile
from souk.domains.talent.rules.records import needs_review
from souk.graph import Context
from souk.storage import Transaction
from souk.values.times import stamp


def follow(ctx: Context, tx: Transaction, user: User, before: Profile, after: Profile) -> Profile:
    """Open and withdraw the reviews of changed certificates. Returns the profile, which remembers its open reviews."""
    known = {one.id: one for one in before.certificates}
    changed = tuple(one if one == known.get(one.id) else _followed(ctx, tx, user, one) for one in after.certificates)
    kept = {one.id for one in changed}
    for gone in before.certificates:
        if gone.id not in kept:
            close(ctx, tx, gone, ReviewState.WITHDRAWN)
    return after if changed == after.certificates else after.model_copy(update={"certificates": changed})


def close(
    ctx: Context,
    tx: Transaction,
    certificate: Certificate,
    state: ReviewState,
    *,
    decided_by_id: str | None = None,
    note: str | None = None,
) -> None:
    """Close the open review of a certificate, if it has one."""
    if certificate.review_opened is None:
        return
    kind = ReviewKind.FREELANCER_CERTIFICATE
    if review := ctx.table.get(REVIEWS, kind, certificate.id, certificate.review_opened, consistent=True):
        close_review(tx, ctx.table, review, state, decided_by_id=decided_by_id, note=note)


def _followed(ctx: Context, tx: Transaction, user: User, certificate: Certificate) -> Certificate:
    wanted = needs_review(certificate)
    if wanted is (certificate.review_opened is not None):
        return certificate
    if not wanted:
        close(ctx, tx, certificate, ReviewState.WITHDRAWN)
        return certificate.model_copy(update={"review_opened": None})
    now = stamp(ctx.now)
    review = Review(
        kind=ReviewKind.FREELANCER_CERTIFICATE,
        subject_id=certificate.id,
        organization_id=user.organization_id,
        requested_by_id=user.id,
        opened=now,
    )
    open_review(tx, ctx.table, review)
    return certificate.model_copy(update={"review_opened": now})
