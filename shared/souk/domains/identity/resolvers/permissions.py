"""Resolvers of `userPermissions`."""

from dataclasses import dataclass
from typing import Any

from souk.authentication.records import Membership
from souk.domains.identity.inputs import PermissionFilter
from souk.domains.identity.model import Organization, User
from souk.domains.identity.resolvers.declared import WHOLE, domain
from souk.domains.identity.rules import permissions, privacy
from souk.domains.identity.store import ORGANIZATIONS, all_memberships_of, teams_of
from souk.graph import Context
from souk.graph.lists import MAX_PAGE, limit_size
from souk.values.errors import Forbidden, NotFound, Unprocessable


@dataclass(frozen=True, slots=True)
class Node:
    """A permission in the contract's form."""

    organization: Organization
    team: Organization | None
    action: str
    access: permissions.Access
    reason: permissions.Reason | None


@domain.connection("CurrentOrganization.userPermissions", size=WHOLE)
def organization_permissions(source: Organization, ctx: Context, filter: PermissionFilter) -> dict[str, Any]:
    """Return a person's permissions in an organization.

    Raises Forbidden for another person's permissions, unless the caller is an administrator.
    """
    person = filter.user_id or ctx.principal.user_id
    if not privacy.permissions_shown(ctx, source, person):
        raise Forbidden("Only administrators of the organization can see the permissions of other members.")
    return _permissions(ctx, source, person, filter)


@domain.connection("CurrentUser.userPermissions", size=WHOLE)
def own_permissions(source: User, ctx: Context, filter: PermissionFilter) -> dict[str, Any]:
    """Return the caller's permissions in the organization of the request."""
    place = ctx.load(ORGANIZATIONS, ctx.principal.organization_id)
    if place is None or source.id != ctx.principal.user_id:
        raise Forbidden("You cannot see another person's permissions.")
    return _permissions(ctx, place, source.id, filter)


def _permissions(ctx: Context, source: Organization, person: str, wanted: PermissionFilter) -> dict[str, Any]:
    company = ctx.load(ORGANIZATIONS, source.company_id)
    if company is None:
        raise NotFound("This organization has no company.")
    memberships = all_memberships_of(ctx.table, person)
    places = _places(ctx, source, company, memberships, wanted)
    found = permissions.evaluate(wanted.resource_type_eq, places, company, memberships)
    if wanted.return_first_granted_result_eq:
        found = [one for one in found if one.reason is None][:1]
    bound_to = ["userPermissions", source.id, person, wanted.model_dump(exclude={"limit", "offset"})]
    start = ctx.cursors.decode(bound_to, wanted.offset) or 0
    end = start + (MAX_PAGE if wanted.limit is None else limit_size(wanted.limit))
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
    """Return the requested organizations: the named ones, or the company and its teams, or the source.

    Raises NotFound if a named one is not in the company, or is a hidden team that the caller may not see.
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


def _node(company: Organization, one: permissions.EvaluatedPermission) -> Node:
    return Node(company, one.place if one.place.is_team else None, one.action, one.access, one.reason)
