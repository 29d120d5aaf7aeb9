"""Who is a member of what."""

from typing import Any

from souk.domains.identity.model import Organization
from souk.domains.identity.pages import connection
from souk.domains.identity.resolvers.declared import domain
from souk.domains.identity.rules import privacy
from souk.domains.identity.store import USERS, members_of
from souk.errors import Forbidden
from souk.graph import Context
from souk.identity.principal import Role
from souk.identity.records import Membership


@domain.connection("CurrentOrganization.staffs")
def staffs(source: Organization, ctx: Context, pagination: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a page of the members of an organization, as they joined."""
    if not privacy.company_shown(source, ctx):
        raise Forbidden("Only its members see who is a member of an organization.")
    return connection(members_of(ctx.table, source.id), pagination)


@domain.field("Staff.activationStatus")
def activation_status(source: Membership, ctx: Context) -> int:  # noqa: ARG001 - a projection
    """Return 1 for an active member and 2 for another (reference, Staff)."""
    return 1 if source.active else 2


@domain.field("Staff.staffType")
def staff_type(source: Membership, ctx: Context) -> int:  # noqa: ARG001 - a projection
    """Return 3 for an owner and 2 for who was invited (reference, Staff)."""
    return 3 if source.role is Role.OWNER else 2


@domain.field("Staff.creationDate")
def staff_since(source: Membership, ctx: Context) -> str | None:  # noqa: ARG001 - a projection
    """Return since when somebody is a member."""
    return source.since or None


domain.link("Staff.user", to=USERS, by="user_id")
