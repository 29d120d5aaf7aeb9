"""What the books have of a person: the bookings of the companies that they own alone."""

from collections.abc import Iterator
from datetime import date, datetime

from souk.domains.agreements.model import Side
from souk.domains.identity.commands.own_companies import own_companies
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.ledger.model import AccountKind
from souk.domains.ledger.store import HISTORY, balances, history_partition
from souk.graph.personal import PAGE, Obstacle, PersonalData, PersonalFile, PersonalPage, row_of
from souk.storage import Table
from souk.storage.lists import Position
from souk.values.money import Money


def obstacles(table: Table, user_id: str, _now: datetime) -> Iterator[Obstacle]:
    """Yield the funds and debts of the person's own companies as clients. Earnings do not stand in the way."""
    for company_id in own_companies(table, user_id):
        for currency, minor in balances(table, AccountKind.FUNDS, company_id).items():
            if minor:
                yield Obstacle("FUNDS", _sentence(Money(abs(minor), currency), owed=minor < 0), company_id)


def _sentence(money: Money, *, owed: bool) -> str:
    amount = f"{money.raw_value} {money.currency}"
    if owed:
        return f"Your company owes {amount}. Pay it first."
    return f"Your company still has funds of {amount}. Use them up, or have them refunded."


def _partitions(table: Table, user_id: str) -> list[str]:
    """Return the partitions of the histories of the person's own companies, oldest month first."""
    companies = own_companies(table, user_id)
    items = table.batch_get(map(ORGANIZATIONS.key, companies))
    return [
        history_partition(one.id, month)
        for one in sorted(map(ORGANIZATIONS.decode, items.values()), key=lambda one: one.id)
        for month in _months(date.fromisoformat(one.creation_date[:10]), table.clock.market().date())
    ]


def _months(first: date, last: date) -> list[str]:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]


def _pages(table: Table, user_id: str, start: Position | None) -> Iterator[PersonalPage]:
    left = [one for one in _partitions(table, user_id) if start is None or one >= start[0]]
    for at, partition in enumerate(left):
        key = start[1] if start and start[0] == partition else None
        while True:
            page = table.query(HISTORY, partition, limit=PAGE, start=key)
            key = page.next_key
            rows = [row_of(one.booking, *(() if one.side is Side.CLIENT else ("notes",))) for one in page.items]
            following = [partition, key] if key else [left[at + 1], None] if at + 1 < len(left) else None
            yield PersonalPage(rows, following)
            if key is None:
                break


PERSONAL = PersonalData(
    stays=(
        "All bookings and balances, by the ids of organizations: they are the books of both sides, and tax law asks "
        "for them (GDPR, article 17(3)(b)). Earnings that were not paid out stay on the account of the organization."
    ),
    files=(PersonalFile("transactions", "The bookings of the organizations that you own alone.", _pages),),
    obstacles=obstacles,
)
