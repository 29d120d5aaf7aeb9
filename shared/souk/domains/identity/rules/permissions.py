"""The permissions of members, in one table. `userPermissions` returns it, and identity's commands enforce it.

Job postings and API keys have rules of their own; tests check that they agree with this table. Resource types without
rows have no rules in this version of Souk.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from souk.authentication.principal import Permission, Role
from souk.authentication.records import Membership
from souk.domains.identity.model import Organization, OrganizationLegacyType


class Access(StrEnum):
    """Whether an action is allowed. Souk never returns the contract's ACCESS_UNKNOWN."""

    DENIED = "ACCESS_DENIED"
    GRANTED = "ACCESS_GRANTED"


class Reason(StrEnum):
    """Why an action is not allowed. Souk never returns the contract's MONETIZATION: it sells no plans."""

    ROLES_MISMATCH = "ROLES_MISMATCH"
    SUSPENSION = "SUSPENSION"


def _anywhere(organization: Organization) -> bool:  # noqa: ARG001 - same signature as the others
    return True


def _hires(organization: Organization) -> bool:
    return organization.legacy_type is OrganizationLegacyType.CLIENT


def _sells(organization: Organization) -> bool:
    return organization.legacy_type is OrganizationLegacyType.VENDOR


def _has_teams(organization: Organization) -> bool:
    return organization.teams_enabled and not organization.is_team


@dataclass(frozen=True, slots=True)
class Rule:
    """An action, and who may do it: members with at least a role, and members with a permission."""

    action: str
    minimum_role: Role
    permission: Permission | None = None
    where: Callable[[Organization], bool] = _anywhere
    """The organizations that have this action."""
    in_use: bool = False
    """Whether the action requires an active organization."""
    inherited: bool = True
    """Whether a role in a company applies to its teams."""

    def held_by(self, role: Role, permissions: Iterable[Permission]) -> bool:
        """Return whether a member with this role and these permissions may do the action."""
        allowed = self.permission is not None and self.permission in permissions
        return role is not Role.NONE and (allowed or at_least(role, self.minimum_role))


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
    "JOB_APPLICATION": (
        Rule("view", Role.MEMBER),
        Rule("create", Role.MEMBER, where=_sells, in_use=True),
        Rule("update", Role.MEMBER, where=_sells),
        Rule("withdraw", Role.MEMBER, where=_sells),
        Rule("decline", Role.HIRING_MANAGER, where=_hires),
        Rule("message", Role.HIRING_MANAGER, where=_hires),
        Rule("mark", Role.HIRING_MANAGER, where=_hires),
    ),
    "OFFER": (
        Rule("view", Role.MEMBER),
        Rule("create", Role.HIRING_MANAGER, where=_hires, in_use=True),
        Rule("withdraw", Role.HIRING_MANAGER, where=_hires),
        Rule("accept", Role.MEMBER, where=_sells, in_use=True),
        Rule("decline", Role.MEMBER, where=_sells),
    ),
    "CONTRACT": (
        Rule("view", Role.MEMBER),
        Rule("update", Role.HIRING_MANAGER, where=_hires),
        Rule("pay", Role.HIRING_MANAGER, where=_hires),
        Rule("submit", Role.MEMBER, where=_sells),
        Rule("end", Role.HIRING_MANAGER, where=_hires),
        Rule("end", Role.MEMBER, where=_sells),
        Rule("review", Role.HIRING_MANAGER, where=_hires),
        Rule("review", Role.MEMBER, where=_sells),
    ),
    "CATALOG_PROJECT": (
        Rule("view", Role.MEMBER),
        Rule("create", Role.MEMBER),
        Rule("update", Role.MEMBER),
        Rule("publish", Role.MEMBER),
        Rule("delete", Role.MEMBER),
        Rule("order", Role.HIRING_MANAGER, where=_hires, in_use=True),
    ),
    "GRAPHQL_SUBSCRIPTION": (
        Rule("view", Role.ADMIN, inherited=False),
        Rule("create", Role.ADMIN, inherited=False),
        Rule("update", Role.ADMIN, inherited=False),
        Rule("delete", Role.ADMIN, inherited=False),
    ),
    "ACCOUNTING_ENTITY": (Rule("view", Role.MEMBER),),
}
"""By the contract's ResourceType. INTEGRATION means API keys, JOB_APPLICATION proposals, CATALOG_PROJECT gigs, and
GRAPHQL_SUBSCRIPTION webhook subscriptions.

On the side of freelancers, rules about proposals, offers and contracts are about a member's own work. Owners, admins
and hiring managers of an agency can do the same for all its members. Rules about gigs are about one's own gigs.
"""


def at_least(role: Role, minimum: Role) -> bool:
    """Return whether a role includes another."""
    order = tuple(Role)
    return order.index(role) <= order.index(minimum)


def rule_of(resource_type: str, action: str) -> Rule:
    """Return the rule of an action."""
    return next(one for one in RULES[resource_type] if one.action == action)


@dataclass(frozen=True, slots=True)
class EvaluatedPermission:
    """Whether a person may do an action in an organization."""

    place: Organization
    action: str
    reason: Reason | None
    """Why not; None if access is granted."""

    @property
    def access(self) -> Access:
        """The contract's value for it."""
        return Access.DENIED if self.reason else Access.GRANTED


def evaluate(
    resource_type: str, places: Iterable[Organization], company: Organization, memberships: Iterable[Membership]
) -> list[EvaluatedPermission]:
    """Return a person's permissions in a company and its teams, in the order of `places`.

    An action is granted if a membership in the place or, for most rules, in its company allows it.
    """
    by_place = {one.organization_id: one for one in memberships}
    found: list[EvaluatedPermission] = []
    for place in places:
        in_use = place.active and company.active
        for rule in RULES.get(resource_type, ()):
            if rule.where(place):
                reaching = dict.fromkeys((place.id, company.id)) if rule.inherited else (place.id,)
                joined = [by_place[at] for at in reaching if at in by_place]
                found.append(EvaluatedPermission(place, rule.action, _reason(rule, joined, in_use=in_use)))
    return found


def _reason(rule: Rule, joined: Iterable[Membership], *, in_use: bool) -> Reason | None:
    holding = [one for one in joined if rule.held_by(one.role, one.permissions)]
    if not holding:
        return Reason.ROLES_MISMATCH
    suspended = not any(one.active for one in holding) or (rule.in_use and not in_use)
    return Reason.SUSPENSION if suspended else None
