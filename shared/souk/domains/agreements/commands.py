"""The freelancer's side of a new agreement: loaded, and checked to be active."""

from collections.abc import Sequence

from souk.authentication.records import Membership
from souk.domains.agreements.model import Vendor
from souk.domains.identity.model import OrganizationLegacyType
from souk.domains.identity.store import ORGANIZATIONS
from souk.graph import Context


def active_vendor(ctx: Context, user_id: str, team_id: str, memberships: Sequence[Membership]) -> Vendor | None:
    """Return a freelancer as a member of an organization; None if they are not, or if it is not active.

    `memberships` are those of the freelancer.
    """
    team = ctx.load(ORGANIZATIONS, team_id)
    if team is None or not team.active or team.legacy_type is not OrganizationLegacyType.VENDOR:
        return None
    company = ctx.load(ORGANIZATIONS, team.company_id)
    if company is None or not company.active:
        return None
    return Vendor(user_id, team, company) if any(one.acts_in(team.id, company.id) for one in memberships) else None


def active_vendors(ctx: Context, user_id: str, memberships: Sequence[Membership]) -> list[Vendor]:
    """Return a freelancer as a member of each organization that they work for. Takes one round trip."""
    ctx.load_many(ORGANIZATIONS, [id_ for one in memberships for id_ in (one.organization_id, one.company_id)])
    found = (active_vendor(ctx, user_id, one.organization_id, memberships) for one in memberships)
    return [vendor for vendor in found if vendor]


def is_colleague(company_id: str, memberships: Sequence[Membership]) -> bool:
    """Return whether a person with these memberships belongs to a company. Former members do not."""
    return any(one.active and one.company_id == company_id for one in memberships)
