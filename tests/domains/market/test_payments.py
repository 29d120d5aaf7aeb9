"""The tallies of payments to freelancers."""

from dataclasses import replace

import pytest

from souk.domains.market import rules
from souk.domains.market.model import FreelancerRecord, Payment
from souk.domains.market.store import (
    CONTRACT_TOTALS,
    DAYS,
    FREELANCER_RECORDS,
    MOST_CONTRACTS,
    record_payment,
)
from souk.storage import Table
from tests.support.racing import meanwhile, together

PAID = Payment(
    user_id="7",
    contract_id="1",
    hourly=False,
    agency=False,
    currency="USD",
    at="2026-07-01T09:00:00.000Z",
    earned=60,
    received=54,
)
DAY = "2026-07-01"


def pay(table: Table, payment: Payment = PAID) -> None:
    tx = table.transaction()
    record_payment(tx, payment)
    tx.commit()


def record(table: Table) -> FreelancerRecord:
    return table.read_tally(FREELANCER_RECORDS, "7", consistent=True)


def test_payments_move_counts_when_they_cross_thresholds(table: Table) -> None:
    pay(table)
    assert (record(table).fixed_jobs, record(table).billed) == (1, 0)
    pay(table)
    assert (record(table).fixed_jobs, record(table).billed) == (1, 1)
    pay(table, replace(PAID, earned=-60, received=-54, at="2026-07-02T09:00:00.000Z"))
    assert (record(table).fixed_jobs, record(table).billed, record(table).earned) == (1, 0, 60)
    pay(table, replace(PAID, earned=-60, received=-54, at="2026-07-02T09:00:00.000Z"))
    assert (record(table).fixed_jobs, record(table).billed, record(table).received) == (0, 0, 0)
    assert record(table).last_paid == PAID.at
    first, second = (table.read_tally(DAYS, "7", day) for day in (DAY, "2026-07-02"))
    assert (first.day, first.earned, first.received, first.contracts) == (f"D#{DAY}", 120, 108, frozenset({"1#F"}))
    assert (second.earned, second.contracts) == (-120, frozenset())


def test_racing_payments_all_count(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile(monkeypatch, lambda: pay(table))
    pay(table)
    assert (record(table).earned, record(table).billed, record(table).fixed_jobs) == (120, 1, 1)
    assert table.read_tally(CONTRACT_TOTALS, "1", consistent=True).received == 108


def test_many_payments_at_once_all_count(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    contracts = iter(range(1_000))
    together(monkeypatch, lambda: pay(table, replace(PAID, contract_id=str(next(contracts)))))
    assert (record(table).earned, record(table).fixed_jobs) == (50 * 60, 50)
    assert len(table.read_tally(DAYS, "7", DAY, consistent=True).contracts) == 50


def test_day_holds_limited_contracts(table: Table) -> None:
    for at in range(MOST_CONTRACTS + 2):
        pay(table, replace(PAID, contract_id=f"139000000000000{at:04}"))
    day = table.read_tally(DAYS, "7", DAY, consistent=True)
    assert (len(day.contracts), day.earned) == (MOST_CONTRACTS, 60 * (MOST_CONTRACTS + 2))
    assert sum(map(len, day.contracts)) < 4_000
    pay(table, replace(PAID, contract_id="1390000000000000000"))
    assert table.read_tally(DAYS, "7", DAY, consistent=True).earned == 60 * (MOST_CONTRACTS + 3)


@pytest.mark.parametrize(("hourly", "agency", "currency"), [(True, True, "USD"), (False, False, "JPY")])
def test_kinds_of_payments(table: Table, hourly: bool, agency: bool, currency: str) -> None:
    pay(table, replace(PAID, hourly=hourly, agency=agency, currency=currency))
    found = record(table)
    assert (found.hourly_jobs, found.fixed_jobs) == (int(hourly), int(not hourly))
    dollars = 60 if currency == "USD" else 0
    assert (found.earned, found.agency_earned, found.billed) == (dollars, dollars, int(currency == "JPY"))
    assert rules.job_mark(replace(PAID, hourly=hourly)) == ("1#H" if hourly else "1#F")
