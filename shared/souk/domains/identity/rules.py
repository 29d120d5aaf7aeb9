"""What one may know of another: people, companies, and what only members of a company may see. Pure."""

from souk.domains.identity.model import Organization, User
from souk.identity.principal import Principal


def may_see_company(principal: Principal, organization: Organization) -> bool:
    """Say whether the private side of a company is shown: to its members, and to those who run Souk."""
    return principal.operator or principal.company_id == organization.company_id


def may_see_person(principal: Principal, user: User) -> bool:
    """Say whether a person's own data (e-mail, last name, street) is shown: to them and to their colleagues.

    Colleagues are the members of a company in whose context the request is made.
    """
    return principal.operator or principal.user_id == user.id or principal.company_id in user.company_ids
