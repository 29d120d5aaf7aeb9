"""What people may do in organizations: one table. It answers `userPermissions` and rules the commands of identity.

What is allowed with postings and keys stands in rules of their own; tests show that this table says the same. A
resource type without rows is one that this version of Souk has no rules for.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from souk.authentication.principal import Permission, Role
from souk.authentication.records import Membership
from souk.domains.identity.model import Organization, OrganizationLegacyType


class Access(StrEnum):
    """Whether something is allowed. The contract's ACCESS_UNKNOWN is never ours: all that counts is in the table."""

    DENIED = "ACCESS_DENIED"
    GRANTED = "ACCESS_GRANTED"


class Reason(StrEnum):
    """Why something is not allowed. The contract's MONETIZATION is never ours: nothing is sold to organizations."""

    ROLES_MISMATCH = "ROLES_MISMATCH"
    SUSPENSION = "SUSPENSION"


def _anywhere(organization: Organization) -> bool:  # noqa: ARG001 - as the others
    return True


def _hires(organization: Organization) -> bool:
    return organization.legacy_type is OrganizationLegacyType.CLIENT


def _has_teams(organization: Organization) -> bool:
    return organization.teams_enabled and not organization.is_team


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do one thing: members whose role is at least this one, and those who have the permission."""

    action: str
    least: Role
    permission: Permission | None = None
    where: Callable[[Organization], bool] = _anywhere
    """In which organizations there is such a thing to do."""
    in_use: bool = False
    """Whether it ends while the organization is not active."""

    def held_by(self, role: Role, permissions: Iterable[Permission]) -> bool:
        """Say whether a member may do it."""
        allowed = self.permission is not None and self.permission in permissions
        return role is not Role.NONE and (allowed or at_least(role, self.least))


_KEY_MANAGER: Final = Permission.API_KEY_MANAGER

RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "ORGANIZATION": (
        Rule("update", Role.ADMIN),
        Rule("createTeam", Role.ADMIN, where=_has_teams, in_use=True),
        Rule("invite", Role.ADMIN, in_use=True),
        Rule("manageMembers", Role.ADMIN),
        Rule("audit", Role.ADMIN),
    ),
    "OPENING": (
        Rule("view", Role.MEMBER, where=_hires),
        Rule("create", Role.HIRING_MANAGER, where=_hires, in_use=True),
        Rule("update", Role.HIRING_MANAGER, where=_hires),
        Rule("close", Role.HIRING_MANAGER, where=_hires),
    ),
    "JOB_APPLICATION_INVITATION": (
        Rule("view", Role.MEMBER, where=_hires),
        Rule("create", Role.HIRING_MANAGER, where=_hires, in_use=True),
    ),
    "INTEGRATION": (
        Rule("view", Role.ADMIN, _KEY_MANAGER),
        Rule("create", Role.ADMIN, _KEY_MANAGER),
        Rule("update", Role.ADMIN, _KEY_MANAGER),
        Rule("rotate", Role.ADMIN, _KEY_MANAGER),
        Rule("revoke", Role.ADMIN, _KEY_MANAGER),
    ),
    "ACCOUNTING_ENTITY": (Rule("view", Role.MEMBER),),
}
"""By the contract's ResourceType. INTEGRATION is about API keys."""


def at_least(role: Role, least: Role) -> bool:
    """Say whether a role may do all that another may."""
    order = tuple(Role)
    return order.index(role) <= order.index(least)


def rule_of(resource_type: str, action: str) -> Rule:
    """Return who may do something."""
    return next(one for one in RULES[resource_type] if one.action == action)


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether somebody may do one thing in one place."""

    place: Organization
    action: str
    reason: Reason | None
    """Why not; None where they may."""

    @property
    def access(self) -> Access:
        """The same as the contract says it."""
        return Access.DENIED if self.reason else Access.GRANTED


def findings(
    resource_type: str, places: Iterable[Organization], company: Organization, memberships: Iterable[Membership]
) -> list[Finding]:
    """Say what somebody may do in a company and its teams, each place in turn.

    It is granted where they may do it in the context of the place, or in that of the whole company.
    """
    by_place = {one.organization_id: one for one in memberships}
    found: list[Finding] = []
    for place in places:
        joined = [by_place[at] for at in dict.fromkeys((place.id, company.id)) if at in by_place]
        in_use = place.active and company.active
        rules = [rule for rule in RULES.get(resource_type, ()) if rule.where(place)]
        found += [Finding(place, rule.action, _reason(rule, joined, in_use=in_use)) for rule in rules]
    return found


def _reason(rule: Rule, joined: Iterable[Membership], *, in_use: bool) -> Reason | None:
    holding = [one for one in joined if rule.held_by(one.role, one.permissions)]
    if not holding:
        return Reason.ROLES_MISMATCH
    suspended = not any(one.active for one in holding) or (rule.in_use and not in_use)
    return Reason.SUSPENSION if suspended else None
