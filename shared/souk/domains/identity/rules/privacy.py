"""Privacy: which data of users and companies a caller can see. Pure.

The functions take the request's context, because links are declared with them.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from souk.authentication.principal import Principal
from souk.authentication.records import Membership
from souk.domains.identity.model import (
    Change,
    ClientVerificationStatus,
    Organization,
    PaymentVerificationStatus,
    User,
)
from souk.domains.identity.rules.permissions import rule_of


class RequestContext(Protocol):
    """The part of a request's context that the rules use."""

    @property
    def principal(self) -> Principal:
        """The caller."""


def governs(ctx: RequestContext, organization_id: str, company_id: str) -> bool:
    """Return whether the caller is an administrator of an organization or its company, or an operator."""
    principal = ctx.principal
    return principal.operator or (principal.administers and principal.acts_in(organization_id, company_id))


def company_shown(organization: Organization, ctx: RequestContext) -> bool:
    """Return whether the caller sees private data of a company: its members and operators do."""
    principal = ctx.principal
    return principal.operator or (principal.member and principal.company_id == organization.company_id)


def person_shown(user: User, ctx: RequestContext) -> bool:
    """Return whether the caller sees a person's private data (e-mail, last name, street).

    The person, their colleagues and operators do. Colleagues are members of the company of the request.
    """
    principal = ctx.principal
    colleagues = principal.member and principal.company_id in user.company_ids
    return principal.operator or principal.user_id == user.id or colleagues


def shown_on_profile(user: User) -> object:
    """Return what others see of an account on the person's freelancer profile, for comparison."""
    place, portrait = user.location, user.portrait
    names = user.first_name, user.last_name
    shown = place.city, place.state, place.country, place.timezone, portrait.name if portrait else None, user.photo_url
    return names, shown, user.identity_verification


def teams_open_to(teams: Iterable[Organization], memberships: Sequence[Membership]) -> list[Organization]:
    """Return the teams of a company that a person has a role in. A role in the company applies to all teams."""
    return [team for team in teams if any(one.acts_in(team.id, team.company_id) for one in memberships)]


def permissions_shown(ctx: RequestContext, organization: Organization, user_id: str) -> bool:
    """Return whether the caller sees a person's permissions and teams in an organization.

    Members see their own; administrators see those of all members.
    """
    principal = ctx.principal
    own = principal.user_id == user_id and principal.company_id == organization.company_id
    return own or governs(ctx, organization.id, organization.company_id)


def membership_shown(membership: Membership, ctx: RequestContext) -> bool:
    """Return whether the caller sees a membership: the member and administrators of the organization do."""
    own = ctx.principal.user_id == membership.user_id
    return own or governs(ctx, membership.organization_id, membership.company_id)


def change_shown(change: Change, ctx: RequestContext) -> bool:
    """Return whether the caller sees an audit record: administrators of the organization and operators do."""
    principal = ctx.principal
    audits = rule_of("ORGANIZATION", "audit").held_by(principal.role, principal.permissions)
    return principal.operator or (audits and principal.acts_in(change.organization_id, change.company_id))


def payment_status_shown(organization: Organization, ctx: RequestContext) -> PaymentVerificationStatus | None:
    """Return a company's payment verification. Only its members and operators see the kinds of failure."""
    public = organization.client_verification is not ClientVerificationStatus.NOT_VERIFIED
    return organization.payment_verification_status if public or company_shown(organization, ctx) else None
