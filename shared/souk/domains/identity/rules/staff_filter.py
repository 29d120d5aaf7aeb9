"""Filtering memberships. Pure."""

from dataclasses import dataclass

from souk.authentication.principal import Role
from souk.authentication.records import Membership
from souk.domains.identity.model import Organization


def activation_status(membership: Membership) -> int:
    """Return 1 for an active member and 2 for an inactive one (reference, Staff)."""
    return 1 if membership.active else 2


def staff_type(membership: Membership) -> int:
    """Return 3 for an owner and 2 for an invited member (reference, Staff)."""
    return 3 if membership.role is Role.OWNER else 2


@dataclass(frozen=True, slots=True)
class StaffFilter:
    """The conditions of `staffsByPersonId`; None means no condition.

    Souk has no exclusive agency contractors (`eac`): everyone whom an agency invited is an affiliate contractor.
    """

    status: int | None = None
    staff_type: str | None = None
    affiliate_contractor: bool | None = None
    hierarchy: bool | None = None
    org_legacy_type: str | None = None
    org_type: str | None = None
    hidden_org: bool | None = None
    active_org: bool | None = None
    eac: bool | None = None

    def fits(self, membership: Membership, place: Organization) -> bool:
        """Return whether a membership of an organization meets all conditions."""
        affiliate = place.flag.agency and membership.role is not Role.OWNER
        facts = (
            (self.status, activation_status(membership)),
            (self.staff_type, str(staff_type(membership))),
            (self.affiliate_contractor, affiliate),
            (self.org_legacy_type, "Client" if place.flag.client else "Vendor"),
            (self.org_type, "SoleProprietor" if place.flag.individual else "Business"),
            (self.hidden_org, place.hidden),
            (self.active_org, place.active),
            (self.eac, False),
        )
        return all(wanted in (None, fact) for wanted, fact in facts) and not (self.hierarchy is False and place.is_team)
