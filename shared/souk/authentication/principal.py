"""Who is calling, as far as one request is concerned."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a member may do in an organization; each role may do what those after it may."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    HIRING_MANAGER = "HIRING_MANAGER"
    MEMBER = "MEMBER"
    NONE = "NONE"
    """Nothing: a service account until it is given a role (reference, "Service accounts")."""


class Permission(StrEnum):
    """What a member can be allowed beside what their role includes."""

    API_KEY_MANAGER = "API_KEY_MANAGER"
    """To make and manage the organization's API keys (reference, "Granting API Key Management Permissions")."""


def extends_to(place: str, organization_id: str, company_id: str) -> bool:
    """Say whether a role at one place counts in an organization: a company's counts in all of its teams."""
    return place in (organization_id, company_id)


@dataclass(frozen=True, slots=True)
class Principal:
    """A person who calls through an API key, in the context of one organization."""

    user_id: str
    key_id: str
    organization_id: str
    """The organization that the request is made for; a team is an organization too."""
    company_id: str
    """The root of that organization: the company that its teams belong to, or itself."""
    role: Role
    scopes: frozenset[str]
    """By their names in the contract."""
    operator: bool = False
    """Whether they run this deployment."""
    permissions: frozenset[Permission] = frozenset()
    service: bool = False
    """Whether it is a program that acts as itself, which may only read."""

    @property
    def member(self) -> bool:
        """Whether they have any role in the organization in context."""
        return self.role is not Role.NONE

    @property
    def administers(self) -> bool:
        """Whether they govern the organization in context: its owners and admins do."""
        return self.role in (Role.OWNER, Role.ADMIN)

    @property
    def leads(self) -> bool:
        """Whether they may bind the organization in context: post jobs, hire and be hired for it, and pay."""
        return self.role in (Role.OWNER, Role.ADMIN, Role.HIRING_MANAGER)

    @property
    def manages_keys(self) -> bool:
        """Whether they may make and manage the organization's API keys."""
        return self.administers or (self.member and Permission.API_KEY_MANAGER in self.permissions)

    def acts_in(self, organization_id: str, company_id: str) -> bool:
        """Say whether their role counts in an organization, which belongs to the tree of a company.

        What they may do there is what the role allows.
        """
        return self.member and extends_to(self.organization_id, organization_id, company_id)
