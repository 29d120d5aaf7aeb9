"""Who sees a gig: everybody a published one, and nobody but its owner any other."""

from souk.authentication.principal import Principal
from souk.domains.gigs.model import Gig, Status
from souk.values.audience import EVERYBODY


def is_owner(gig: Gig, principal: Principal) -> bool:
    """Say whether a gig is somebody's own. In which organization's context they ask does not matter."""
    return gig.owner_id == principal.user_id


def told_of(*gigs: Gig) -> tuple[str, ...]:
    """Return whom it concerns that a gig was made or changed, as it was and as it is: everybody, or nobody.

    A draft is its owner's secret, for those too whom they work for.
    """
    return EVERYBODY if any(gig.status is Status.PUBLISHED for gig in gigs) else ()


def may_see(gig: Gig, principal: Principal) -> bool:
    """Say whether somebody may know of a gig."""
    return gig.status is Status.PUBLISHED or is_owner(gig, principal)
