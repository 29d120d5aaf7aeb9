"""Whose activities a request is about, and who may read and change them."""

from souk.authentication.principal import Role
from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import CONTRACTS
from souk.domains.identity.model import Organization
from souk.domains.identity.store import ORGANIZATIONS, memberships_of
from souk.graph import Context
from souk.values.errors import Forbidden, NotFound

_NO_TEAM = "This team does not exist, or you cannot see its activities."
_NO_CONTRACT = "The contract {} does not exist, or you cannot see it."


def organization(ctx: Context, org_id: str, team_id: str | None) -> Organization:
    """Return the team of a request, or the organization itself for a request without a team.

    Raises NotFound unless both exist and the team belongs to the organization. Callers check who asks.
    """
    found = ctx.load_many(ORGANIZATIONS, [org_id, team_id or org_id])
    parent, owner = found
    if parent is None or owner is None or parent.id not in (owner.id, owner.company_id):
        raise NotFound(_NO_TEAM)
    return owner


def may_see(ctx: Context, owner: Organization) -> bool:
    """Return whether the caller is a member of the team or of its company, in the context of one of these."""
    return ctx.principal.acts_in(owner.id, owner.company_id)


def not_found() -> NotFound:
    """Return the error for strangers, which is the same as for a missing team."""
    return NotFound(_NO_TEAM)


def no_code(code: str) -> NotFound:
    """Return the error for a code that the team does not have."""
    return NotFound(f"This team has no activity {code[:50]!r}.")


def managed(ctx: Context, org_id: str, team_id: str | None) -> Organization:
    """Return the team of a request whose activities the caller may change.

    Raises NotFound for strangers, and Forbidden for members who may not hire and for organizations that do not hire.
    """
    owner = organization(ctx, org_id, team_id)
    if not may_see(ctx, owner):
        raise not_found()
    if not ctx.principal.leads:
        raise Forbidden("Only owners, admins and hiring managers of the team may change its activities.")
    company = ctx.load(ORGANIZATIONS, owner.company_id)
    if company is None or not (owner.active and company.can_hire):
        raise Forbidden("Only active client organizations have activities.")
    return owner


def require_company(ctx: Context, owner: Organization) -> None:
    """Raise Forbidden unless the caller acts for the whole company."""
    if ctx.principal.organization_id != owner.company_id:
        raise Forbidden(
            "batchAssignment: allInTopLevelOrg needs a request of the company, by somebody who hires for all of it."
        )


def managed_ids(ctx: Context, owner: Organization) -> tuple[str, ...]:
    """Return the organizations of a company that the caller may hire for."""
    leading = (Role.OWNER, Role.ADMIN, Role.HIRING_MANAGER)
    memberships = memberships_of(ctx.table, ctx.principal.user_id, consistent=True)
    own = {one.organization_id for one in memberships if one.company_id == owner.company_id and one.role in leading}
    return tuple(sorted(own))


def contracts(ctx: Context, ids: tuple[str, ...]) -> list[Contract]:
    """Return contracts whose client the caller acts for. Raises NotFound, which names the first other one."""
    found = []
    for id_, one in zip(ids, ctx.load_many(CONTRACTS, list(ids), consistent=True), strict=True):
        if one is None or not one.parties.client_is(ctx.principal):
            raise NotFound(_NO_CONTRACT.format(id_[:20]))
        found.append(one)
    return found
