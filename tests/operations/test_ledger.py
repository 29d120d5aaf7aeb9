"""`souk ledger`: wrong books are found, and sums are made again, also while others book."""

from collections.abc import Callable

import pytest

from souk.cli import main
from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import deal_of
from souk.domains.ledger.model import AccountBalance, AccountKind, BookingKind
from souk.domains.ledger.rules import entries
from souk.domains.ledger.store import (
    ACCOUNTS,
    BOOKINGS,
    SHARDS,
    TALLIES,
    balance_key,
    month_tallies,
    post,
    shard_of,
    tally_key,
)
from souk.operations import ledger
from souk.operations.deployment import Deployment
from souk.operations.problem import Problem
from souk.storage import Table, View
from souk.storage.merged import sharded
from souk.values.times import stamp
from tests.support.clock import CLOCK, new_id
from tests.support.worlds.milestones import contract


@pytest.fixture
def deployment(table: Table) -> Deployment:
    """Return a deployment with the test's table."""
    return Deployment({"TableName": table.name}, lambda _service: table.client, "https://souk.test")


def pay(table: Table, one: Contract, amount: int) -> None:
    """Pay a bonus on account."""
    tx = table.transaction()
    entry = entries.Entry(new_id(), stamp(CLOCK.market()), "A bonus")
    post(tx, entries.direct(BookingKind.BONUS, deal_of(table, one), amount, entry))
    tx.commit()


def spoil(table: Table, one: Contract) -> None:
    """Change the sums of a month beside the bookings."""
    tx = table.transaction()
    at = f"{CLOCK.market():%Y-%m}#USD"
    tx.tally(TALLIES, tally_key(shard_of(one.id), at), bookings=3, funds=7)
    tx.tally(TALLIES, tally_key(shard_of(one.id), "2001-01#EUR"), bookings=1, escrow=5)
    tx.commit()


def as_of_an_earlier_release(table: Table) -> None:
    """Take away what lists and sums are read from."""
    for item in table.client.scan(TableName=table.name)["Items"]:
        key = {"PK": item["PK"], "SK": item["SK"]}
        if item["PK"]["S"].startswith("TALLY#"):
            table.client.delete_item(TableName=table.name, Key=key)
        else:
            kept = {name: value for name, value in item.items() if name[:3] != "GSI"}
            table.client.put_item(TableName=table.name, Item=kept)


def during(action: Callable[[], None]) -> Callable[[float], None]:
    """Return a wait in which something happens once."""
    pending = [action]
    return lambda _seconds: pending.pop()() if pending else None


def quick(_seconds: float) -> None:
    """Do not wait."""


def test_wrong_books_are_found_and_made_right(table: Table, deployment: Deployment) -> None:
    one = contract()
    pay(table, one, 1_000)
    assert ledger.verify(deployment, quick) == (1, [])
    before = month_tallies(table)
    as_of_an_earlier_release(table)
    _, [missing, total] = ledger.verify(deployment, quick)
    assert missing == "All accounts in USD sum to -1.50 USD, not to zero."
    assert total.startswith("The sums of ")
    assert ledger.rebuild(deployment, quick) == 1
    assert ledger.verify(deployment, quick) == (1, [])
    assert month_tallies(table) == before
    everything: View[AccountBalance, AccountBalance] = View()
    listed = [sharded(ACCOUNTS, table, SHARDS, kind).page(everything, 9).rows for kind in AccountKind]
    assert sorted(found.account.kind for rows in listed for found in rows) == ["EARNINGS", "FUNDS"]
    assert ledger.rebuild(deployment, quick) == 0

    spoil(table, one)
    ledger.rebuild(deployment, during(lambda: pay(table, one, 500)))  # a payment meanwhile counts once
    assert ledger.verify(deployment, quick) == (2, [])
    spoil(table, one)
    with pytest.raises(Problem, match="change all the time"):
        ledger.rebuild(deployment, lambda _seconds: pay(table, one, 500))


def test_wrong_balance_and_booking_are_named(
    table: Table, deployment: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one = contract()
    pay(table, one, 1_000)
    deal = deal_of(table, one)
    tx = table.transaction()
    tx.count(balance_key(entries.account(AccountKind.EARNINGS, deal)), 25)
    good = entries.direct(BookingKind.BONUS, deal, 100, entries.Entry("77", stamp(CLOCK.market())))
    tx.create(BOOKINGS, good.model_copy(update={"lines": good.lines[:1]}))
    tx.commit()
    _, wrong = ledger.verify(deployment, quick)
    assert "Booking 77 sums to -1.05 USD, not to zero." in wrong
    assert any(line.startswith(f"The balance of EARNINGS of {deal.vendor_company_id} is 9.25 USD") for line in wrong)
    assert any(line.startswith("All accounts in USD sum to 0.25") for line in wrong)
    monkeypatch.setattr(main, "_deployment", lambda _stack: deployment)
    monkeypatch.setattr(ledger, "_SETTLING_SECONDS", 0)
    with pytest.raises((Problem, SystemExit)):
        main.verify_ledger()
    assert "Booking 77" in capsys.readouterr().out


def test_booking_during_a_check_is_no_difference(table: Table, deployment: Deployment) -> None:
    one = contract()
    pay(table, one, 1_000)
    spoil(table, one)

    def mend() -> None:
        ledger.rebuild(deployment, quick)

    assert ledger.verify(deployment, during(mend))[1] == [], "only what is wrong both times is told"
