"""What people may do, piece by piece, as the table of rules says it."""

from dataclasses import dataclass
from typing import Any

from souk.authentication.records import Membership
from souk.domains.identity.inputs import PermissionFilter
from souk.domains.identity.model import Organization, User
from souk.domains.identity.resolvers.declared import domain
from souk.domains.identity.rules import permissions, privacy
from souk.domains.identity.store import ORGANIZATIONS, memberships_of, teams_of
from souk.graph import Context
from souk.graph.lists import MAX_PAGE, page_size
from souk.values.errors import Forbidden, NotFound, Unprocessable


@dataclass(frozen=True, slots=True)
class Node:
    """A permission as the contract shows it."""

    organization: Organization
    team: Organization | None
    action: str
    access: permissions.Access
    reason: permissions.Reason | None


@domain.connection("CurrentOrganization.userPermissions")
def organization_permissions(source: Organization, ctx: Context, filter: PermissionFilter) -> dict[str, Any]:
    """Return what somebody may do in an organization.

    Raises Forbidden for what others may do, but to those who govern the organization.
    """
    person = filter.user_id or ctx.principal.user_id
    if not privacy.standing_shown(ctx, source, person):
        raise Forbidden("Only those who govern an organization see what others may do in it.")
    return _permissions(ctx, source, person, filter)


@domain.connection("CurrentUser.userPermissions")
def own_permissions(source: User, ctx: Context, filter: PermissionFilter) -> dict[str, Any]:
    """Return what the caller may do in the organization that the request is made for."""
    place = ctx.load(ORGANIZATIONS, ctx.principal.organization_id)
    if place is None or source.id != ctx.principal.user_id:
        raise Forbidden("These permissions are not yours to see.")
    return _permissions(ctx, place, source.id, filter)


def _permissions(ctx: Context, source: Organization, person: str, wanted: PermissionFilter) -> dict[str, Any]:
    company = ctx.load(ORGANIZATIONS, source.company_id)
    if company is None:
        raise NotFound("This organization has no company.")
    memberships = memberships_of(ctx.table, person)
    places = _places(ctx, source, company, memberships, wanted)
    found = permissions.findings(wanted.resource_type_eq, places, company, memberships)
    if wanted.return_first_granted_result_eq:
        found = [one for one in found if one.reason is None][:1]
    bound_to = ["userPermissions", source.id, person, wanted.model_dump(exclude={"limit", "offset"})]
    start = ctx.cursors.decode(bound_to, wanted.offset) or 0
    end = start + (MAX_PAGE if wanted.limit is None else page_size(wanted.limit))
    return {
        "edges": [{"node": _node(company, one)} for one in found[start:end]],
        "offset": ctx.cursors.encode(bound_to, end) if end < len(found) else None,
    }


def _places(
    ctx: Context,
    source: Organization,
    company: Organization,
    memberships: list[Membership],
    wanted: PermissionFilter,
) -> list[Organization]:
    """Return the places that are asked for: those of the company that are named, or it and its teams, or this one.

    Raises NotFound where a named one is no place of the company, or a hidden one that is not the caller's to know.
    """
    if wanted.team_org_ids_any is None:
        if not wanted.return_all_teams:
            return [source]
        return [company, *privacy.teams_open_to(teams_of(ctx.table, company.id), memberships)]
    ids = list(dict.fromkeys(wanted.team_org_ids_any))
    if len(ids) > MAX_PAGE:
        raise Unprocessable(f"filter.teamOrgIds_any: at most {MAX_PAGE} teams; these are {len(ids)}.")
    named = [one for one in ctx.load_many(ORGANIZATIONS, ids) if one and one.company_id == company.id]
    hidden = [one for one in named if one.hidden and not ctx.principal.acts_in(one.id, one.company_id)]
    if len(named) != len(ids) or len(privacy.teams_open_to(hidden, memberships)) != len(hidden):
        raise NotFound("filter.teamOrgIds_any: not all of these are teams of this company.")
    return named


def _node(company: Organization, one: permissions.Finding) -> Node:
    return Node(company, one.place if one.place.is_team else None, one.action, one.access, one.reason)
