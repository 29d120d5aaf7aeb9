"""The rows of reports add up to the bill to the cent, whatever part of a week is asked for."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from souk.domains.contracts.model import Contract
from souk.domains.ledger.rules.fees import fee
from souk.domains.time.rules.hours import amount_of, billable_cells
from souk.domains.time.rules.reports import Earlier, Row, number_of_rows, rows_of
from souk.values.times import stamp
from tests.support.worlds.contracts import hourly_contract, term
from tests.support.worlds.diaries import Diary, Work, at, span, term_at

MONDAY = at("2026-11-23 00:00")


def contract(rates: list[int], raised: list[int]) -> Contract:
    """Return a contract whose rate is raised after so many cells of the week."""
    begins = ["2026-01-01T00:00:00.000Z", *(stamp(MONDAY + cells * timedelta(minutes=10)) for cells in sorted(raised))]
    terms = [term(rate=rate, starts=starts) for rate, starts in zip(rates, begins, strict=False)]
    return hourly_contract(terms=tuple(terms), starts=begins[0])


def rows(one: Contract, diary: Diary, limit: int | None, fee_rate: int) -> list[Row]:
    week = diary.weeks[0] if diary.weeks else None
    return [
        row
        for day in diary.sums
        for row in rows_of(one, day, Earlier.before(week, at(day.day).date()), limit=limit, fee_rate=fee_rate)
    ]


WORK = st.builds(
    Work,
    start=st.integers(0, 1_007).map(lambda number: MONDAY + number * timedelta(minutes=10)),
    memo=st.sampled_from([None, "", "Plan", "Write"]),
    code=st.sampled_from([None, "A-1", "b"]),
    manual=st.booleans(),
)


@settings(max_examples=120)
@given(
    rates=st.lists(st.integers(0, 20_000), min_size=1, max_size=4),
    raised=st.lists(st.integers(1, 1_007), min_size=3, max_size=3, unique=True),
    work=st.lists(WORK, max_size=60, unique_by=lambda one: one.start),
    limit=st.none() | st.integers(0, 8),
    fee_rate=st.sampled_from([0, 1, 500, 1_234]),
)
def test_rows_of_random_weeks_add_up_to_the_bill(
    rates: list[int], raised: list[int], work: list[Work], limit: int | None, fee_rate: int
) -> None:
    one = contract(rates, raised)
    diary = Diary.of(one, work)
    ordered = sorted(work, key=lambda cell: cell.start)
    billable = [cell for cell, counts in zip(ordered, billable_cells([1] * len(ordered), limit), strict=True) if counts]
    by_term = {each.id: sum(term_at(one, cell.start) == each.id for cell in billable) * 10 for each in one.terms}
    amount = sum(amount_of(by_term[each.id], each.rate or 0) for each in one.terms)
    found = rows(one, diary, limit, fee_rate)
    charges = [row.charge for row in found if row.charge]
    assert sum(charge.total for charge in charges) == amount + fee(amount, fee_rate)
    assert all(0 <= charge.tracked <= charge.total for charge in charges)
    for row in found:
        assert row.charge
        assert row.charge.tracked == row.charge.total or row.manual_minutes
    assert sum(row.tracked_minutes + row.manual_minutes for row in found) == 10 * len(work)
    assert len(found) == sum(
        len({(c.code or "", c.memo or "", term_at(one, c.start)) for c in ordered if stamp(c.start)[:10] == day.day})
        for day in diary.sums
    )
    assert len(found) <= sum(number_of_rows(day) for day in diary.sums)
    assert [(row.day, row.key) for row in found] == sorted((row.day, row.key) for row in found)


def test_three_short_days_are_charged_as_their_week() -> None:
    one = contract([3_333], [])
    diary = Diary.of(one, [Work(MONDAY + timedelta(days=day)) for day in range(3)])
    found = [row.charge.total for row in rows(one, diary, None, 0) if row.charge]
    assert found == [556, 555, 556]
    assert sum(found) == amount_of(30, 3_333) == 1_667


def test_fee_of_a_week_is_rounded_once_across_terms() -> None:
    one = contract([60, 66], [72])
    diary = Diary.of(one, [*span("2026-11-23 00:00", 1), *span("2026-11-23 12:00", 1)])
    found = [row.charge.total for row in rows(one, diary, None, 500) if row.charge]
    assert found == [11, 11], "0.10 and 0.11 with 0.01 of fee together, which comes with the first"


def test_overtime_is_worked_and_not_charged() -> None:
    one = contract([6_000], [])
    diary = Diary.of(one, [*span("2026-11-23 09:00", 6), *span("2026-11-24 09:00", 6, manual=True, memo="Late")])
    monday, tuesday = rows(one, diary, 1, 0)
    assert (monday.charge and monday.charge.total, tuesday.charge and tuesday.charge.total) == (6_000, 0)
    assert (tuesday.tracked_minutes, tuesday.manual_minutes, tuesday.memo) == (0, 60, "Late")
    hidden = rows_of(one, diary.sums[0], Earlier(), limit=None, charged=False)
    assert [row.charge for row in hidden] == [None]
