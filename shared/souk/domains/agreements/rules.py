"""Permission checks for the sides of an agreement. Pure."""

from souk.authentication.principal import Principal
from souk.domains.agreements.model import Parties
from souk.values.errors import Forbidden


def require_client_lead(parties: Parties, principal: Principal) -> None:
    """Raise Forbidden unless a caller is an owner, admin or hiring manager of the client."""
    if not (parties.client_is(principal) and principal.leads):
        raise Forbidden("Only owners, admins and hiring managers of the client may do this.")


def require_vendor(parties: Parties, principal: Principal) -> None:
    """Raise Forbidden unless a caller is the freelancer or a manager of their agency."""
    if not parties.vendor_is(principal):
        raise Forbidden("Only the freelancer and the managers of their agency may do this.")
