"""The two sides of an offer: read from the ids of a request, and checked against each other."""

from souk.authentication.records import Membership
from souk.domains.agreements.model import Client, Parties, Vendor
from souk.domains.identity.model import OrganizationLegacyType
from souk.domains.identity.store import ORGANIZATIONS
from souk.graph import Context
from souk.values.errors import Forbidden


def hiring_client(ctx: Context, team_id: str, path: str) -> Client:
    """Return a client that the caller may bind; `path` is the argument that names it. Raises Forbidden for others."""
    team = ctx.load(ORGANIZATIONS, team_id)
    if team is None or not ctx.principal.acts_in(team.id, team.company_id):
        raise Forbidden(f"{path} is not the organization that this request is made for, nor its team.")
    if not ctx.principal.leads:
        raise Forbidden("Only owners, admins and hiring managers of the client make offers.")
    company = ctx.load(ORGANIZATIONS, team.company_id)
    if company is None or not (team.active and company.can_hire):
        raise Forbidden("Only active client organizations make offers.")
    return Client(team, company)


def active_vendor(ctx: Context, user_id: str, team_id: str, held: list[Membership]) -> Vendor | None:
    """Return a freelancer as one who works for an organization; `held` are their memberships. None if they do not."""
    team = ctx.load(ORGANIZATIONS, team_id)
    if team is None or not team.active or team.legacy_type is not OrganizationLegacyType.VENDOR:
        return None
    company = ctx.load(ORGANIZATIONS, team.company_id)
    if company is None or not any(one.acts_in(team.id, team.company_id) for one in held):
        return None
    return Vendor(user_id, team, company)


def is_colleague(client: Client, held: list[Membership]) -> bool:
    """Say whether somebody would hire one of their own people, whose memberships `held` are."""
    return any(one.company_id == client.company.id for one in held)


def parties_of(client: Client, contact_id: str, vendor: Vendor) -> Parties:
    """Return both sides; `contact_id` is the user of the client who hires."""
    return Parties.between(contact_id, client.team.id, client.company.id, vendor)
