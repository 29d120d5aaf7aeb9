"""The two sides of an offer: loaded by the ids of a request, and checked."""

from souk.domains.agreements.model import Client, Parties, Vendor
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


def parties_of(client: Client, contact_id: str, vendor: Vendor) -> Parties:
    """Return both sides. `contact_id` is the client's user who hires."""
    return Parties.between(contact_id, client.team.id, client.company.id, vendor)
