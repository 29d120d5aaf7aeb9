"""The caller of a request."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A member's role in an organization. Each role includes the ones after it."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    HIRING_MANAGER = "HIRING_MANAGER"
    MEMBER = "MEMBER"
    NONE = "NONE"
    """No access: a service account before it gets a role (reference, "Service accounts")."""


LEADERS: Final = frozenset({Role.OWNER, Role.ADMIN, Role.HIRING_MANAGER})
"""The roles that may post jobs, hire, be hired and pay for an organization."""


class Permission(StrEnum):
    """A permission in addition to a member's role."""

    API_KEY_MANAGER = "API_KEY_MANAGER"
    """Create and manage the organization's API keys (reference, "Granting API Key Management Permissions")."""


def extends_to(membership_organization_id: str, organization_id: str, company_id: str) -> bool:
    """Return whether a role in one organization applies to another: a company's role applies to its teams."""
    return membership_organization_id in (organization_id, company_id)


@dataclass(frozen=True, slots=True)
class Principal:
    """A user who calls with an API key, in the context of one organization."""

    user_id: str
    key_id: str
    organization_id: str
    """The organization that the request is made for: a company or a team."""
    company_id: str
    """The company of that team, or the organization itself."""
    role: Role
    scopes: frozenset[str]
    """The scopes' names in the contract."""
    operator: bool = False
    """Whether the user is an operator of this deployment."""
    permissions: frozenset[Permission] = frozenset()
    service: bool = False
    """Whether this is a service account, which is read-only."""
    session_hash: str = ""
    """The hash under which the session of their browser is stored; "" for programs."""
    terms_overdue: bool = False
    """Whether the user has not accepted the marketplace's terms for so long that programs are refused."""
    session_id: str = ""
    """The public id of the browser's session; "" for programs."""

    @property
    def member(self) -> bool:
        """Whether the user has a role in the organization."""
        return self.role is not Role.NONE

    @property
    def administers(self) -> bool:
        """Whether the user is an owner or admin of the organization."""
        return self.role in (Role.OWNER, Role.ADMIN)

    @property
    def leads(self) -> bool:
        """Whether the user may post jobs, hire, be hired and pay for the organization."""
        return self.role in LEADERS

    @property
    def manages_keys(self) -> bool:
        """Whether the user may create and manage the organization's API keys."""
        return self.administers or (self.member and Permission.API_KEY_MANAGER in self.permissions)

    def acts_in(self, organization_id: str, company_id: str) -> bool:
        """Return whether the user's role applies to an organization of a company."""
        return self.member and extends_to(self.organization_id, organization_id, company_id)
