"""Changing the place of a member: who may make whom what. Pure."""

from typing import Any

from souk.authentication.principal import Principal, Role
from souk.authentication.records import Membership
from souk.domains.identity.inputs import UpdateMember
from souk.domains.identity.rules.permissions import at_least
from souk.values.errors import Forbidden, Unprocessable


def changed(principal: Principal, membership: Membership, wanted: UpdateMember, *, service: bool) -> Membership:
    """Return what an administrator makes of a membership; what is left out stays as it is.

    `service`: whether the member is a service account. Raises Forbidden where the member, before or after, can do more
    than the administrator, and Unprocessable for what no member can be.
    """
    changes: dict[str, Any] = {
        name: value for name in ("role", "permissions", "active") if (value := getattr(wanted, name)) is not None
    }
    if "permissions" in changes:
        changes["permissions"] = tuple(dict.fromkeys(changes["permissions"]))
    result = membership.model_copy(update=changes)
    if not (at_least(principal.role, membership.role) and at_least(principal.role, result.role)):
        raise Forbidden(f"Somebody who is {principal.role} here changes nobody above that, and raises nobody above it.")
    if service and result.role is Role.OWNER:
        raise Unprocessable("input.role: a service account cannot own an organization.")
    if result.role is Role.NONE and result.permissions:
        raise Unprocessable("input.permissions: who has no role has no permissions; give a role as well.")
    return result


def owns(membership: Membership) -> bool:
    """Say whether somebody is an owner of a company, now."""
    return membership.active and membership.role is Role.OWNER and membership.organization_id == membership.company_id
