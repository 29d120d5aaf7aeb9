"""Payments in the graph: whom accounts are kept for."""

from typing import Any

from souk.domains.identity.rules.organizations import accounting_entity_id
from souk.domains.identity.store import ORGANIZATIONS
from souk.errors import Forbidden
from souk.graph import Context, Domain, Scope

domain = Domain("payments", function="contracts")


@domain.query("accountingEntity", scopes=[Scope.TRANSACTIONS_READ])
def accounting_entity(ctx: Context) -> dict[str, Any]:
    """Return whom the accounts of the organization in context are kept for.

    Raises Forbidden for who has no role in it.
    """
    organization = ctx.load(ORGANIZATIONS, ctx.principal.organization_id)
    if organization is None or not ctx.principal.member:
        raise Forbidden("Only its members may know of an organization's accounts.")
    return {"id": accounting_entity_id(organization)}
