"""Permission checks and audit records for changes of organizations."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from souk.domains.identity.model import Change, Entry, Organization
from souk.domains.identity.rules.permissions import rule_of
from souk.domains.identity.store import CHANGES, ORGANIZATIONS
from souk.storage import Transaction
from souk.values.errors import Forbidden, NotFound, Unprocessable
from souk.values.times import stamp

_MAX_IDS: Final = 100
_NOT_FOUND: Final = "This organization does not exist, or the request is for another one: see X-Upwork-API-TenantId."

if TYPE_CHECKING:
    from souk.graph import Context  # the account pages use these commands without the graph


def require_organization(ctx: "Context", organization_id: str, action: str) -> Organization:
    """Return an organization, if the caller may do an action of ORGANIZATION with it.

    Raises NotFound if it is neither the organization of the request nor one of its teams. Raises Forbidden if the
    caller's role does not allow the action, or the action requires an active organization.
    """
    organization = ctx.table.get(ORGANIZATIONS, organization_id, consistent=True)
    if organization is None or not ctx.principal.acts_in(organization.id, organization.company_id):
        raise NotFound(_NOT_FOUND)
    rule = rule_of("ORGANIZATION", action)
    if not rule.held_by(ctx.principal.role, ctx.principal.permissions):
        raise Forbidden("Only owners and admins of the organization can do this.")
    if rule.in_use and not organization.active:
        raise Forbidden("This organization is not active.")
    return organization


def require_organizations_of(ctx: "Context", company_id: str, ids: Collection[str] | None) -> None:
    """Raise Unprocessable unless all of `organizationIds` are a company or its teams. None means no ids."""
    if ids is None:
        return
    if len(ids) > _MAX_IDS:
        raise Unprocessable(f"organizationIds: at most {_MAX_IDS} ids; these are {len(ids)}.")
    for id_, found in zip(ids, ctx.load_many(ORGANIZATIONS, list(ids)), strict=True):
        if found is None or found.company_id != company_id:
            raise Unprocessable(f"organizationIds: {id_[:40]!r} is neither the client's company nor one of its teams.")


def record_change(ctx: "Context", tx: Transaction, change_id: str, organization: Organization, **facts: str) -> Change:
    """Add an audit record to the transaction of a change. `facts` have the contract's names."""
    metadata = {
        **facts,
        "organizationId": organization.id,
        "userId": ctx.principal.user_id,
        "dateTime": stamp(ctx.now),
    }
    change = Change(
        id=change_id,
        organization_id=organization.id,
        company_id=organization.company_id,
        metadata=tuple(Entry(key=key, value=value) for key, value in metadata.items()),
    )
    return tx.create(CHANGES, change)
