"""The companies that a person owns alone. They are erased with the person."""

from functools import partial

from souk.authentication.records import MEMBERS, Membership
from souk.domains.identity.model import Organization
from souk.domains.identity.rules import members as rules
from souk.domains.identity.store import ORGANIZATIONS, USERS, all_memberships_of, memberships_of, teams_of
from souk.storage import Table, View


def owned_alone(table: Table, user_id: str) -> list[str]:
    """Return the ids of the companies that a person owns and that nobody else is a member of."""
    owned = [one.company_id for one in memberships_of(table, user_id, consistent=True) if rules.owns(one)]
    shared = table.concurrently([partial(has_colleagues, company_id=one, user_id=user_id) for one in owned])
    return [company_id for company_id, has in zip(owned, shared, strict=True) if not has]


def has_colleagues(table: Table, company_id: str, user_id: str) -> bool:
    """Return whether a company or a team of it has another member, who is no service account."""

    def in_company(table: Table) -> bool:
        return _has_another(table, company_id, user_id)

    def in_teams(table: Table) -> bool:
        teams = teams_of(table, company_id)
        return any(
            table.concurrently([partial(_has_another, organization_id=one.id, user_id=user_id) for one in teams])
        )

    return any(table.concurrently([in_company, in_teams]))


def _has_another(table: Table, organization_id: str, user_id: str) -> bool:
    """Return whether an organization has another member than a person, who is no service account."""
    view: View[Membership, Membership] = View([lambda one: one.active and one.user_id != user_id])
    for chunk in MEMBERS.of(table, organization_id).chunks(view):
        found = table.batch_get([USERS.key(one.user_id) for one in chunk])
        if any(not USERS.decode(item).service for item in found.values()):
            return True
    return False


def organizations_of(table: Table, user_id: str) -> list[str]:
    """Return the ids of the companies and teams that a person is or was a member of."""
    return [one.organization_id for one in all_memberships_of(table, user_id)]


def companies_of(table: Table, user_id: str) -> list[str]:
    """Return the ids of the companies that a person is or was a member of, in any team."""
    return sorted({one.company_id for one in all_memberships_of(table, user_id)})


def own_companies(table: Table, user_id: str) -> list[str]:
    """Return the ids of the companies of a person alone: to be erased with them, or erased with them already."""

    def erased(table: Table) -> list[str]:
        return [one.id for one in _companies(table, user_id) if one.erased_with == user_id]

    def owned(table: Table) -> list[str]:
        return owned_alone(table, user_id)

    return sorted({one for found in table.concurrently([erased, owned]) for one in found})


def own_organizations(table: Table, user_id: str) -> list[str]:
    """Return the ids of these companies and of their teams."""
    return [
        organization_id
        for company_id in own_companies(table, user_id)
        for organization_id in (company_id, *(team.id for team in teams_of(table, company_id)))
    ]


def _companies(table: Table, user_id: str) -> list[Organization]:
    items = table.batch_get(map(ORGANIZATIONS.key, companies_of(table, user_id)), consistent=True)
    return list(map(ORGANIZATIONS.decode, items.values()))
