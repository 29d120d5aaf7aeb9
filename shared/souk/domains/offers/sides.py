"""Who the two sides of an offer are, as a request names them: read, and checked against each other."""

from dataclasses import dataclass

from souk.authentication.records import Membership
from souk.domains.agreements.parties import Parties
from souk.domains.identity.model import Organization, OrganizationLegacyType
from souk.domains.identity.store import ORGANIZATIONS
from souk.graph import Context
from souk.values.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Client:
    """Who hires."""

    team: Organization
    company: Organization


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who does the work, and for which organization."""

    user_id: str
    team: Organization
    company: Organization


def client(ctx: Context, team_id: str, path: str) -> Client:
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


def vendor(ctx: Context, user_id: str, team_id: str, held: list[Membership]) -> Vendor | None:
    """Return a freelancer as one who works for an organization; `held` are their memberships. None if they do not."""
    team = ctx.load(ORGANIZATIONS, team_id)
    if team is None or not team.active or team.legacy_type is not OrganizationLegacyType.VENDOR:
        return None
    company = ctx.load(ORGANIZATIONS, team.company_id)
    if company is None or not any(one.acts_in(team.id, team.company_id) for one in held):
        return None
    return Vendor(user_id, team, company)


def colleagues(hires: Client, held: list[Membership]) -> bool:
    """Say whether somebody would hire one of their own people, whose memberships `held` are."""
    return any(one.company_id == hires.company.id for one in held)


def parties(hires: Client, contact_id: str, works: Vendor) -> Parties:
    """Return both sides; `contact_id` is the person of the client who hires."""
    return Parties(
        client_user_id=contact_id,
        client_team_id=hires.team.id,
        client_company_id=hires.company.id,
        vendor_user_id=works.user_id,
        vendor_team_id=works.team.id,
        vendor_company_id=works.company.id,
        agency=works.company.flag.agency,
    )
