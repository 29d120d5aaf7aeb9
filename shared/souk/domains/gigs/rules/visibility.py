"""The visibility of gigs: everybody can see published gigs, only the owner can see others.

One that was taken down is seen by its owner and operators.
"""

from souk.authentication.principal import Principal
from souk.domains.gigs.model import Gig
from souk.values.audience import EVERYBODY


def is_owner(gig: Gig, principal: Principal) -> bool:
    """Return whether the caller owns a gig, in any organization's context."""
    return gig.owner_id == principal.user_id


def event_audience(*gigs: Gig) -> tuple[str, ...]:
    """Return the recipients of an event about a gig, given its old and new versions: everybody, or nobody.

    Nobody else can see a draft, not even the owner's own organizations.
    """
    return EVERYBODY if any(gig.public for gig in gigs) else ()


def may_see(gig: Gig, principal: Principal) -> bool:
    """Return whether the caller may see a gig."""
    taken_down = gig.takedown is not None
    return gig.public or is_owner(gig, principal) or (taken_down and principal.operator)
