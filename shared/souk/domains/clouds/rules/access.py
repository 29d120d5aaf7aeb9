"""Who may see a cloud, and who may do what with it. Pure.

A cloud of a team is known to the team and to the company, and a cloud of the company to all of its teams. Only people
of the organization that the cloud belongs to change it, and those of its company for a team.
"""

from souk.authentication.principal import Principal
from souk.domains.clouds.model import Cloud
from souk.values.errors import Conflict, Forbidden


def knows(cloud: Cloud, principal: Principal) -> bool:
    """Return whether a caller sees all of a cloud, as the client."""
    if not principal.member or principal.company_id != cloud.company_id:
        return False
    return cloud.organization_id == cloud.company_id or _acts_for(cloud, principal)


def usable_by(cloud: Cloud, organization_id: str, company_id: str) -> bool:
    """Return whether a posting or an offer of an organization may name a cloud."""
    if company_id != cloud.company_id:
        return False
    return company_id in (organization_id, cloud.organization_id) or organization_id == cloud.organization_id


def require_administrator(cloud: Cloud, principal: Principal) -> None:
    """Raise Forbidden unless a caller who knows a cloud may edit it, set its tasks and archive it."""
    if not (_acts_for(cloud, principal) and principal.administers):
        raise Forbidden("Only owners and admins of the talent cloud's organization may do this.")


def require_lead(cloud: Cloud, principal: Principal) -> None:
    """Raise Forbidden unless a caller who knows a cloud may add and remove members, and answer requests."""
    if not (_acts_for(cloud, principal) and principal.leads):
        raise Forbidden("Only owners, admins and hiring managers of the talent cloud's organization may do this.")


def require_active(cloud: Cloud) -> None:
    """Raise Conflict for an archived cloud."""
    if not cloud.active:
        raise Conflict("This talent cloud is archived. Restore it first.")


def _acts_for(cloud: Cloud, principal: Principal) -> bool:
    return principal.acts_in(cloud.organization_id, cloud.company_id)
