"""What one may know of another: people, companies, and what only members of a company see. Pure.

Who asks is the `principal` of a request's context: the functions that links are declared with take that context.
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


class Asked(Protocol):
    """A request, as far as these rules look at it."""

    @property
    def principal(self) -> Principal:
        """Who calls."""


def governs(asked: Asked, organization_id: str, company_id: str) -> bool:
    """Say whether the caller governs an organization: its owners and admins do, its company's, and who runs Souk."""
    principal = asked.principal
    return principal.operator or (principal.administers and principal.acts_in(organization_id, company_id))


def company_shown(organization: Organization, asked: Asked) -> bool:
    """Say whether the private side of a company is shown: to its members, and to those who run Souk."""
    principal = asked.principal
    return principal.operator or (principal.member and principal.company_id == organization.company_id)


def person_shown(user: User, asked: Asked) -> bool:
    """Say whether a person's own data (e-mail, last name, street) is shown: to them and to their colleagues.

    Colleagues are the members of the company in whose context the request is made.
    """
    principal = asked.principal
    colleagues = principal.member and principal.company_id in user.company_ids
    return principal.operator or principal.user_id == user.id or colleagues


def teams_open_to(teams: Iterable[Organization], memberships: Sequence[Membership]) -> list[Organization]:
    """Return the teams of one company that somebody has a role in, which one in the company itself is for all."""
    return [team for team in teams if any(one.acts_in(team.id, team.company_id) for one in memberships)]


def standing_shown(asked: Asked, organization: Organization, user_id: str) -> bool:
    """Say whether the caller may know what somebody may do in an organization, and in which teams of it they are.

    Members may know it of themselves, and of each other those who govern it.
    """
    principal = asked.principal
    own = principal.user_id == user_id and principal.company_id == organization.company_id
    return own or governs(asked, organization.id, organization.company_id)


def membership_shown(membership: Membership, asked: Asked) -> bool:
    """Say whether somebody's membership is shown in a list by person: to them and to those who govern the place."""
    own = asked.principal.user_id == membership.user_id
    return own or governs(asked, membership.organization_id, membership.company_id)


def change_shown(change: Change, asked: Asked) -> bool:
    """Say whether the record of a change is shown: to those who may look into the books of what was changed."""
    principal = asked.principal
    audits = rule_of("ORGANIZATION", "audit").held_by(principal.role, principal.permissions)
    return principal.operator or (audits and principal.acts_in(change.organization_id, change.company_id))


def payment_status_shown(organization: Organization, asked: Asked) -> PaymentVerificationStatus | None:
    """Return what a payment verification looks like from outside: its success is told, the kinds of failure are not."""
    told = organization.client_verification is not ClientVerificationStatus.NOT_VERIFIED
    return organization.payment_verification_status if told or company_shown(organization, asked) else None
