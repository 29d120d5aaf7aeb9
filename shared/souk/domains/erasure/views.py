"""Views of erasures: shapes of the contract that are not stored."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from souk.domains.identity.commands.own_companies import has_colleagues
from souk.domains.identity.rules.members import owns
from souk.domains.identity.store import memberships_of
from souk.domains.ledger.model import AccountKind
from souk.domains.ledger.store import balances
from souk.storage import Reading, Table
from souk.values.money import Money


@dataclass(frozen=True, slots=True)
class RemainingBalance:
    """Earnings that stay on the account of an organization when it is erased."""

    organization_id: str
    amount: Money


def _remaining(table: Table, user_id: str) -> list[RemainingBalance]:
    owned = [one.company_id for one in memberships_of(table, user_id) if owns(one)]
    shared = table.concurrently([partial(has_colleagues, company_id=one, user_id=user_id) for one in owned])
    alone = [company_id for company_id, has in zip(owned, shared, strict=True) if not has]
    found = table.concurrently([partial(balances, kind=AccountKind.EARNINGS, owner=one) for one in alone])
    return [
        RemainingBalance(company_id, Money(minor, currency))
        for company_id, earned in zip(alone, found, strict=True)
        for currency, minor in sorted(earned.items())
        if minor > 0
    ]


REMAINING: Final = Reading("remainingBalances", _remaining)
"""The earnings of the companies that a person owns alone, by the person's id."""
