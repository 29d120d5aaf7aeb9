"""The table's items of the ledger.

LEDGER#<id>                   BOOKING              a booking; bookings never change
LEDGER#<company>#<yyyy-mm>    <time>#<id>#<side>   a copy of it in the history of each company involved
ACCOUNT#<kind>#<owner>        <currency>           counter: the balance of a company's or a contract's account
ACCOUNT#<kind>#<owner>        <currency>#<yyyy-mm> counter: the change of a company's account in the month
UNIQ#payment#<company>#<SHA-256 of the key>        the booking of a client company's idempotency key

The marketplace's own accounts have no balance item, because all payments would contend for it. Their balance is the sum
of their lines.
"""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import Final

from souk.domains.agreements.model import Side
from souk.domains.ledger.model import Account, AccountKind, HistoryRow, LedgerTransaction
from souk.domains.ledger.rules.entries import balance_changes
from souk.domains.ledger.rules.payments import payments_of
from souk.domains.market.store import CLIENT_RECORDS, client_record_key, record_payment
from souk.storage import Collection, Key, Table, Transaction, counter_value
from souk.values.errors import Conflict

WRITES: Final = ("ACCOUNT#", "LEDGER#", "UNIQ#payment#")
"""The prefixes of the partition keys that this domain owns."""

_OF_COMPANIES: Final = (AccountKind.FUNDS, AccountKind.EARNINGS)


def booking_key(booking_id: str) -> Key:
    """Return the key of a booking."""
    return Key(f"LEDGER#{booking_id}", "BOOKING")


def month_of(at: str) -> str:
    """Return the month of a timestamp: `2026-07`."""
    return at[:7]


def history_partition(company_id: str, month: str) -> str:
    """Return the partition key of a company's history in a month."""
    return f"LEDGER#{company_id}#{month}"


def row_key(row: HistoryRow) -> Key:
    """Return the key of a history row."""
    booking = row.booking
    return Key(history_partition(row.company_id, month_of(booking.at)), f"{booking.at}#{booking.id}#{row.side}")


def balance_key(account: Account) -> Key:
    """Return the key of an account's balance."""
    return Key(f"ACCOUNT#{account.kind}#{account.owner}", account.currency)


def month_key(account: Account, month: str) -> Key:
    """Return the key of an account's change in a month."""
    return Key(f"ACCOUNT#{account.kind}#{account.owner}", f"{account.currency}#{month}")


BOOKINGS: Collection[LedgerTransaction] = Collection(
    name="LedgerTransaction", model=LedgerTransaction, key=booking_key, key_of=lambda one: booking_key(one.id)
)
HISTORY: Collection[HistoryRow] = Collection(name="HistoryRow", model=HistoryRow, key=Key, key_of=row_key)


def post(tx: Transaction, *bookings: LedgerTransaction, key: str | None = None) -> None:
    """Add bookings to a transaction, with the balances, histories and records. Call it once per transaction.

    The transaction fails with Conflict if escrow would become negative, or the funds of a client who does not pay on
    account. `key` is the idempotency key of the client's company: `booked_by` then returns the first booking.
    """
    months: Counter[tuple[Account, str]] = Counter()
    for booking in bookings:
        tx.create(BOOKINGS, booking)
        for row in rows_of(booking):
            tx.create(HISTORY, row)
        for line in booking.lines:
            if line.account.kind in _OF_COMPANIES:
                months[line.account, month_of(booking.at)] += line.minor
        _count_spending(tx, booking)
    for payment in payments_of(bookings):
        record_payment(tx, payment)
    for change in balance_changes(bookings):
        insufficient = _insufficient(change.account)
        tx.count(balance_key(change.account), change.by, at_least=change.at_least, refused=insufficient)
    for (account, month), by in months.items():
        if by:
            tx.count(month_key(account, month), by)
    if key is not None and bookings:
        running = Conflict("A request with this idempotency key is running right now. Repeat it to get its result.")
        tx.reserve(_guard(bookings[0].deal.client_company_id, key), bookings[0].id, running)


def balance(table: Table, account: Account) -> int:
    """Return the balance of a company's or a contract's account. The read is strongly consistent."""
    key = balance_key(account)
    return counter_value(table.batch_get([key], consistent=True).get(key))


def balances(table: Table, kind: AccountKind, owner: str) -> dict[str, int]:
    """Return the balances of a company's or a contract's accounts of a kind, by currency."""
    found = table.counters(f"ACCOUNT#{kind}#{owner}")
    return {currency: minor for currency, minor in found.items() if "#" not in currency}  # without those of months


def history(
    table: Table, company_id: str, months: Sequence[str], period: tuple[str, str], most: int
) -> list[HistoryRow] | None:
    """Return a company's rows of a period in some months, oldest first; None if there are more than `most`.

    The months are read at the same time, consistently.
    """
    sizes: list[int] = []
    between = (period[0], f"{period[1]}$")  # sorts after all rows of that time: `row_key` joins with "#"

    def read(month: str, table: Table) -> list[HistoryRow]:
        rows: list[HistoryRow] = []
        start = None
        while sum(sizes) <= most:
            page = table.query(
                HISTORY,
                history_partition(company_id, month),
                between=between,
                limit=None,
                start=start,
                consistent=True,
            )
            sizes.append(page.found)
            rows += page.items
            start = page.next_key
            if start is None:
                break
        return rows

    found = table.concurrently([partial(read, month) for month in months])
    return [row for rows in found for row in rows] if sum(sizes) <= most else None


def booked_by(table: Table, company_id: str, key: str) -> LedgerTransaction | None:
    """Return the booking of a client company's idempotency key."""
    holder = table.holder(_guard(company_id, key))
    return table.get(BOOKINGS, holder, consistent=True) if holder else None


def _guard(company_id: str, key: str) -> str:
    return f"UNIQ#payment#{company_id}#{sha256(key.encode()).hexdigest()}"


def rows_of(booking: LedgerTransaction) -> list[HistoryRow]:
    """Return the copies of a booking in the histories of the companies that it concerns."""
    deal = booking.deal
    sides = [(Side.CLIENT, deal.client_company_id)]
    if booking.earned or booking.minutes:  # other bookings only concern the client
        sides.append((Side.FREELANCER, deal.vendor_company_id))
    return [HistoryRow(company_id=company_id, side=side, booking=booking) for side, company_id in sides]


def _count_spending(tx: Transaction, booking: LedgerTransaction) -> None:
    """Add the client's spending to the record of the company."""
    deal = booking.deal
    if deal.home_currency and booking.charge:
        tx.tally(CLIENT_RECORDS, client_record_key(deal.client_company_id), spent=booking.charge)


def _insufficient(account: Account) -> Conflict:
    if account.kind is AccountKind.ESCROW:
        return Conflict("Escrow does not hold enough money for this. Read the milestone or the timesheet again.")
    if account.kind is AccountKind.FUNDS:
        return Conflict("The client's funds no longer cover this. Try again.")
    return Conflict("This account does not hold enough money.")
