"""The two sides of an agreement, and who acts for which: shared by proposals, offers and contracts. Pure.

For the client act those who have a role in its team or company. For the freelancer's side act the freelancer, and who
leads the agency that they work through; in the context of another organization of theirs they are strangers to it.
"""

from enum import StrEnum
from typing import Final

from souk.authentication.principal import Principal
from souk.storage import Model
from souk.values.errors import Forbidden

EVERYBODY: Final = ("*",)
"""Whom an event concerns of what everybody may see."""


class Side(StrEnum):
    """A side of an agreement."""

    CLIENT = "CLIENT"
    FREELANCER = "FREELANCER"


class Parties(Model):
    """Who makes an agreement with whom. A freelancer without an agency has an organization of their own."""

    client_user_id: str
    """Who hires."""
    client_team_id: str
    """The team that hires; the company itself where it has none."""
    client_company_id: str
    vendor_user_id: str
    """Who does the work."""
    vendor_team_id: str
    """The agency's team, or the agency, or the freelancer's own organization."""
    vendor_company_id: str
    agency: bool = False
    """Whether the vendor's company is an agency."""

    @property
    def client(self) -> tuple[str, str]:
        """The organizations of the client: the team, and its company."""
        return self.client_team_id, self.client_company_id

    @property
    def both(self) -> tuple[str, str, str, str]:
        """The organizations of both sides."""
        return *self.client, self.vendor_team_id, self.vendor_company_id

    def client_is(self, principal: Principal) -> bool:
        """Say whether somebody acts for the client."""
        return principal.acts_in(self.client_team_id, self.client_company_id)

    def vendor_is(self, principal: Principal) -> bool:
        """Say whether somebody is the freelancer, or leads the agency."""
        at_home = principal.acts_in(self.vendor_team_id, self.vendor_company_id)
        return at_home and (principal.user_id == self.vendor_user_id or principal.leads)

    def include(self, principal: Principal) -> bool:
        """Say whether somebody acts for one of the two."""
        return self.client_is(principal) or self.vendor_is(principal)

    def side_of(self, principal: Principal) -> Side | None:
        """Return the side that somebody acts for, if any."""
        if self.client_is(principal):
            return Side.CLIENT
        return Side.FREELANCER if self.vendor_is(principal) else None


def require_client_lead(parties: Parties, principal: Principal) -> None:
    """Raise Forbidden unless somebody may bind the client. They must be known to act for it already."""
    if not (parties.client_is(principal) and principal.leads):
        raise Forbidden("Only owners, admins and hiring managers of the client may do this.")


def require_vendor(parties: Parties, principal: Principal) -> None:
    """Raise Forbidden unless somebody is the freelancer, or leads their agency."""
    if not parties.vendor_is(principal):
        raise Forbidden("Only the freelancer, and those who lead their agency, may do this.")
