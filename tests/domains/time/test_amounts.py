"""Amounts of weeks: rows add up to the bill, the books sum to zero, and nothing is billed twice or never."""

import random
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.domains.agreements.model import Fees
from souk.domains.contracts.model import Contract, ContractChange, HourLimit
from souk.domains.contracts.rules.spans import Span, active_spans
from souk.domains.ledger.model import Account, AccountKind, Deal, LedgerTransaction
from souk.domains.ledger.rules import entries
from souk.domains.ledger.rules.fees import fee
from souk.domains.ledger.rules.payments import payments_of
from souk.domains.time.model import Bill, BilledTerm, Stage, Timesheet, TimesheetState, WeekRun
from souk.domains.time.rules import amounts, states, stipends
from souk.domains.time.rules.hours import amount_of, billable_cells
from souk.domains.time.rules.weeks import review_ends
from souk.values.times import stamp
from tests.support.worlds.contracts import hourly_contract, term
from tests.support.worlds.milestones import PARTIES, SINCE
from tests.support.worlds.timesheets import MONDAY, WEEK, at, run, sheet_of

WEEKS = 2_000
"""Random weeks, each from its own seed, so that a failure can be repeated."""


def runs_of(dice: random.Random) -> tuple[WeekRun, ...]:
    """Return random runs, in the order of work."""
    terms = sorted(dice.choices(range(3), k=dice.randrange(8)))
    days = sorted(dice.choices(range(7), k=len(terms)))
    return tuple(
        run(dice.randint(1, 60), day, each, manual=dice.random() < 0.3, protected=dice.random() < 0.5)
        for day, each in zip(days, terms, strict=True)
    )


def contract(rates: list[int], limit: int | None, fees: Fees, **changes: Any) -> Contract:
    """Return a contract with a term for each rate, each raised on a later day of the week."""
    terms = tuple(term(rate=rate, starts=stamp(at(2 * number))) for number, rate in enumerate(rates))
    limits = (HourLimit(id="1", hours=limit, created=SINCE, modified=SINCE, starts=SINCE),)
    return hourly_contract(terms=terms, hour_limits=limits, fees=fees, **changes)


def deal(one: Contract) -> Deal:
    parties = one.parties.model_dump()
    return Deal(
        **parties, contract_id=one.id, currency="USD", fees=one.fees, on_account=False, home_currency=True, hourly=True
    )


class Books:
    """The bookings of a week, as the commands make them."""

    def __init__(self, one: Contract, sheet: Timesheet) -> None:
        self.deal, self.sheet, self.bookings = deal(one), sheet, list[LedgerTransaction]()
        self.bill = sheet.bill or Bill()

    def add(self, booking: LedgerTransaction) -> None:
        assert sum(line.minor for line in booking.lines) == 0
        assert booking.id not in {one.id for one in self.bookings}
        self.bookings.append(booking)

    def entry(self, suffix: str) -> entries.Entry:
        return entries.Entry(f"{entries.hourly_id(self.deal.contract_id, WEEK)}{suffix}", SINCE, week=WEEK)

    def charge(self) -> None:
        self.add(entries.hourly(self.deal, amounts.kept(self.bill, 0), self.entry("")))

    def refund(self, minutes: int) -> None:
        back = amounts.hours_back(self.sheet, self.bill, minutes)
        assert min(back.amount, back.client_fee, back.vendor_fee) >= 0
        self.sheet = states.with_refund(self.sheet, minutes)
        self.add(entries.hourly_refund(self.deal, back, self.entry(f"-refund-{self.sheet.refunds}")))

    def release(self) -> None:
        left, minutes = amounts.kept(self.bill, self.sheet.refunded), self.bill.minutes - self.sheet.refunded
        self.add(entries.hourly_release(self.deal, left, minutes, self.entry("-release")))
        self.sheet = states.released(self.sheet, SINCE)

    def on(self, kind: AccountKind) -> int:
        return sum(one.on(kind) for one in self.bookings)


def test_books_of_random_weeks() -> None:
    contracts = list(map(random_contract, range(WEEKS // 50)))
    for seed in range(WEEKS):
        dice = random.Random(seed)  # noqa: S311 - no secret
        check_week(dice, contracts[seed % len(contracts)], stipend=dice.choice([0, dice.randint(1, 100_000)]))


def random_contract(seed: int) -> Contract:
    dice = random.Random(seed)  # noqa: S311 - no secret
    limit = dice.choice([None, dice.randint(0, 60)])
    fees = Fees(client=dice.randint(0, 3_000), vendor=dice.randint(0, 10_000))
    return contract([dice.randint(1, 20_000) for _ in range(3)], limit, fees)


def check_week(dice: random.Random, one: Contract, stipend: int) -> None:
    """Bill a random week, refund parts of it before and after its release, and check the books."""
    runs, fees, limit = runs_of(dice), one.fees, one.hour_limits[-1].hours
    sheet = sheet_of(one, runs)
    bill = amounts.bill_of(sheet, one, stipend)
    minutes = amounts.minutes_of(sheet, bill.limit)
    worked = sum(each.cells for each in runs) * 10
    assert (minutes.tracked + minutes.manual, bill.minutes + minutes.overtime) == (worked, worked)
    assert bill.minutes == (worked if limit is None else min(worked, limit * 60))
    assert minutes.protected <= bill.minutes
    assert _rows(runs, sheet, bill) == amounts.kept(bill, 0) - stipend, "rows add up to the bill"
    books = Books(one, sheet.model_copy(update={"bill": bill, "stage": Stage.BILLED}))
    books.charge()
    released = False
    for _ in range(dice.randrange(4)):
        if not released and dice.random() < 0.5:
            books.release()
            released = True
        if left := bill.minutes - books.sheet.refunded:
            books.refund(dice.randint(1, left // 10) * 10)
    if not released:
        books.release()
    kept = amounts.kept(bill, books.sheet.refunded)
    assert books.on(AccountKind.ESCROW) == 0
    assert books.on(AccountKind.FUNDS) == -kept - fee(kept, fees.client)
    assert books.on(AccountKind.EARNINGS) == kept - fee(kept, fees.vendor)
    assert books.on(AccountKind.FEES) == fee(kept, fees.client) + fee(kept, fees.vendor)
    paid = payments_of(books.bookings)
    assert sum(each.earned for each in paid) == kept
    assert sum(each.minutes for each in paid) == bill.minutes - books.sheet.refunded
    balances: Counter[Account] = Counter()
    for booking in books.bookings:
        for line in booking.lines:
            balances[line.account] += line.minor
        assert all(total >= 0 for account, total in balances.items() if account.kind is AccountKind.ESCROW)


def _rows(runs: tuple[WeekRun, ...], sheet: Timesheet, bill: Bill) -> int:
    """Return the sum of the rows of a report: each is the difference of what is billed up to it and before it."""
    rates = {each.term_id: each.rate for each in bill.terms}
    before: Counter[str] = Counter()
    total = 0
    for each, cells in zip(runs, billable_cells([one.cells for one in runs], bill.limit), strict=True):
        id_ = sheet.terms[each.term]
        total += amount_of(before[id_] + 10 * cells, rates[id_]) - amount_of(before[id_], rates[id_])
        before[id_] += 10 * cells
    return total


def test_week_is_rounded_once() -> None:
    bill = Bill(terms=(BilledTerm(term_id="1", rate=3_333, minutes=30),))
    assert amounts.kept(bill, 0) == 1_667, "three days of ten minutes are not three times 5.56"
    assert [amounts.kept(bill, minutes) for minutes in (10, 20, 30)] == [1_111, 556, 0]


def test_overtime_is_last_work_of_week() -> None:
    one = contract([6_000, 9_000, 9_000], 1, Fees())
    sheet = sheet_of(one, (run(4, 0, 0, protected=True), run(4, 2, 1, protected=True)))
    bill = amounts.bill_of(sheet, one, 0)
    assert [(each.rate, each.minutes) for each in bill.terms] == [(6_000, 40), (9_000, 20)]
    minutes = amounts.minutes_of(sheet, bill.limit)
    assert [(each.date, each.overtime) for each in minutes.days] == [("2026-11-16", 0), ("2026-11-18", 20)]
    assert minutes.protected == 60


@pytest.mark.parametrize(
    ("spans", "days", "pay"),
    [
        ([Span(stamp(at(-9)), None)], 7, 700),
        ([Span(stamp(at(2, 15)), None)], 5, 500),
        ([Span(stamp(at(-9)), stamp(at(0, 1)))], 1, 100),
        ([Span(stamp(at(-9)), stamp(at(0)))], 0, 0),
        ([Span(stamp(at(-9)), stamp(at(1, 9))), Span(stamp(at(1, 10)), stamp(at(2)))], 2, 200),
        ([Span(stamp(at(6, 23, 59)), None)], 1, 100),
    ],
)
def test_stipend_counts_active_days(spans: list[Span], days: int, pay: int) -> None:
    stipend = hourly_contract(terms=(term(rate=1, stipend=700),))
    assert stipends.active_days(MONDAY, spans, at(7)) == days
    assert stipends.stipend_of_week(stipend, MONDAY, spans, at(7)) == pay


def test_stipend_of_running_week_counts_days_that_have_begun() -> None:
    assert stipends.active_days(MONDAY, [Span(stamp(at(-9)), None)], at(2, 1)) == 3


@given(st.integers(0, 10**9), st.lists(st.booleans(), min_size=7, max_size=7))
def test_stipend_is_rounded_half_up(stipend: int, active: list[bool]) -> None:
    one = hourly_contract(terms=(term(rate=1, stipend=stipend),))
    spans = [Span(stamp(at(day, 9)), stamp(at(day, 10))) for day, is_active in enumerate(active) if is_active]
    pay = stipends.stipend_of_week(one, MONDAY, spans, at(7))
    assert abs(7 * pay - stipend * sum(active)) * 2 <= 7
    assert stipends.stipend_of_week(one, MONDAY, [Span(SINCE, None)], at(7)) == stipend


def changes(*steps: tuple[str, datetime]) -> list[ContractChange]:
    return [
        ContractChange(id=str(number), contract_id="1", at=stamp(moment), by="CLIENT", what=what)
        for number, (what, moment) in enumerate(steps)
    ]


def test_pauses_and_holds_end_spans() -> None:
    one = hourly_contract(starts=stamp(at(0, 8)))
    history = changes(
        ("BEGIN", at(-3)),
        ("PAUSE", at(1)),
        ("HOLD", at(2)),
        ("CHANGE_LIMIT", at(2)),
        ("RESTART", at(3)),
        ("RAISE", at(4)),
        ("HOLD", at(4, 12)),
        ("RESTART", at(5)),
        ("END_BY_CLIENT", at(6)),
    )
    expected = [(at(0, 8), at(1)), (at(3), at(4, 12)), (at(5), at(6))]
    assert active_spans(one, history) == [(stamp(begin), stamp(end)) for begin, end in expected]
    assert active_spans(one, history[4:]) == [(stamp(begin), stamp(end)) for begin, end in expected[1:]]
    assert active_spans(one, []) == [(one.starts, None)], "a contract of an earlier release has no history"


WHEN = [
    (at(6, 23, 59), "OPEN"),
    (at(7), "REVIEW"),
    (at(7, 11, 59), "REVIEW"),
    (at(7, 12), "BILLED"),
    (at(40), "BILLED"),
]


@pytest.mark.parametrize(("moment", "expected"), WHEN, ids=str)
def test_state_of_unbilled_week_goes_by_the_clock(moment: datetime, expected: str) -> None:
    one = contract([6_000] * 3, None, Fees())
    sheet = sheet_of(one, (run(6),))
    assert states.state_of(sheet, amounts.bill_of(sheet, one, 0), moment) == expected
    empty = sheet.model_copy(update={"runs": ()})
    shown = states.state_of(empty, amounts.bill_of(empty, one, 0), moment)
    assert shown == (TimesheetState.RELEASED if expected == "BILLED" else expected), "no amount, nothing to bill"


def test_review_of_late_payment_ends_a_day_later() -> None:
    assert review_ends(MONDAY, at(7, 12, 5)) == at(12)
    assert review_ends(MONDAY, at(10, 23)) == at(12)
    assert review_ends(MONDAY, at(11)) == at(13)
    assert review_ends(MONDAY, at(20, 9)) == at(22)
    assert review_ends(date(2026, 12, 28), datetime(2027, 1, 4, 12, tzinfo=UTC)) == at(54)


def test_parties_are_those_of_the_contract() -> None:
    assert sheet_of(contract([1, 1, 1], None, Fees()), ()).parties == PARTIES
