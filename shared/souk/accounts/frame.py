"""The frame around the account pages that Cognito's passwords keep in this function."""

from collections.abc import Sequence

from souk.accounts.users import Joined
from souk.domains.identity.model import User
from souk.domains.identity.rules.locations import time_zone_of
from souk.web.frame import Frame, Organization


def frame_of(user: User, joined: Sequence[Joined], current_id: str) -> Frame:
    """Return the frame of a person.

    `joined` are their organizations, the default one first, and `current_id` is that of the one that they work for.
    """
    organizations = [Organization(one.organization.id, one.title) for one in joined]
    places = [one.organization for one in joined]
    current = next((one for one in places if one.id == current_id), places[0] if places else None)
    return Frame(
        first_name=user.first_name,
        last_name=user.last_name,
        operator=any(one.membership.operator for one in joined),
        timezone=time_zone_of(user.location),
        language=user.language,
        organization=Organization(current.id, current.name) if current else Organization("", user.name),
        organizations=organizations,
        erased_on=user.deletion,
    )
