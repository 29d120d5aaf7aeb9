"""Changing memberships: who may give which role. Pure."""

from typing import Any, Final

from souk.authentication.principal import Principal, Role
from souk.authentication.records import Membership
from souk.domains.identity.inputs import UpdateMember
from souk.domains.identity.rules.permissions import at_least
from souk.values.errors import Conflict, Forbidden, Unprocessable

MAX_MEMBERSHIPS: Final = 1_000
"""Memberships of a person in organizations and teams, also ended ones."""


def membership_limit_error() -> Unprocessable:
    """Return the error for a person with the maximum number of memberships."""
    return Unprocessable(f"A person can be in at most {MAX_MEMBERSHIPS} organizations and teams, also former ones.")


def apply_change(principal: Principal, membership: Membership, wanted: UpdateMember, *, service: bool) -> Membership:
    """Return the changed membership; fields that are left out do not change.

    `service`: whether the member is a service account. Raises Forbidden if the member's role, before or after, is above
    the caller's, Unprocessable for an invalid combination, and Conflict if it would end an operator's membership.
    """
    changes: dict[str, Any] = {
        name: value for name in ("role", "permissions", "active") if (value := getattr(wanted, name)) is not None
    }
    if "permissions" in changes:
        changes["permissions"] = tuple(dict.fromkeys(changes["permissions"]))
    result = membership.model_copy(update=changes)
    if not (at_least(principal.role, membership.role) and at_least(principal.role, result.role)):
        raise Forbidden(f"Your role is {principal.role}. You cannot change or give a higher role.")
    operates = membership.operator and membership.active
    if operates and (result.role, result.active) != (membership.role, membership.active):
        raise Conflict(
            "This person is an operator of the marketplace. An operator, or `souk admin revoke`, has to take that flag "
            "first."
        )
    if not operates:  # an ended membership comes back without the flag
        result = result.model_copy(update={"operator": False})
    if service and result.role is Role.OWNER:
        raise Unprocessable("input.role: a service account cannot own an organization.")
    if result.role is Role.NONE and result.permissions:
        raise Unprocessable("input.permissions: a member without a role cannot have permissions. Set a role as well.")
    return result


def owns(membership: Membership) -> bool:
    """Return whether this is an active membership of a company's owner."""
    return membership.active and membership.role is Role.OWNER and membership.organization_id == membership.company_id
