"""What operators decide about profiles."""

from typing import Any

from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from souk.domains.talent.commands import decisions
from souk.domains.talent.inputs import ChecksChange, VisibilityLock
from souk.domains.talent.model import Profile
from souk.domains.talent.resolvers.declared import OPERATORS, domain
from souk.domains.talent.views import parts
from souk.graph import Context


@domain.mutation("reviewFreelancerProfile", scopes=OPERATORS)
def review_profile(ctx: Context, user_id: str, approve: bool, note: str | None = None) -> User | None:
    """Accept or reject a profile that is under review."""
    decided = decisions.review_profile(ctx, user_id, approve=approve, note=note)
    return ctx.load(USERS, decided.user_id)


@domain.mutation("reviewFreelancerCertificate", scopes=OPERATORS)
def review_certificate(
    ctx: Context, user_id: str, certificate_id: str, approve: bool, note: str | None = None
) -> dict[str, Any]:
    """Verify a certificate, or reject it."""
    decided = decisions.review_certificate(ctx, user_id, certificate_id, approve=approve, note=note)
    return parts.certificate(decided, private=True)


@domain.mutation("updateFreelancerVerifications", scopes=OPERATORS)
def update_verifications(ctx: Context, input: ChecksChange) -> User | None:
    """Record which checks of a person were made."""
    return ctx.load(USERS, decisions.set_checks(ctx, input).user_id)


@domain.mutation("lockFreelancerVisibility", scopes=OPERATORS)
def lock_visibility(ctx: Context, input: VisibilityLock) -> Profile:
    """Lock the visibility of a profile, or end that."""
    return decisions.lock_visibility(ctx, input)
