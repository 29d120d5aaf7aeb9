"""Who sees a gig: everybody a published one, and nobody but its owner any other."""

from souk.domains.gigs.model import Gig, Status
from souk.identity.principal import Principal


def is_owner(gig: Gig, principal: Principal) -> bool:
    """Say whether a gig is somebody's own. In which organization's context they ask does not matter."""
    return gig.owner_id == principal.user_id


def may_see(gig: Gig, principal: Principal) -> bool:
    """Say whether somebody may know of a gig."""
    return gig.status is Status.PUBLISHED or is_owner(gig, principal)
