"""Who can be a member of a cloud: freelancers, who have an organization of their own or an agency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from souk.domains.clouds.model import Cloud
from souk.domains.identity.model import Organization, OrganizationLegacyType, User
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.storage import Table
from souk.values.errors import Conflict


@dataclass(frozen=True, slots=True)
class Freelancer:
    """A person who can be hired."""

    user: User
    organizations: tuple[str, ...]
    """Their own organization and their agencies, which hear of what happens to them."""

    def require_stranger(self, cloud: Cloud) -> None:
        """Raise Conflict for a person of the cloud's own company."""
        if cloud.company_id in self.user.company_ids:
            raise Conflict("The client's own people cannot be members of its talent clouds.")


def freelancers(table: Table, user_ids: Sequence[str]) -> dict[str, Freelancer]:
    """Return the people that are freelancers, by their ids. Takes two round trips."""
    items = table.batch_get([USERS.key(one) for one in user_ids], consistent=True)
    users = [one for one in map(USERS.decode, items.values()) if not one.service]
    companies = table.batch_get({ORGANIZATIONS.key(id_) for one in users for id_ in one.company_ids}, consistent=True)
    vendors = {one.id for one in map(ORGANIZATIONS.decode, companies.values()) if _hireable(one)}
    found = (Freelancer(one, _among(one.company_ids, vendors)) for one in users)
    return {one.user.id: one for one in found if one.organizations}


def _hireable(company: Organization) -> bool:
    return company.active and company.legacy_type is OrganizationLegacyType.VENDOR


def _among(ids: Iterable[str], known: set[str]) -> tuple[str, ...]:
    return tuple(one for one in ids if one in known)
