"""The Domain object that the other modules of this package register their fields with."""

from typing import Final

from souk.graph import Domain, Scope

# A bill posts bookings, counts in the records of both sides, and can pause the contract.
domain = Domain("time", function="time", joins=("audit", "contracts", "ledger", "market", "payments", "reviews"))

READ: Final = (Scope.TIMESHEETS_READ, Scope.TIMESHEETS_WRITE)
WRITE: Final = (Scope.TIMESHEETS_WRITE,)
