"""Where the books are kept.

LEDGER#<id>                   BOOKING              a booking; it never changes
LEDGER#<company>#<yyyy-mm>    <time>#<id>#<side>   a copy of it in the history of each company that it concerns
ACCOUNT#<kind>#<owner>        <currency>           the balance of a company's or a contract's account: a counter
ACCOUNT#<kind>#<owner>        <currency>#<yyyy-mm> the month's change of a company's account: a counter
UNIQ#payment#<company>#<SHA-256 of the key>        the booking that an idempotency key of a company has made

The marketplace's own accounts have no balance item: every payment would contend for it. Their balance is the sum of
their lines.
"""

from collections import Counter
from hashlib import sha256
from typing import Final

from souk.domains.agreements.model import Side
from souk.domains.ledger.model import Account, AccountKind, HistoryRow, LedgerTransaction
from souk.domains.ledger.rules.entries import effects
from souk.domains.market.store import CLIENT_RECORDS, FREELANCER_RECORDS, client_record_key, freelancer_record_key
from souk.storage import Collection, Key, Table, Transaction, counter_value
from souk.values.errors import Conflict
from souk.values.money import DEFAULT_CURRENCY

WRITES: Final = ("ACCOUNT#", "LEDGER#", "UNIQ#payment#")
"""The beginnings of the partition keys that this domain owns."""

_OF_COMPANIES: Final = (AccountKind.FUNDS, AccountKind.EARNINGS)


def booking_key(booking_id: str) -> Key:
    """Return the key of a booking."""
    return Key(f"LEDGER#{booking_id}", "BOOKING")


def month_of(at: str) -> str:
    """Return the month of a point in time: `2026-07`."""
    return at[:7]


def history_partition(company_id: str, month: str) -> str:
    """Return the partition of a company's history in a month."""
    return f"LEDGER#{company_id}#{month}"


def row_key(row: HistoryRow) -> Key:
    """Return the key of a row of history."""
    booking = row.booking
    return Key(history_partition(row.company_id, month_of(booking.at)), f"{booking.at}#{booking.id}#{row.side}")


def balance_key(account: Account) -> Key:
    """Return the key of an account's balance."""
    return Key(f"ACCOUNT#{account.kind}#{account.owner}", account.currency)


def month_key(account: Account, month: str) -> Key:
    """Return the key of what a month added to an account."""
    return Key(f"ACCOUNT#{account.kind}#{account.owner}", f"{account.currency}#{month}")


BOOKINGS: Collection[LedgerTransaction] = Collection(
    name="LedgerTransaction", model=LedgerTransaction, key=booking_key, key_of=lambda one: booking_key(one.id)
)
HISTORY: Collection[HistoryRow] = Collection(name="HistoryRow", model=HistoryRow, key=Key, key_of=row_key)


def post(tx: Transaction, *bookings: LedgerTransaction, key: str | None = None) -> None:
    """Note in a transaction that something is booked; all that a transaction books is booked by one call.

    The transaction is refused with Conflict where escrow would fall below zero, or the funds of a client who does not
    pay on account. `key` is the idempotency key of the client's company: the first booking is its answer (`booked_by`).
    """
    months: Counter[tuple[Account, str]] = Counter()
    for booking in bookings:
        tx.create(BOOKINGS, booking)
        for row in _rows(booking):
            tx.create(HISTORY, row)
        for line in booking.lines:
            if line.account.kind in _OF_COMPANIES:
                months[line.account, month_of(booking.at)] += line.minor
        _tally(tx, booking)
    for effect in effects(bookings):
        refused = _short(effect.account)
        tx.count(balance_key(effect.account), effect.by, at_least=effect.at_least, refused=refused)
    for (account, month), by in months.items():
        if by:
            tx.count(month_key(account, month), by)
    if key is not None and bookings:
        taken = Conflict("This idempotency key has been used at this moment; ask again for what it made.")
        tx.reserve(_guard(bookings[0].deal.client_company_id, key), bookings[0].id, taken)


def balance(table: Table, account: Account) -> int:
    """Return what is on an account of a company or a contract now."""
    key = balance_key(account)
    return counter_value(table.batch_get([key], consistent=True).get(key))


def booked_by(table: Table, company_id: str, key: str) -> LedgerTransaction | None:
    """Return what an idempotency key of a client's company has booked."""
    holder = table.holder(_guard(company_id, key))
    return table.get(BOOKINGS, holder, consistent=True) if holder else None


def _guard(company_id: str, key: str) -> str:
    return f"UNIQ#payment#{company_id}#{sha256(key.encode()).hexdigest()}"


def _rows(booking: LedgerTransaction) -> list[HistoryRow]:
    deal = booking.deal
    sides = [(Side.CLIENT, deal.client_company_id)]
    if booking.earned:  # the rest is between the client and escrow
        sides.append((Side.FREELANCER, deal.vendor_company_id))
    return [HistoryRow(company_id=company_id, side=side, booking=booking) for side, company_id in sides]


def _tally(tx: Transaction, booking: LedgerTransaction) -> None:
    """Add to the records of both sides what a client was charged and what a freelancer was paid for."""
    deal = booking.deal
    if deal.home_currency and booking.charge:
        tx.tally(CLIENT_RECORDS, client_record_key(deal.client_company_id), spent=booking.charge)
    if deal.currency == DEFAULT_CURRENCY and booking.earned:
        tx.tally(FREELANCER_RECORDS, freelancer_record_key(deal.vendor_user_id), earned=booking.earned)


def _short(account: Account) -> Conflict:
    if account.kind is AccountKind.ESCROW:
        return Conflict("There is less in escrow than this would take out; read the milestone again.")
    if account.kind is AccountKind.FUNDS:
        return Conflict("The client's funds do not cover this any more; try again.")
    return Conflict("There is less on this account than this would take.")
