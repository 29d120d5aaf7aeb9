"""Checks the books of a deployment, and makes the sums of months again from the bookings.

Both can run while the deployment is in use. The lines of the bookings are the truth. Balances and sums are derived.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from souk.domains.ledger.model import Account, LedgerTransaction, MonthTally
from souk.domains.ledger.rules.entries import WITH_BALANCE
from souk.domains.ledger.rules.tallies import month_and_currency, sums
from souk.domains.ledger.store import (
    BALANCES,
    BOOKINGS,
    MONTH_BOOKINGS,
    TALLIES,
    shard_of,
    tally_key,
)
from souk.operations import lists
from souk.operations.deployment import Deployment, open_table
from souk.operations.problem import Problem
from souk.storage import Key, Table, View, counter_value
from souk.storage.collection import key_attributes, tally_attribute
from souk.values.money import Money

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SETTLING_SECONDS: Final = 1.0
"""How long an index may take to show a write. AWS: usually a fraction of a second."""
_ATTEMPTS: Final = 10
_TALLY: Final = "TALLY#LEDGER#"
_EVERYTHING: Final[View[LedgerTransaction, LedgerTransaction]] = View()

Place = tuple[int, str]
"""A shard, and a month with a currency: where the sums of bookings are."""


@dataclass
class Books:
    """The books as a scan has seen them: what is stored, and what follows from the bookings."""

    bookings: int = 0
    problems: set[str] = field(default_factory=set)
    """Bookings that do not sum to zero."""
    balances: dict[Account, int] = field(default_factory=dict)
    tallies: dict[Place, Mapping[str, int]] = field(default_factory=dict)
    sums_of_accounts: Counter[Account] = field(default_factory=Counter)
    sums_of_months: dict[Place, Counter[str]] = field(default_factory=dict)

    def add(self, booking: LedgerTransaction) -> None:
        """Add a booking."""
        self.bookings += 1
        by_currency: Counter[str] = Counter()
        for line in booking.lines:
            by_currency[line.account.currency] += line.minor
            if line.account.kind in WITH_BALANCE:
                self.sums_of_accounts[line.account] += line.minor
        for currency, total in by_currency.items():
            if total:
                self.problems.add(f"Booking {booking.id} sums to {_amount(total, currency)}, not to zero.")
        place = shard_of(booking.deal.contract_id), month_and_currency(booking)
        self.sums_of_months.setdefault(place, Counter()).update(sums(booking))

    def differences(self) -> set[str]:
        """Return everything that is wrong, in sentences."""
        return {*self.problems, *self._wrong_balances(), *self._wrong_months(), *self._wrong_totals()}

    def wrong_places(self) -> list[Place]:
        """Return where the stored sums of a month are not those of the bookings."""
        places = {*self.tallies, *self.sums_of_months}
        empty: Mapping[str, int] = {}
        return sorted(
            place
            for place in places
            if _known(self.tallies.get(place, empty)) != _known(self.sums_of_months.get(place, empty))
        )

    def _wrong_balances(self) -> Iterator[str]:
        for account in {*self.balances, *self.sums_of_accounts}:
            stored, booked = self.balances.get(account, 0), self.sums_of_accounts[account]
            if stored != booked:
                name = f"{account.kind} of {account.owner}"
                shown = _amount(stored, account.currency), _amount(booked, account.currency)
                yield f"The balance of {name} is {shown[0]}; its bookings sum to {shown[1]}."

    def _wrong_months(self) -> Iterator[str]:
        for shard, at in self.wrong_places():
            yield f"The sums of {at.replace('#', ' ')} in shard {shard} are not those of its bookings."

    def _wrong_totals(self) -> Iterator[str]:
        """Yield the currencies in which all accounts together do not sum to zero."""
        total: Counter[str] = Counter()
        for account, minor in self.balances.items():
            total[account.currency] += minor
        for (_, at), stored in self.tallies.items():
            tally = MonthTally(at=at, **stored)
            total[tally.currency] += tally.fees + tally.provider
        for currency, minor in total.items():
            if minor:
                yield f"All accounts in {currency} sum to {_amount(minor, currency)}, not to zero."


def verify(deployment: Deployment, wait: Callable[[float], None] = time.sleep) -> tuple[int, list[str]]:
    """Return the number of bookings, and what is wrong with the books, in sentences.

    A scan can see a half of what happens meanwhile. So the books are read again if something seems wrong, and only what
    is wrong both times, by the same amount, is returned.
    """
    client, table = deployment.client("dynamodb"), deployment.outputs["TableName"]
    books = _read(client, table)
    found = books.differences()
    if found:
        wait(_SETTLING_SECONDS)
        books = _read(client, table)
        found &= books.differences()
    return books.bookings, sorted(found)


def rebuild(deployment: Deployment, wait: Callable[[float], None] = time.sleep) -> int:
    """Make the sums of months again where they are not those of the bookings. Return how many were written.

    It brings bookings and accounts of an earlier release into their lists first. Sums that change meanwhile are
    computed again. Raises Problem if they change every time.
    """
    lists.rewrite(deployment)
    table = open_table(deployment)
    pending = _read(deployment.client("dynamodb"), table.name).wrong_places()
    written = len(pending)
    if not pending:
        return 0
    for _ in range(_ATTEMPTS):
        before = table.transaction().read_tallies({tally_key(*place): TALLIES for place in pending})
        wait(_SETTLING_SECONDS)  # the index may show a booking a little later
        pending = [place for place in pending if not _set(table, place, before[tally_key(*place)])]
        if not pending:
            return written
    raise Problem(f"The sums of {pending[0][1].replace('#', ' ')} change all the time; try again.")


def _set(table: Table, place: Place, before: MonthTally) -> bool:
    """Set the sums of a month if no booking was added since `before`. Return whether they were set."""
    shard, at = place
    booked: Counter[str] = Counter()
    month = at.partition("#")[0]
    for chunk in MONTH_BOOKINGS.of(table, month, str(shard)).chunks(_EVERYTHING):
        for booking in chunk:
            if month_and_currency(booking) == at:
                booked.update(sums(booking))
    counted = tally_attribute("bookings")
    same = f"{counted} = :seen"
    try:
        table.client.update_item(
            TableName=table.name,
            Key=key_attributes(tally_key(shard, at)),
            UpdateExpression="SET " + ", ".join(f"{tally_attribute(name)} = :{name}" for name in TALLIES.names),
            ConditionExpression=same if before.bookings else f"({same} OR attribute_not_exists({counted}))",
            ExpressionAttributeValues={
                ":seen": {"N": str(before.bookings)},
                **{f":{name}": {"N": str(booked[name])} for name in TALLIES.names},
            },
        )
    except table.client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def _read(client: "DynamoDBClient", table: str) -> Books:
    """Scan the table for bookings, balances and sums. Unlike functions, an operator may scan."""
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="#type = :booking OR begins_with(PK, :account) OR begins_with(PK, :tally)",
        ExpressionAttributeNames={"#type": "type"},
        ExpressionAttributeValues={
            ":booking": {"S": BOOKINGS.name},
            ":account": {"S": BALANCES.prefix},
            ":tally": {"S": _TALLY},
        },
        ConsistentRead=True,
    )
    books = Books()
    for page in pages:
        for item in page["Items"]:
            key = Key(item["PK"]["S"], item["SK"]["S"])
            if key.pk.startswith(_TALLY):
                tally = TALLIES.decode(item)
                place = int(key.pk.removeprefix(_TALLY)), key.sk
                books.tallies[place] = {name: getattr(tally, name) for name in TALLIES.names}
            elif "type" in item:
                books.add(BOOKINGS.decode(item))
            elif balance := BALANCES.make(key, counter_value(item)):
                books.balances[balance.account] = balance.minor
    return books


def _known(stored: Mapping[str, int]) -> dict[str, int]:
    return {name: number for name, number in stored.items() if number}


def _amount(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).raw_value} {currency}"
