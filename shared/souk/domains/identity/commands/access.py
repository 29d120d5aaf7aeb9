"""Who may change which organization, and the record that is kept of it."""

from typing import TYPE_CHECKING, Final

from souk.domains.identity.model import Change, Entry, Organization
from souk.domains.identity.rules.permissions import rule_of
from souk.domains.identity.store import CHANGES, ORGANIZATIONS
from souk.storage import Transaction
from souk.values.errors import Forbidden, NotFound
from souk.values.times import stamp

_REFUSED: Final = "There is no such organization, or this request is not made for it: see X-Upwork-API-TenantId."

if TYPE_CHECKING:
    from souk.graph import Context  # the pages take invitations too, and need no graph


def governed(ctx: "Context", organization_id: str, action: str) -> Organization:
    """Return an organization that the caller may do something with (an action of ORGANIZATION), as it is now.

    Raises NotFound for one that is not that of the request nor a team of it, whether or not there is one, and
    Forbidden where the caller's role, or that it is not active, does not allow it.
    """
    organization = ctx.table.get(ORGANIZATIONS, organization_id, consistent=True)
    if organization is None or not ctx.principal.acts_in(organization.id, organization.company_id):
        raise NotFound(_REFUSED)
    rule = rule_of("ORGANIZATION", action)
    if not rule.held_by(ctx.principal.role, ctx.principal.permissions):
        raise Forbidden("Only the owners and admins of an organization govern it.")
    if rule.in_use and not organization.active:
        raise Forbidden("This organization is not active.")
    return organization


def record(ctx: "Context", tx: Transaction, change_id: str, organization: Organization, **facts: str) -> Change:
    """Store, with what is changed, that it was changed; the record has facts by the contract's names."""
    told = {
        **facts,
        "organizationId": organization.id,
        "userId": ctx.principal.user_id,
        "dateTime": stamp(ctx.now),
    }
    change = Change(
        id=change_id,
        organization_id=organization.id,
        company_id=organization.company_id,
        metadata=tuple(Entry(key=key, value=value) for key, value in told.items()),
    )
    return tx.create(CHANGES, change)
