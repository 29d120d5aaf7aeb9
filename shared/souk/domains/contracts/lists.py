"""The contracts of a freelancer, as far as the caller is a party to them."""

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


def of_vendor(
    ctx: Context, wanted: VendorContractFilter, options: ContractOptions, paging: ContractPaging
) -> dict[str, Any]:
    """Return ContractSearchResults, the newest first. It has no place for the number of all, so none is counted."""
    limit = DEFAULT_LIMIT if paging.limit is None else paging.limit
    offset = paging.offset or 0
    if not 1 <= limit <= MAX_LIMIT:
        raise Unprocessable(f"paging.limit: 1 to {MAX_LIMIT} contracts; {limit} were asked for.")
    if offset < 0:
        raise Unprocessable("paging.offset: how many to skip is not less than 0.")
    conditions = list(_conditions(wanted))
    found = [
        one
        for one in reversed(contracts_of_person(ctx.table, wanted.vendor_id))
        if one.parties.include(ctx.principal) and all(holds(one) for holds in conditions)
    ]
    shown = found[offset : offset + limit]
    left_out = {"terms": not options.add_terms, "limits": not options.add_hour_limits}
    return {
        "paging": {"limit": limit, "offset": offset},
        "contracts": [views.without(one, **left_out) for one in shown],
    }


def _conditions(wanted: VendorContractFilter) -> Iterable[Callable[[Contract], bool]]:
    if wanted.start_date_before is not None:
        before = moment("filter.startDateBefore", wanted.start_date_before)
        yield lambda one: one.starts < before.first
    if wanted.end_date_after is not None:
        end = moment("filter.endDateAfter", wanted.end_date_after)
        # A day is over when the next one begins; a point in time at once.
        yield (
            lambda one: (
                one.ends is not None and (one.ends >= end.after if end.after > end.first else one.ends > end.first)
            )
        )
    if statuses := [status for status in wanted.contract_statuses or () if status]:
        yield lambda one: one.status in statuses
