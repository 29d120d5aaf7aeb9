"""The resolvers of the ledger."""

from typing import Any

from souk.domains.identity.rules.organizations import accounting_entity_id
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.ledger import lists
from souk.domains.ledger.inputs import HistoryFilter
from souk.graph import Context, Domain, Scope
from souk.runtime.log import logger
from souk.values.errors import Forbidden, Unprocessable

domain = Domain("ledger", function="contracts")
domain.list_size("TransactionHistoryDetail.transactionHistoryRow", size=500)  # months of a busy company


@domain.query("accountingEntity", scopes=[Scope.TRANSACTIONS_READ])
def accounting_entity(ctx: Context) -> dict[str, Any]:
    """Return the accounting entity of the organization in context.

    Raises Forbidden for people who are not its members.
    """
    organization = ctx.load(ORGANIZATIONS, ctx.principal.organization_id)
    if organization is None or not ctx.principal.member:
        raise Forbidden("Only members of an organization can see its accounts.")
    return {"id": accounting_entity_id(organization)}


@domain.query("transactionHistory", scopes=[Scope.COMMON_ENTITIES_READ, Scope.TRANSACTIONS_READ])
def transaction_history(ctx: Context, transaction_history_filter: HistoryFilter | None = None) -> dict[str, Any]:
    """Return the transactions of the caller's company."""
    if transaction_history_filter is None:
        raise Unprocessable("transactionHistoryFilter: give the days and the accounting entity.")
    if program := transaction_history_filter.bpa_private_data:
        logger.info("program", service_name=program.service_name_eq, service_version=program.service_version_eq)
    rows = lists.rows(ctx, transaction_history_filter)
    return {"transactionDetail": {"transactionHistoryRow": rows}}
