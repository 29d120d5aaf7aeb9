"""The list of a freelancer's contracts."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from souk.domains.contracts import views
from souk.domains.contracts.inputs import ContractOptions, ContractPaging, VendorContractFilter
from souk.domains.contracts.model import Contract, ContractStatus
from souk.domains.contracts.store import PERSON_CONTRACTS
from souk.graph import Context
from souk.graph.lists import rows_at
from souk.storage import View, among
from souk.values.moments import moment

DEFAULT_LIMIT: Final = 10


def vendor_contracts(
    ctx: Context, criteria: VendorContractFilter, options: ContractOptions, paging: ContractPaging
) -> dict[str, Any]:
    """Return ContractSearchResults of the caller's contracts, newest first. The type has no field for a total.

    Raises Unprocessable as `rows_at` does.
    """
    limit = DEFAULT_LIMIT if paging.limit is None else paging.limit
    offset = paging.offset or 0
    view: View[Contract, Contract] = View(
        conditions=[lambda one: one.parties.include(ctx.principal), *_conditions(criteria)],
        among=among(status=_statuses(criteria)),
    )
    contracts = rows_at(PERSON_CONTRACTS.of(ctx.table, criteria.vendor_id), view, limit=limit, offset=offset)
    omitted = {"terms": not options.add_terms, "limits": not options.add_hour_limits}
    return {
        "paging": {"limit": limit, "offset": offset},
        "contracts": [views.without(one, **omitted) for one in contracts],
    }


def _conditions(criteria: VendorContractFilter) -> Iterable[Callable[[Contract], bool]]:
    if criteria.start_date_before is not None:
        before = moment("filter.startDateBefore", criteria.start_date_before)
        yield lambda one: one.starts < before.first
    if criteria.end_date_after is not None:
        end = moment("filter.endDateAfter", criteria.end_date_after)
        yield lambda one: one.ends is not None and one.ends > end.last
    if statuses := _statuses(criteria):
        yield lambda one: one.status in statuses


def _statuses(criteria: VendorContractFilter) -> list[ContractStatus]:
    return [status for status in criteria.contract_statuses or () if status]
