"""The sides of a new agreement: loaded, and checked to be active."""

from collections.abc import Sequence

from souk.authentication.records import Membership
from souk.authentication.standing import STANDINGS, company_key, is_suspended, person_key, require_standing
from souk.domains.agreements.model import Parties, Vendor
from souk.domains.identity.model import OrganizationLegacyType
from souk.domains.identity.store import ORGANIZATIONS
from souk.graph import Context
from souk.storage import Transaction


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
    """Return a freelancer as a member of each organization that they work for. Takes one round trip.

    Suspended companies are left out. A suspended freelancer works for nobody.
    """
    places = [ORGANIZATIONS.key(id_) for one in memberships for id_ in (one.organization_id, one.company_id)]
    standings = [person_key(user_id), *(company_key(one.company_id) for one in memberships)]
    ctx.fetch(dict.fromkeys(places, ORGANIZATIONS) | dict.fromkeys(standings, STANDINGS))
    if is_suspended(ctx.entities[person_key(user_id)]):
        return []
    found = (active_vendor(ctx, user_id, one.organization_id, memberships) for one in memberships)
    return [one for one in found if one and not is_suspended(ctx.entities[company_key(one.company.id)])]


def require_parties(tx: Transaction, parties: Parties) -> None:
    """Refuse a transaction that begins something if one side or the freelancer is suspended (`require_standing`)."""
    require_standing(tx, parties.client_company_id, parties.vendor_company_id, user_id=parties.vendor_user_id)


def is_colleague(company_id: str, memberships: Sequence[Membership]) -> bool:
    """Return whether a person with these memberships belongs to a company. Former members do not."""
    return any(one.active and one.company_id == company_id for one in memberships)
