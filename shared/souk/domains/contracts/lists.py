"""The list of a freelancer's contracts."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from souk.domains.contracts import views
from souk.domains.contracts.inputs import ContractOptions, ContractPaging, VendorContractFilter
from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import contracts_of_person
from souk.graph import Context
from souk.values.errors import Unprocessable
from souk.values.moments import moment

DEFAULT_LIMIT: Final = 10
MAX_LIMIT: Final = 100


def vendor_contracts(
    ctx: Context, criteria: VendorContractFilter, options: ContractOptions, paging: ContractPaging
) -> dict[str, Any]:
    """Return ContractSearchResults of the caller's contracts, newest first. The type has no field for a total."""
    limit = DEFAULT_LIMIT if paging.limit is None else paging.limit
    offset = paging.offset or 0
    if not 1 <= limit <= MAX_LIMIT:
        raise Unprocessable(f"paging.limit: 1 to {MAX_LIMIT} contracts; this is {limit}.")
    if offset < 0:
        raise Unprocessable("paging.offset: must be 0 or more.")
    conditions = list(_conditions(criteria))
    matches = [
        one
        for one in reversed(contracts_of_person(ctx.table, criteria.vendor_id))
        if one.parties.include(ctx.principal) and all(condition(one) for condition in conditions)
    ]
    page = matches[offset : offset + limit]
    omitted = {"terms": not options.add_terms, "limits": not options.add_hour_limits}
    return {
        "paging": {"limit": limit, "offset": offset},
        "contracts": [views.without(one, **omitted) for one in page],
    }


def _conditions(criteria: VendorContractFilter) -> Iterable[Callable[[Contract], bool]]:
    if criteria.start_date_before is not None:
        before = moment("filter.startDateBefore", criteria.start_date_before)
        yield lambda one: one.starts < before.first
    if criteria.end_date_after is not None:
        end = moment("filter.endDateAfter", criteria.end_date_after)
        yield lambda one: one.ends is not None and one.ends > end.last
    if statuses := [status for status in criteria.contract_statuses or () if status]:
        yield lambda one: one.status in statuses
