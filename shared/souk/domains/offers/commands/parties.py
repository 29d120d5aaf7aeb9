"""The two sides of an offer: loaded by the ids of a request, and checked."""

from souk.authentication.records import Membership
from souk.domains.agreements.model import Client, Parties, Vendor
from souk.domains.identity.model import OrganizationLegacyType
from souk.domains.identity.store import ORGANIZATIONS
from souk.graph import Context
from souk.values.errors import Forbidden


def hiring_client(ctx: Context, team_id: str, path: str) -> Client:
    """Return a client that the caller may hire for. `path` is the argument's name. Raises Forbidden for others."""
    team = ctx.load(ORGANIZATIONS, team_id)
    if team is None or not ctx.principal.acts_in(team.id, team.company_id):
        raise Forbidden(f"{path} is not your current organization or one of its teams.")
    if not ctx.principal.leads:
        raise Forbidden("Only owners, admins and hiring managers of the client can make offers.")
    company = ctx.load(ORGANIZATIONS, team.company_id)
    if company is None or not (team.active and company.can_hire):
        raise Forbidden("Only active client organizations can make offers.")
    return Client(team, company)


def active_vendor(ctx: Context, user_id: str, team_id: str, memberships: list[Membership]) -> Vendor | None:
    """Return a freelancer as a member of an organization; None if they are not. `memberships` are the freelancer's."""
    team = ctx.load(ORGANIZATIONS, team_id)
    if team is None or not team.active or team.legacy_type is not OrganizationLegacyType.VENDOR:
        return None
    company = ctx.load(ORGANIZATIONS, team.company_id)
    if company is None or not any(one.acts_in(team.id, team.company_id) for one in memberships):
        return None
    return Vendor(user_id, team, company)


def is_colleague(client: Client, memberships: list[Membership]) -> bool:
    """Return whether a freelancer with these memberships is a colleague of the client."""
    return any(one.company_id == client.company.id for one in memberships)


def parties_of(client: Client, contact_id: str, vendor: Vendor) -> Parties:
    """Return both sides. `contact_id` is the client's user who hires."""
    return Parties.between(contact_id, client.team.id, client.company.id, vendor)
