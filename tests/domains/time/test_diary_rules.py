"""The cells of a day as they are stored: in whatever order they arrive, and however often."""

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from souk.domains.time.inputs import TrackedCell, TrackedMinute
from souk.domains.time.model import CELLS_OF_A_DAY, Cell, DaySum, DiaryDay, Timesheet, WorkerDay
from souk.domains.time.rules import weeks
from souk.domains.time.rules.diary import (
    Brief,
    brief_of,
    briefs_of,
    files_of,
    summed,
    taken_by_others,
    with_cells,
    with_day,
    with_numbers,
    worked_cells,
)
from souk.domains.time.rules.entering import Period
from souk.domains.time.rules.tracking import CellRefused, DayFacts, Outcome, decide_day, read
from souk.values.times import stamp
from tests.support.worlds.milestones import PARTIES
from tests.support.worlds.tracking import MONDAY, NOW, TODAY, at, manual_contract

CONTRACT = manual_contract()
TEXTS = st.sampled_from([None, "Draw", "Write", "Test"])
CONTENT = st.fixed_dictionaries(
    {"memo": TEXTS, "active_window_title": TEXTS, "busy": st.integers(0, 10), "screenshot_id": st.none()}
)
NUMBERS = st.integers(0, 71)
DAY_OF_CELLS = st.dictionaries(NUMBERS, CONTENT, max_size=30)
BRIEFS = st.dictionaries(
    st.integers(0, CELLS_OF_A_DAY - 1),
    st.builds(
        Brief,
        term=st.sampled_from(["1", "2"]),
        memo=TEXTS,
        code=TEXTS,
        manual=st.booleans(),
        activity=st.integers(0, 10).map(lambda tenth: 10 * tenth),
        shot=st.booleans(),
    ),
    max_size=40,
)


def sent(number: int, content: dict[str, Any]) -> TrackedCell:
    given = dict(content)
    busy = given.pop("busy")
    minutes = [TrackedMinute(mouse=1, keyboard=0)] * busy + [TrackedMinute(mouse=0, keyboard=0)] * (10 - busy)
    return TrackedCell(start_date_time=stamp(weeks.cell_start(TODAY, number)), minutes=minutes, **given)


class Stored:
    """A day in memory, changed batch by batch as the command does it."""

    def __init__(self, elsewhere: frozenset[int] = frozenset()) -> None:
        text = TODAY.isoformat()
        self.cells: dict[int, Cell] = {}
        self.day = DiaryDay(contract_id=CONTRACT.id, day=text)
        self.total = DaySum(contract_id=CONTRACT.id, day=text, parties=PARTIES)
        self.sheet = sheet()
        self.worker = WorkerDay(user_id="1", day=text, contracts={"9": tuple(sorted(elsewhere))}, expires=1)

    def upload(self, cells: list[TrackedCell]) -> list[Outcome | CellRefused]:
        batch = read(CONTRACT.id, "1", cells, NOW, 180)
        facts = DayFacts(
            contract=CONTRACT,
            open=True,
            active_at=lambda _: True,
            taken=taken_by_others(self.worker, CONTRACT.id),
            known=self.cells,
            files={},
            takes_time=lambda _: False,
        )
        decided = decide_day(batch.cells, briefs_of(self.day), facts)
        self.cells |= {weeks.number_of(datetime.fromisoformat(cell.start)): cell for cell in decided.new}
        self.day, self.total = with_cells(self.day, decided.briefs), summed(self.total, decided.briefs)
        self.sheet = with_day(self.sheet, TODAY, decided.briefs)
        self.worker = with_numbers(self.worker, CONTRACT.id, decided.briefs)
        return [decided.outcomes[position] for position in range(len(cells))]


def sheet() -> Timesheet:
    now = stamp(NOW)
    return Timesheet(contract_id=CONTRACT.id, week=MONDAY.isoformat(), parties=PARTIES, created=now, modified=now)


@given(st.data(), DAY_OF_CELLS, st.frozensets(NUMBERS, max_size=5))
@settings(max_examples=40)
def test_uploads_in_any_order_give_the_same_day(
    data: st.DataObject, cells: dict[int, dict[str, Any]], elsewhere: frozenset[int]
) -> None:
    in_order, mixed = Stored(elsewhere), Stored(elsewhere)
    if cells:
        in_order.upload([sent(number, cells[number]) for number in sorted(cells)])
    again = st.lists(st.sampled_from(sorted(cells)), max_size=10) if cells else st.just([])
    order = data.draw(st.permutations([*cells, *data.draw(again)]))
    outcomes: dict[int, list[Any]] = {}
    while order:
        batch = list(dict.fromkeys(order[: data.draw(st.integers(1, 12))]))
        order = order[len(batch) :] if len(set(order[: len(batch)])) == len(batch) else order[1:]
        for number, outcome in zip(batch, mixed.upload([sent(one, cells[one]) for one in batch]), strict=True):
            outcomes.setdefault(number, []).append(outcome)
    assert (mixed.day, mixed.total, mixed.sheet) == (in_order.day, in_order.total, in_order.sheet)
    assert mixed.worker == in_order.worker
    assert mixed.cells == in_order.cells
    stored = set(cells) - elsewhere
    assert set(briefs_of(mixed.day)) == stored, "none is lost, and none is counted twice"
    assert worked_cells(mixed.sheet) == len(stored)
    for number, found in outcomes.items():
        expected = [Outcome.STORED] + [Outcome.UNCHANGED] * (len(found) - 1)
        assert found == expected or number in elsewhere


@given(BRIEFS, BRIEFS)
@settings(max_examples=40)
def test_runs_equal_the_cells(first: dict[int, Brief], second: dict[int, Brief]) -> None:
    day = with_cells(DiaryDay(contract_id="1", day="2026-11-25"), first)
    assert briefs_of(day) == first
    assert len(set(day.memos)) == len(day.memos)
    total = summed(DaySum(contract_id="1", day="2026-11-25", parties=PARTIES), first)
    told = [
        (total.terms[run.term], text(total.memos, run.memo), text(total.codes, run.code), run.manual)
        for run in total.runs
        for _ in range(run.cells)
    ]
    assert told == [first[number][:4] for number in sorted(first)]
    assert len(total.runs) == len([*groupby(told)]), "equal cells that follow each other are one run"
    week = with_day(with_day(with_day(sheet(), TODAY, second), MONDAY, second), TODAY, first)
    in_week = [
        (run.day, week.terms[run.term], run.manual, run.protected) for run in week.runs for _ in range(run.cells)
    ]
    assert in_week == [
        (day.weekday(), one.term, one.manual, one.protected)
        for day, cells in ((MONDAY, second), (TODAY, first))
        for _, one in sorted(cells.items())
    ]
    assert with_day(with_day(week, TODAY, {}), MONDAY, {}) == sheet()


def text(texts: tuple[str, ...], position: int | None) -> str | None:
    return None if position is None else texts[position]


@given(st.integers(0, 2 * 24 * 60), st.integers(1, 12 * 60))
@settings(max_examples=60)
def test_cells_of_a_period_are_those_that_begin_in_it(begin: int, minutes: int) -> None:
    start = at("00:00") + timedelta(minutes=begin)
    period = Period(start, start + timedelta(minutes=minutes))
    every = [
        (day, number)
        for day in (TODAY + timedelta(days=ahead) for ahead in range(4))
        for number in range(CELLS_OF_A_DAY)
        if period.start <= weeks.cell_start(day, number) < period.end
    ]
    assert [(day, number) for day, numbers in period.cells.items() for number in numbers] == every
    assert set(period.cells) <= set(period.days)
    assert len(every) <= 72


def test_cell_in_brief_counts_minutes_with_input() -> None:
    (tracked,) = read("1", "2", [sent(3, {"memo": "A", "busy": 4})], NOW, 180).cells
    assert brief_of(tracked.cell) == Brief(term="", memo="A", activity=40)
    assert brief_of(tracked.cell).protected
    assert not Brief(term="", memo="A").protected
    assert not Brief(term="", activity=10).protected
    assert not Brief(term="", memo="A", activity=10, manual=True).protected
    assert files_of([tracked.cell.model_copy(update={"screenshot_id": "7", "webcam_id": "8"})]) == ["7", "8"]


def test_times_of_a_day_are_archived_and_forgotten() -> None:
    assert weeks.archived(TODAY, 180) == (at("00:00") + timedelta(days=181)).timestamp()
    assert weeks.forgotten(date(2026, 11, 29)) == (at("12:00", MONDAY) + timedelta(days=14)).timestamp()
