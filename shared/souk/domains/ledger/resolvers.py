"""The books in the graph: an organization's accounting entity, and its transactions."""

from typing import Any

from souk.domains.identity.rules.organizations import accounting_entity_id
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.ledger import lists
from souk.domains.ledger.inputs import HistoryFilter
from souk.domains.ledger.store import WRITES
from souk.graph import Context, Domain, Scope
from souk.values.errors import Forbidden, Unprocessable

domain = Domain("ledger", function="contracts", writes=WRITES)


@domain.query("accountingEntity", scopes=[Scope.TRANSACTIONS_READ])
def accounting_entity(ctx: Context) -> dict[str, Any]:
    """Return whom the accounts of the organization in context are kept for.

    Raises Forbidden for who has no role in it.
    """
    organization = ctx.load(ORGANIZATIONS, ctx.principal.organization_id)
    if organization is None or not ctx.principal.member:
        raise Forbidden("Only its members may know of an organization's accounts.")
    return {"id": accounting_entity_id(organization)}


@domain.query("transactionHistory", scopes=[Scope.COMMON_ENTITIES_READ, Scope.TRANSACTIONS_READ])
def transaction_history(ctx: Context, transaction_history_filter: HistoryFilter | None = None) -> dict[str, Any]:
    """Return what was booked for the caller's company."""
    if transaction_history_filter is None:
        raise Unprocessable("transactionHistoryFilter: say which days, and whose accounts.")
    found = lists.rows(ctx, transaction_history_filter)
    return {"transactionDetail": {"transactionHistoryRow": found}}
