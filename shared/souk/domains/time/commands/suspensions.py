"""When the two sides of a contract were suspended. No time is entered that begins then.

Nobody ever was, on almost all contracts. So trackers do not read it: their transaction requires that neither side has a
standing, and only when that fails is it read.
"""

from dataclasses import dataclass, field
from typing import Self

from souk.authentication.standing import ORGANIZATION, STANDINGS, Standing, company_key, standing_at
from souk.domains.contracts.model import Contract
from souk.domains.contracts.rules.spans import Span
from souk.storage import Table, Transaction
from souk.values.errors import Conflict


@dataclass(frozen=True, slots=True)
class Suspensions:
    """The standings of both sides of a contract, by their companies; those that were read."""

    contract: Contract
    found: dict[str, Standing] = field(default_factory=dict)

    @classmethod
    def read(cls, table: Table, contract: Contract) -> Self:
        """Return them, read consistently in one round trip."""
        keys = [company_key(id_) for id_ in _companies(contract)]
        items = table.batch_get(keys, consistent=True)
        return cls(contract, {one.id: one for key in keys if (one := standing_at(key, items))})

    def at(self, time: str) -> bool:
        """Return whether a side was suspended at a time (`Standing.suspended_at`)."""
        return any(one.suspended_at(time) for one in self.found.values())

    @property
    def spans(self) -> list[Span]:
        """The periods of the suspensions."""
        past = [Span(one.since, one.until) for standing in self.found.values() for one in standing.past]
        now = [Span(one.suspension.since, None) for one in self.found.values() if one.suspension]
        return [*past, *now]

    def check(self, tx: Transaction) -> None:
        """Add to a transaction that these are all suspensions. The commit raises Conflict if there are others."""
        for id_ in _companies(self.contract):
            if standing := self.found.get(id_):
                tx.check(STANDINGS, standing)
            else:
                refused = Conflict("One side of this contract has been suspended; try again.")
                tx.check_absent(STANDINGS, ORGANIZATION, id_, refused=refused)


def _companies(contract: Contract) -> dict[str, None]:
    parties = contract.parties
    return dict.fromkeys((parties.client_company_id, parties.vendor_company_id))
