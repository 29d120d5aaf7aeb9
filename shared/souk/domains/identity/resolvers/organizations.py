"""Organizations in the graph: that of the request, the company that it belongs to, and its teams.

What a stored entity has under the contract's name is read from it; what has no facts yet is not declared.
"""

from typing import Any

from souk.domains.identity.model import Organization
from souk.domains.identity.pages import page
from souk.domains.identity.resolvers.declared import CALLER, domain
from souk.domains.identity.rules import privacy
from souk.domains.identity.store import ORGANIZATIONS, memberships_of, teams_of
from souk.errors import Forbidden
from souk.graph import Context


@domain.query("organization", scopes=CALLER)
def organization(ctx: Context) -> Organization | None:
    """Return the organization that the request is made for."""
    return ctx.load(ORGANIZATIONS, ctx.principal.organization_id)


domain.link(
    "CurrentOrganization.parentOrganization",
    "GenericOrganization.parentOrganization",
    to=ORGANIZATIONS,
    by="parent_id",
)
domain.link(
    "CurrentOrganization.company",
    "GenericOrganization.company",
    to=ORGANIZATIONS,
    by="company_id",
    visible=privacy.company_shown,
)


@domain.connection("CurrentOrganization.childOrganizations")
def child_organizations(
    source: Organization, ctx: Context, user_id: str | None = None, pagination: dict[str, Any] | None = None
) -> list[Organization] | None:
    """Return the teams of a company that are open to a person, oldest first; None where it is a team itself."""
    return None if source.is_team else page(_teams(source, ctx, user_id), pagination)


@domain.connection("CurrentOrganization.childOrganization")
def child_organization(source: Organization, ctx: Context, id: str, user_id: str | None = None) -> Organization | None:  # noqa: A002
    """Return one of the teams of a company that are open to a person; None where there is none with this id."""
    return None if source.is_team else next((team for team in _teams(source, ctx, user_id) if team.id == id), None)


def _teams(company: Organization, ctx: Context, user_id: str | None) -> list[Organization]:
    asked_for = user_id or ctx.principal.user_id
    if not privacy.may_ask_for_teams_of(ctx, company, asked_for):
        raise Forbidden("Only those who govern a company see who is in which of its teams.")
    return privacy.teams_open_to(teams_of(ctx.table, company.id), memberships_of(ctx.table, asked_for))
