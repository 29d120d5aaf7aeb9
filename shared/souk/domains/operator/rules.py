"""What operators see of a person or an organization, from what is stored. Pure."""

from souk.domains.identity.model import Organization, User
from souk.domains.operator.model import AccountState


def state_of(one: User | Organization) -> AccountState:  # noqa: ARG001 - it will depend on it
    """Return ACTIVE: nothing can be suspended yet."""
    return AccountState.ACTIVE


def side_of(organization: Organization) -> str:
    """Return the side of the market that an organization is on."""
    if organization.flag.client:
        return "client"
    return "agency" if organization.flag.agency else "freelancer"
