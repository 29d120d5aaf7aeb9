"""Resolvers of organizations and teams.

Fields that the stored entity has under the contract's name need no resolver. Fields without data are not declared.
"""

from collections.abc import Callable
from typing import Any

from souk.domains.identity.commands import organizations as commands
from souk.domains.identity.inputs import CreateOrganization, UpdateOrganization
from souk.domains.identity.lists import page
from souk.domains.identity.model import Change, Organization
from souk.domains.identity.resolvers.declared import CALLER, WHOLE, domain
from souk.domains.identity.rules import privacy
from souk.domains.identity.store import ACTIVE_MEMBERS, CHANGES, ORGANIZATIONS, memberships_of, teams_of
from souk.graph import Context, Scope
from souk.graph.context import Source
from souk.graph.lists import Pagination
from souk.storage import Key, Table
from souk.values.errors import Forbidden


def _current(ctx: Context) -> dict[Key, Source]:
    return {ORGANIZATIONS.key(ctx.principal.organization_id): ORGANIZATIONS}


@domain.query("organization", scopes=CALLER, needs=_current)
def organization(ctx: Context) -> Organization | None:
    """Return the organization that the request is made for."""
    return ctx.load(ORGANIZATIONS, ctx.principal.organization_id)


@domain.query("accountAuditRecord", scopes=[Scope.ORGANIZATIONS])
def account_audit_record(ctx: Context, process_instance_id: str) -> Change | None:
    """Return an audit record for administrators of the organization; None for others."""
    found = ctx.load(CHANGES, process_instance_id)
    return found if found and privacy.change_shown(found, ctx) else None


@domain.mutation("createOrganization", scopes=[Scope.ORGANIZATIONS])
def create_organization(ctx: Context, input: CreateOrganization) -> dict[str, Any]:
    """Create a team."""
    return {"id": commands.create(ctx, input).id, "success": True}


@domain.mutation("updateOrganization", scopes=[Scope.ORGANIZATIONS])
def update_organization(ctx: Context, input: UpdateOrganization) -> dict[str, Any]:
    """Change an organization or a team."""
    return {"id": commands.update(ctx, input).id, "success": True}


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


def _members(source: Organization, ctx: Context) -> dict[Key, Source]:
    return {ACTIVE_MEMBERS.key(source.id): ACTIVE_MEMBERS} if privacy.company_shown(source, ctx) else {}


@domain.field("CurrentOrganization.memberCount", needs=_members)
def member_count(source: Organization, ctx: Context) -> int | None:
    """Return the number of active members; None to strangers."""
    count: int | None = ctx.entities.get(ACTIVE_MEMBERS.key(source.id))
    return count


@domain.connection("CurrentOrganization.childOrganizations", size=WHOLE)
def child_organizations(
    source: Organization, ctx: Context, user_id: str | None = None, pagination: Pagination | None = None
) -> list[Organization] | None:
    """Return the teams of a company that a person has access to, oldest first; None for a team."""
    return None if source.is_team else page(_teams(source, ctx, user_id), pagination)


@domain.connection("CurrentOrganization.childOrganization")
def child_organization(source: Organization, ctx: Context, id: str, user_id: str | None = None) -> Organization | None:
    """Return a team of a company that a person has access to; None if there is none with this id."""
    return None if source.is_team else next((team for team in _teams(source, ctx, user_id) if team.id == id), None)


def _teams(company: Organization, ctx: Context, user_id: str | None) -> list[Organization]:
    person_id = user_id or ctx.principal.user_id
    if not privacy.permissions_shown(ctx, company, person_id):
        raise Forbidden("Only administrators of the company can see the teams of other members.")
    reads: list[Callable[[Table], Any]] = [
        lambda table: teams_of(table, company.id),
        lambda table: memberships_of(table, person_id),
    ]
    return privacy.teams_open_to(*ctx.table.concurrently(reads))
