"""What operators see of a person or an organization, from what is stored. Pure."""

from souk.authentication.standing import Standing, is_suspended
from souk.domains.identity.model import Organization, User
from souk.domains.operator.model import AccountState


def state_of(one: User | Organization, standing: Standing | None) -> AccountState:
    """Return the state. `standing` is that of the person, or of the company, which is also that of its teams.

    DELETED is a person who was erased, or a company that was erased with its only owner.
    """
    if one.erased if isinstance(one, User) else one.erased_with:
        return AccountState.DELETED
    if is_suspended(standing):
        return AccountState.SUSPENDED
    return AccountState.DELETING if isinstance(one, User) and one.deletion else AccountState.ACTIVE


def side_of(organization: Organization) -> str:
    """Return the side of the market that an organization is on."""
    if organization.flag.client:
        return "client"
    return "agency" if organization.flag.agency else "freelancer"
