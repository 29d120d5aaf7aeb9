"""The frame around the account pages that Cognito's passwords keep in this function."""

from collections.abc import Sequence

from souk.authentication.records import Membership
from souk.domains.identity import model
from souk.domains.identity.model import User
from souk.domains.identity.rules.locations import time_zone_of
from souk.web.frame import Frame, Organization


def frame_of(user: User, joined: Sequence[tuple[model.Organization, Membership]], current_id: str) -> Frame:
    """Return the frame of a person.

    `joined` are their organizations, the default one first, and `current_id` is that of the one that they work for.
    """
    organizations = [Organization(one.id, one.name) for one, _ in joined]
    current = next((one for one in organizations if one.id == current_id), None)
    return Frame(
        first_name=user.first_name,
        last_name=user.last_name,
        operator=any(membership.operator for _, membership in joined),
        timezone=time_zone_of(user.location),
        language=user.language,
        organization=current or (organizations[0] if organizations else Organization("", user.name)),
        organizations=organizations,
        erased_on=user.deletion,
    )
