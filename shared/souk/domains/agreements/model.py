"""The vocabulary that proposals, offers and contracts share: parties, pay, delivery, fees.

Members of the client's team or company act for the client. The freelancer, and the managers of the agency that they
work through, act for the freelancer's side, and only in the context of that organization.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from souk.authentication.principal import Principal
from souk.domains.identity.model import Organization
from souk.storage import Model


class PayType(StrEnum):
    """How work is paid."""

    HOURLY = "HOURLY"
    FIXED = "FIXED"


class DeliveryModel(StrEnum):
    """How the client gets the work, in the words of ContractDetails."""

    TALENT_MARKETPLACE = "TALENT_MARKETPLACE"
    CATALOG_PROJECT = "CATALOG_PROJECT"


class RateIncrease(Model):
    """Raises of the hourly rate that are agreed in advance."""

    by: int
    """Minor units, each time."""
    cadence_months: int = 0
    """From one raise to the next; 0: none follows."""


class Payroll(Model):
    """What an offer to somebody on a payroll holds."""

    talent_cloud_id: str | None = None
    purchase_order_id: str | None = None
    assets: tuple[str, ...] = ()


class Fees(Model):
    """The marketplace's fees as they were when a contract was made, in hundredths of a percent of an amount."""

    client: int = 0
    """What the client is charged on top."""
    vendor: int = 0
    """What is kept of what the freelancer is paid."""


class Side(StrEnum):
    """A side of an agreement."""

    CLIENT = "CLIENT"
    FREELANCER = "FREELANCER"


@dataclass(frozen=True, slots=True)
class Client:
    """The team that hires, and its company."""

    team: Organization
    company: Organization


@dataclass(frozen=True, slots=True)
class Vendor:
    """The freelancer who does the work, and the organization that they work for."""

    user_id: str
    team: Organization
    company: Organization


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

    @classmethod
    def between(cls, client_user_id: str, client_team_id: str, client_company_id: str, vendor: Vendor) -> Self:
        """Return the parties of an agreement of a client's person, team and company with a vendor."""
        return cls(
            client_user_id=client_user_id,
            client_team_id=client_team_id,
            client_company_id=client_company_id,
            vendor_user_id=vendor.user_id,
            vendor_team_id=vendor.team.id,
            vendor_company_id=vendor.company.id,
            agency=vendor.company.flag.agency,
        )
