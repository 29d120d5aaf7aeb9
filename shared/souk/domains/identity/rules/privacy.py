"""What one may know of another: people, companies, and what only members of a company see. Pure.

Who asks is the `principal` of a request's context: the functions that links are declared with take that context.
"""

from collections.abc import Iterable
from typing import Protocol

from souk.domains.identity.model import (
    Change,
    ClientVerificationStatus,
    Organization,
    PaymentVerificationStatus,
    User,
)
from souk.domains.identity.rules.permissions import rule_of
from souk.identity.principal import Principal, Role
from souk.identity.records import Membership

_GOVERNING = frozenset({Role.OWNER, Role.ADMIN})


class Asked(Protocol):
    """A request, as far as these rules look at it."""

    @property
    def principal(self) -> Principal:
        """Who calls."""


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


def may_ask_for_teams_of(asked: Asked, company: Organization, user_id: str) -> bool:
    """Say whether the caller may know in which teams of a company somebody is.

    Members may know it of themselves, and of each other those who govern the whole company.
    """
    principal = asked.principal
    if principal.operator:
        return True
    governs = principal.governs(company.id, company.id) and principal.administers
    return principal.company_id == company.id and (principal.user_id == user_id or governs)


def teams_open_to(teams: Iterable[Organization], memberships: Iterable[Membership]) -> list[Organization]:
    """Return the teams of one company that are open to somebody: all to its owner and admins, else those joined."""
    active = {one.organization_id: one.role for one in memberships if one.active}
    return [team for team in teams if team.id in active or active.get(team.company_id) in _GOVERNING]


def may_ask_what_they_may(asked: Asked, organization: Organization, user_id: str) -> bool:
    """Say whether the caller may know what somebody may do in an organization: themselves, or who governs it."""
    principal = asked.principal
    governs = principal.governs(organization.id, organization.company_id) and principal.administers
    own = principal.user_id == user_id and principal.company_id == organization.company_id
    return principal.operator or own or governs


def teams_reached(teams: Iterable[Organization], memberships: Iterable[Membership]) -> list[Organization]:
    """Return the teams of one company in which somebody can act: all of them with a role in the company itself."""
    active = {one.organization_id: one.role for one in memberships if one.active}
    return [team for team in teams if team.id in active or active.get(team.company_id, Role.NONE) is not Role.NONE]


def membership_shown(membership: Membership, asked: Asked) -> bool:
    """Say whether somebody's membership is shown in a list by person: to them and to those who govern the place."""
    principal = asked.principal
    governs = principal.governs(membership.organization_id, membership.company_id) and principal.administers
    return principal.operator or principal.user_id == membership.user_id or governs


def change_shown(change: Change, asked: Asked) -> bool:
    """Say whether the record of a change is shown: to those who may look into the books of what was changed."""
    principal = asked.principal
    governs = principal.governs(change.organization_id, change.company_id)
    return principal.operator or (governs and rule_of("ORGANIZATION", "audit").held_by(principal.role, ()))


def payment_status_shown(organization: Organization, asked: Asked) -> PaymentVerificationStatus | None:
    """Return what a payment verification looks like from outside: its success is told, the kinds of failure are not."""
    told = organization.client_verification is not ClientVerificationStatus.NOT_VERIFIED
    return organization.payment_verification_status if told or company_shown(organization, asked) else None
