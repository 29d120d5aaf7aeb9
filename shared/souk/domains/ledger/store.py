"""The table's items of the ledger.

LEDGER#<id>                   BOOKING              a booking; bookings never change
                                                   GSI1 BOOKINGS#CONTRACT#<id> / <time>#<id>
                                                   GSI2 BOOKINGS#MILESTONE#<id> / <time>#<id>
                                                   GSI3 BOOKINGS#<yyyy-mm>#<shard 0-7> / <time>#<id>
LEDGER#<id>                   REVERSAL             the booking that reverses it, if there is one
LEDGER#<company>#<yyyy-mm>    <time>#<id>#<side>   a copy of it in the history of each company involved
                                                   GSI1 BOOKINGS#COMPANY#<id> / <time>#<side>#<id>
                                                   GSI2 BOOKINGS#ORDER#<id> / <time>#<side>#<id>: the client's copy
ACCOUNT#<kind>#<owner>        <currency>           counter: the balance of a company's or a contract's account
                                                   GSI3 ACCOUNTS#<kind>#<shard 0-7> / <owner>#<kind>#<currency>
ACCOUNT#<kind>#<owner>        <currency>#<yyyy-mm> counter: the change of a company's account in the month
TALLY#LEDGER#<shard 0-7>      <yyyy-mm>#<currency> tally: the sums of the bookings of a month
UNIQ#payment#<company>#<SHA-256 of the key>        the booking of a client company's idempotency key
UNIQ#reversal#<organization>#<user>#<SHA-256>      the booking of an operator's idempotency key

The marketplace's own accounts have no balance item, because all payments would contend for it. Their balance is the sum
of the tallies. Bookings of a contract are in one shard, and so are the bookings of one transaction.
"""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import Final
from zlib import crc32

from souk.domains.agreements.model import Side
from souk.domains.ledger.model import (
    Account,
    AccountBalance,
    AccountKind,
    HistoryRow,
    LedgerTransaction,
    MonthTally,
    Reversal,
)
from souk.domains.ledger.rules.entries import balance_changes
from souk.domains.ledger.rules.payments import payments_of
from souk.domains.ledger.rules.tallies import month_and_currency, sums
from souk.domains.market.store import CLIENT_RECORDS, client_record_key, record_payment
from souk.storage import Collection, Key, StoredList, Table, Tally, Transaction, counter_value
from souk.storage.collection import ListedCounters
from souk.values.errors import Conflict

WRITES: Final = ("ACCOUNT#", "LEDGER#", "TALLY#LEDGER#", "UNIQ#payment#", "UNIQ#reversal#")
"""The prefixes of the partition keys that this domain owns."""
SHARDS: Final = 8
"""Partitions of the marketplace's lists and tallies."""

_MOST_TALLIES: Final = 20_000
"""Months times currencies: those of a hundred years in sixteen currencies."""
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


def shard_of(owner: str) -> int:
    """Return the shard of a contract's bookings, or of an owner's accounts."""
    return crc32(owner.encode()) % SHARDS


def month_partition(month: str, shard: str) -> str:
    """Return the partition key of a shard of the bookings of a month."""
    return f"BOOKINGS#{month}#{shard}"


def _by_milestone(booking: LedgerTransaction) -> Key | None:
    milestone_id = booking.milestone_id
    return Key(f"BOOKINGS#MILESTONE#{milestone_id}", f"{booking.at}#{booking.id}") if milestone_id else None


def _by_month(booking: LedgerTransaction) -> Key:
    shard = shard_of(booking.deal.contract_id)
    return Key(month_partition(month_of(booking.at), str(shard)), f"{booking.at}#{booking.id}")


def _row_sort_key(row: HistoryRow) -> str:
    return f"{row.booking.at}#{row.side}#{row.booking.id}"


def _by_order(row: HistoryRow) -> Key | None:
    order_id = row.booking.order_id
    if order_id is None or row.side is not Side.CLIENT:
        return None
    return Key(f"BOOKINGS#ORDER#{order_id}", _row_sort_key(row))


BOOKINGS: Collection[LedgerTransaction] = Collection(
    name="LedgerTransaction",
    model=LedgerTransaction,
    key=booking_key,
    key_of=lambda one: booking_key(one.id),
    indexes={
        "GSI1": lambda one: Key(f"BOOKINGS#CONTRACT#{one.deal.contract_id}", f"{one.at}#{one.id}"),
        "GSI2": _by_milestone,
        "GSI3": _by_month,
    },
)
HISTORY: Collection[HistoryRow] = Collection(
    name="HistoryRow",
    model=HistoryRow,
    key=Key,
    key_of=row_key,
    indexes={
        "GSI1": lambda one: Key(f"BOOKINGS#COMPANY#{one.company_id}", _row_sort_key(one)),
        "GSI2": _by_order,
    },
)


def reversal_key(booking_id: str) -> Key:
    """Return the key of the reversal of a booking."""
    return Key(f"LEDGER#{booking_id}", "REVERSAL")


REVERSALS: Collection[Reversal] = Collection(
    name="Reversal", model=Reversal, key=reversal_key, key_of=lambda one: reversal_key(one.booking_id)
)


def _account_of(key: Key, minor: int) -> AccountBalance | None:
    """Return the balance that a counter holds; None for the counter of a month."""
    _, kind, owner = key.pk.split("#", 2)
    if "#" in key.sk:
        return None
    return AccountBalance(account=Account(kind=AccountKind(kind), owner=owner, currency=key.sk), minor=minor)


def _account_in_list(balance: AccountBalance) -> Key:
    kind, owner, currency = balance.account.kind, balance.account.owner, balance.account.currency
    return Key(f"ACCOUNTS#{kind}#{shard_of(owner)}", f"{owner}#{kind}#{currency}")


BALANCES: Final = ListedCounters(
    name="AccountBalance",
    model=AccountBalance,
    key=Key,
    key_of=lambda one: balance_key(one.account),
    indexes={"GSI3": _account_in_list},
    prefix="ACCOUNT#",
    make=_account_of,
    number=lambda one: one.minor,
)
"""The balances of the accounts of companies and contracts."""
ACCOUNTS: Final = StoredList("ledgerAccounts", BALANCES, "ACCOUNTS#{}#{}".format, index="GSI3")
MONTH_BOOKINGS: Final = StoredList("ledgerBookings", BOOKINGS, month_partition, index="GSI3")
CONTRACT_BOOKINGS: Final = StoredList("contractBookings", BOOKINGS, "BOOKINGS#CONTRACT#{}".format, index="GSI1")
MILESTONE_BOOKINGS: Final = StoredList("milestoneBookings", BOOKINGS, "BOOKINGS#MILESTONE#{}".format, index="GSI2")
COMPANY_BOOKINGS: Final = StoredList("companyBookings", HISTORY, "BOOKINGS#COMPANY#{}".format, index="GSI1")
ORDER_BOOKINGS: Final = StoredList("paymentOrderBookings", HISTORY, "BOOKINGS#ORDER#{}".format, index="GSI2")
LISTS: Final = (
    ACCOUNTS,
    MONTH_BOOKINGS,
    CONTRACT_BOOKINGS,
    MILESTONE_BOOKINGS,
    COMPANY_BOOKINGS,
    ORDER_BOOKINGS,
)


def tally_key(shard: int, at: str) -> Key:
    """Return the key of the sums of a month and a currency (`2026-07#USD`) in a shard."""
    return Key(f"TALLY#LEDGER#{shard}", at)


TALLIES: Final = Tally(name="MonthTally", model=MonthTally, key=tally_key, sort_key="at")


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
        tx.tally(TALLIES, tally_key(shard_of(booking.deal.contract_id), month_and_currency(booking)), **sums(booking))
    for payment in payments_of(bookings):
        record_payment(tx, payment)
    for change in balance_changes(bookings):
        insufficient = _insufficient(change.account)
        tx.count(
            balance_key(change.account),
            change.by,
            at_least=change.at_least,
            listed=BALANCES.listed(AccountBalance(account=change.account, minor=0)),
            refused=insufficient,
        )
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


def balances_of(table: Table, accounts: Sequence[Account]) -> dict[Account, int]:
    """Return the balances of accounts of companies and contracts, in one round trip. It is strongly consistent."""
    found = table.batch_get([balance_key(one) for one in accounts], consistent=True)
    return {one: counter_value(found.get(balance_key(one))) for one in accounts}


def month_tallies(table: Table, first: str = "", last: str = "") -> list[MonthTally]:
    """Return the sums of the months from one to another, both included, by currency; without them, of all months.

    One currency and month can have several. The shards are read at the same time, consistently.
    """
    between = (first, f"{last}#\U0010ffff") if first else None

    def read(shard: int, table: Table) -> list[MonthTally]:
        partition = tally_key(shard, "").pk
        return table.query_bounded(TALLIES, partition, most=_MOST_TALLIES, between=between, consistent=True)

    found = table.concurrently([partial(read, shard) for shard in range(SHARDS)])
    return [one for part in found for one in part]


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


def reversal_guard(organization_id: str, user_id: str, key: str) -> str:
    """Return the unique value of the idempotency key of a reversal. Its holder is `<booking>#<fingerprint>`."""
    return f"UNIQ#reversal#{organization_id}#{user_id}#{sha256(key.encode()).hexdigest()}"


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
