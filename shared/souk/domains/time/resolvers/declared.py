"""The Domain object that the other modules of this package register their fields with."""

from typing import Final

from souk.domains.time.store import has_weeks
from souk.graph import Domain, Scope
from souk.storage import Table

# A bill posts bookings, counts in the records of both sides, and can pause the contract.
domain = Domain("time", function="time", joins=("audit", "contracts", "ledger", "market", "payments", "reviews"))


@domain.fact("time.tracked")
def tracked(table: Table, contract_id: str) -> bool:
    """Return whether time was ever tracked on a contract."""
    return has_weeks(table, contract_id)


READ: Final = (Scope.TIMESHEETS_READ, Scope.TIMESHEETS_WRITE)
WRITE: Final = (Scope.TIMESHEETS_WRITE,)
