"""Who may act for a side of an agreement. Pure."""

from souk.authentication.principal import Principal
from souk.domains.agreements.model import Parties
from souk.values.errors import Forbidden


def require_client_lead(parties: Parties, principal: Principal) -> None:
    """Raise Forbidden unless somebody may bind the client. They must be known to act for it already."""
    if not (parties.client_is(principal) and principal.leads):
        raise Forbidden("Only owners, admins and hiring managers of the client may do this.")


def require_vendor(parties: Parties, principal: Principal) -> None:
    """Raise Forbidden unless somebody is the freelancer, or leads their agency."""
    if not parties.vendor_is(principal):
        raise Forbidden("Only the freelancer, and those who lead their agency, may do this.")
