"""A new company: of a person who signs up, or from a file of another marketplace. Pure."""

from enum import StrEnum

from souk.domains.identity.model import Location, Organization, OrganizationLegacyType, OrganizationType


class Side(StrEnum):
    """How a person or a company uses the marketplace."""

    CLIENT = "client"
    FREELANCER = "freelancer"
    AGENCY = "agency"


def new_company(
    organization_id: str, name: str, side: Side, *, location: Location, since: str, currency: str
) -> Organization:
    """Return a new company, agency, or organization of a freelancer. `since` is ISO 8601, UTC."""
    return Organization(
        id=organization_id,
        name=name,
        type=OrganizationType.SOLE_PROPRIETOR if side is Side.FREELANCER else OrganizationType.BUSINESS,
        legacy_type=OrganizationLegacyType.CLIENT if side is Side.CLIENT else OrganizationLegacyType.VENDOR,
        company_id=organization_id,
        creation_date=since,
        location=location,
        currency=currency,
    )


def side_of(organization: Organization) -> Side:
    """Return the side that an organization is on."""
    if organization.legacy_type is OrganizationLegacyType.CLIENT:
        return Side.CLIENT
    return Side.FREELANCER if organization.type is OrganizationType.SOLE_PROPRIETOR else Side.AGENCY
