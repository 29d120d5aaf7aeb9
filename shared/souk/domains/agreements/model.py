"""Types that proposals, offers and contracts share: parties, pay, delivery, fees.

Members of the client's team or company act for the client. The freelancer and the managers of their agency act for the
freelancer's side, but only in the context of the agency or of the freelancer's own organization.
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
    """How the client gets the work: the values of the contract's ContractDetails."""

    TALENT_MARKETPLACE = "TALENT_MARKETPLACE"
    CATALOG_PROJECT = "CATALOG_PROJECT"


class RateIncrease(Model):
    """Increases of the hourly rate that are agreed in advance."""

    by: int
    """Minor units per increase."""
    cadence_months: int = 0
    """Months between two increases; 0 for a single increase."""


class Payroll(Model):
    """The extra fields of an offer to a person on a payroll."""

    talent_cloud_id: str | None = None
    purchase_order_id: str | None = None
    assets: tuple[str, ...] = ()


class Fees(Model):
    """The marketplace's fees at the time when a contract was made, in hundredths of a percent."""

    client: int = 0
    """Added to the amount that the client pays."""
    vendor: int = 0
    """Deducted from the amount that the freelancer gets."""


class Side(StrEnum):
    """A side of an agreement."""

    CLIENT = "CLIENT"
    FREELANCER = "FREELANCER"


@dataclass(frozen=True, slots=True)
class Client:
    """The client's team and its company."""

    team: Organization
    company: Organization


@dataclass(frozen=True, slots=True)
class Vendor:
    """The freelancer and the organization that they work for."""

    user_id: str
    team: Organization
    company: Organization


class Parties(Model):
    """The two sides of an agreement. A freelancer without an agency has their own organization."""

    client_user_id: str
    """The person who hires."""
    client_team_id: str
    """The client's team; the company itself where it has no teams."""
    client_company_id: str
    vendor_user_id: str
    """The freelancer."""
    vendor_team_id: str
    """The agency's team, the agency itself, or the freelancer's own organization."""
    vendor_company_id: str
    agency: bool = False
    """Whether the vendor's company is an agency."""

    @property
    def client(self) -> tuple[str, str]:
        """The ids of the client's team and company."""
        return self.client_team_id, self.client_company_id

    @property
    def both(self) -> tuple[str, str, str, str]:
        """The ids of the team and company of both sides."""
        return *self.client, self.vendor_team_id, self.vendor_company_id

    def client_is(self, principal: Principal) -> bool:
        """Return whether a caller acts for the client."""
        return principal.acts_in(self.client_team_id, self.client_company_id)

    def vendor_is(self, principal: Principal) -> bool:
        """Return whether a caller acts for the vendor: as the freelancer, or as a manager of the agency."""
        in_context = principal.acts_in(self.vendor_team_id, self.vendor_company_id)
        return in_context and (principal.user_id == self.vendor_user_id or principal.leads)

    def include(self, principal: Principal) -> bool:
        """Return whether a caller acts for one of the two sides."""
        return self.client_is(principal) or self.vendor_is(principal)

    def side_of(self, principal: Principal) -> Side | None:
        """Return the side that a caller acts for; None for neither."""
        if self.client_is(principal):
            return Side.CLIENT
        return Side.FREELANCER if self.vendor_is(principal) else None

    @classmethod
    def between(cls, client_user_id: str, client_team_id: str, client_company_id: str, vendor: Vendor) -> Self:
        """Return the parties of an agreement between a client and a vendor."""
        return cls(
            client_user_id=client_user_id,
            client_team_id=client_team_id,
            client_company_id=client_company_id,
            vendor_user_id=vendor.user_id,
            vendor_team_id=vendor.team.id,
            vendor_company_id=vendor.company.id,
            agency=vendor.company.flag.agency,
        )
