"""Who is calling, as far as one request is concerned."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a member may do in an organization; each role may do what those after it may."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    HIRING_MANAGER = "HIRING_MANAGER"
    MEMBER = "MEMBER"


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

    def governs(self, organization_id: str, company_id: str) -> bool:
        """Say whether an organization is the one in context, or a team of the company in context."""
        whole_company = self.organization_id == self.company_id == company_id
        return whole_company or self.organization_id == organization_id
