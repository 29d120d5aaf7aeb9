"""What one may know of another: people, companies, and what only members of a company see. Pure.

Who asks is the `principal` of a request's context: the functions that links are declared with take that context.
"""

from typing import Protocol

from souk.domains.identity.model import ClientVerificationStatus, Organization, PaymentVerificationStatus, User
from souk.identity.principal import Principal, Role

_SEE_ALL_TEAMS = frozenset({Role.OWNER, Role.ADMIN})


class Asked(Protocol):
    """A request, as far as these rules look at it."""

    @property
    def principal(self) -> Principal:
        """Who calls."""


def company_shown(organization: Organization, asked: Asked) -> bool:
    """Say whether the private side of a company is shown: to its members, and to those who run Souk."""
    return asked.principal.operator or asked.principal.company_id == organization.company_id


def person_shown(user: User, asked: Asked) -> bool:
    """Say whether a person's own data (e-mail, last name, street) is shown: to them and to their colleagues.

    Colleagues are the members of the company in whose context the request is made.
    """
    principal = asked.principal
    return principal.operator or principal.user_id == user.id or principal.company_id in user.company_ids


def may_list_teams_of(principal: Principal, user_id: str) -> bool:
    """Say whether the caller may ask in which teams somebody is: themselves, or as one who governs the company."""
    return principal.user_id == user_id or sees_every_team(principal)


def sees_every_team(principal: Principal) -> bool:
    """Say whether the teams of the company are the caller's without being a member of each."""
    return principal.operator or (
        principal.organization_id == principal.company_id and principal.role in _SEE_ALL_TEAMS
    )


def payment_status_shown(organization: Organization, asked: Asked) -> PaymentVerificationStatus | None:
    """Return what a payment verification looks like from outside: its success is told, the kinds of failure are not."""
    told = organization.client_verification is not ClientVerificationStatus.NOT_VERIFIED
    return organization.payment_verification_status if told or company_shown(organization, asked) else None
