"""Time that the freelancer enters, changes and removes by hand. A request changes all that it names, or nothing."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Final, NamedTuple

from souk.domains.activities.store import check_activities
from souk.domains.contracts.rules import spans
from souk.domains.contracts.rules.limits import limit_of_week
from souk.domains.contracts.rules.terms import manual_time_allowed
from souk.domains.contracts.store import CONTRACTS
from souk.domains.files.commands.uploads import remove_later
from souk.domains.time.commands.diary import Diary, Facts, list_of_codes, open_diary, read_facts
from souk.domains.time.commands.suspensions import Suspensions
from souk.domains.time.inputs import AddManualTime, RemoveTime, Span, UpdateTime
from souk.domains.time.model import MINUTES_OF_A_CELL, Cell, Timesheet
from souk.domains.time.rules import weeks
from souk.domains.time.rules.diary import Brief, brief_of, files_of, taken_by_others, worked_cells
from souk.domains.time.rules.entering import Period, period_of, require_within, with_changes
from souk.domains.time.rules.tracking import (
    NOT_ACTIVE,
    OTHER_CONTRACT,
    WEEK_CLOSED,
    is_over,
    memo_of,
    no_activity,
    term_at,
)
from souk.domains.time.store import change_guard
from souk.graph import Context
from souk.runtime.settings import time_settings
from souk.storage import Transaction
from souk.values import idempotency
from souk.values.errors import Conflict, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp

COMMITS: Final = 20
_KEY_USED: Final = "This idempotency key was used for another request."


class TimeChange(NamedTuple):
    """What a request has changed."""

    minutes: int
    """Those that it stored, changed or removed."""
    timesheets: list[Timesheet]
    """The weeks of the period, oldest first."""


Step = Callable[[Transaction, Diary, Period], int]
"""Adds a change to a transaction, and returns the number of changed cells."""


def add(ctx: Context, request: AddManualTime) -> TimeChange:
    """Store time without a tracker."""
    problems = Problems("input")
    period = period_of(problems, request, whole=True)
    memo = memo_of(problems, request.memo, least=1)
    if period and not is_over(period.end, ctx.now):
        problems.add("endDateTime", "lies in the future.")
    return _change(ctx, "addManualTime", request, problems, period, partial(_add, request, memo))


def update(ctx: Context, request: UpdateTime) -> TimeChange:
    """Change the memo or the activity of time."""
    problems = Problems("input")
    period = period_of(problems, request, whole=False)
    memo = memo_of(problems, request.memo)
    return _change(ctx, "updateTime", request, problems, period, partial(_update, request, memo))


def remove(ctx: Context, request: RemoveTime) -> TimeChange:
    """Remove time, with its screenshots."""
    problems = Problems("input")
    period = period_of(problems, request, whole=False)
    return _change(ctx, "removeTime", request, problems, period, _remove)


def _change(
    ctx: Context, mutation: str, request: Span, problems: Problems, period: Period | None, step: Step
) -> TimeChange:
    """Change time in one transaction. A repeated idempotency key returns the first answer."""
    key = idempotency.key(problems, request.idempotency_key)
    problems.raise_if_any()
    if period is None:
        raise Unprocessable("input: give a start and an end.")
    guard = change_guard(ctx.principal.user_id, ctx.principal.organization_id, mutation, key) if key else None
    fingerprint = f"{idempotency.fingerprint(request)}/{','.join(sorted(request.model_fields_set))}"

    def attempt(tx: Transaction) -> TimeChange:
        ctx.clear_cache()
        code = getattr(request, "activity_code", None)
        diary = open_diary(ctx, request.contract_id, period.days, list_of_codes(request.contract_id, [code]))
        if guard and (answer := ctx.table.holder(guard)):
            cells, _, given = answer.partition("/")
            if given != fingerprint:
                raise Conflict(_KEY_USED)
            return TimeChange(int(cells) * MINUTES_OF_A_CELL, diary.sheets(period.days))
        changed = step(tx, diary, period)
        if guard:
            tx.reserve(guard, f"{changed}/{fingerprint}", Conflict(_KEY_USED))
        return TimeChange(changed * MINUTES_OF_A_CELL, diary.sheets(period.days))

    return ctx.table.retry_until_committed(attempt, commits=COMMITS)


def _add(request: AddManualTime, memo: str | None, tx: Transaction, diary: Diary, period: Period) -> int:
    code = request.activity_code or None
    facts = read_facts(diary, starts=[period.start], codes=[code])
    suspensions = Suspensions.read(diary.ctx.table, diary.contract)
    briefs: dict[date, dict[int, Brief]] = {}
    cells: list[Cell] = []
    for day, numbers in period.cells.items():
        _require_free(diary, day, numbers)
        if any(suspensions.at(stamp(weeks.cell_start(day, number))) for number in numbers):
            raise Conflict(NOT_ACTIVE)
        new = {number: _manual_cell(diary, facts, day, number, memo, code) for number in numbers}
        briefs[day] = diary.briefs(day) | {number: brief_of(cell) for number, cell in new.items()}
        cells += new.values()
    _require_within_limits(diary, period)
    _require_activity(facts, code)
    diary.put_cells(tx, cells)
    diary.save(tx, briefs)
    tx.check(CONTRACTS, diary.contract)
    suspensions.check(tx)
    check_activities(tx, facts.activities, [code] if code else [])
    return len(cells)


def _require_free(diary: Diary, day: date, numbers: Sequence[int]) -> None:
    _require_open(diary, day)
    if taken_by_others(diary.worker(day), diary.contract.id) & set(numbers):
        raise Conflict(OTHER_CONTRACT)
    if taken := sorted(diary.briefs(day).keys() & set(numbers)):
        raise Conflict(f"There is time at {stamp(weeks.cell_start(day, taken[0]))} already.")


def _require_open(diary: Diary, day: date) -> None:
    if not diary.is_open(day):
        raise Conflict(WEEK_CLOSED)


def _manual_cell(  # noqa: PLR0917 - what a cell consists of
    diary: Diary, facts: Facts, day: date, number: int, memo: str | None, code: str | None
) -> Cell:
    """Return a cell without a tracker. Raises Conflict if the contract does not allow it at this time."""
    contract, start = diary.contract, stamp(weeks.cell_start(day, number))
    term = term_at(contract, start)
    if term is None or not spans.active_at(contract, facts.history, start):
        raise Conflict(NOT_ACTIVE)
    if not manual_time_allowed(contract, term):
        raise Conflict("This contract does not allow manual time.")
    return Cell(
        contract_id=contract.id,
        user_id=contract.parties.vendor_user_id,
        start=start,
        term_id=term.id,
        manual=True,
        memo=memo,
        code=code,
        expires=weeks.archived(day, time_settings().archive_days),
    )


def _require_within_limits(diary: Diary, period: Period) -> None:
    new: dict[date, int] = {}
    for day, numbers in period.cells.items():
        monday = weeks.monday_of(day)
        new[monday] = new.get(monday, 0) + len(numbers)
    for monday, cells in new.items():
        require_within(limit_of_week(diary.contract, monday), worked_cells(diary.sheet(monday)) + cells)


def _require_activity(facts: Facts, code: str | None) -> None:
    if code and not facts.takes_time(code):
        raise Conflict(no_activity(code))


def _update(request: UpdateTime, memo: str | None, tx: Transaction, diary: Diary, period: Period) -> int:
    given = request.model_fields_set
    code = request.activity_code or None
    found = _cells_in(diary, period)
    facts = read_facts(diary, codes=[code], cells=found)
    if "memo" in given and memo is None and any(cell.manual for cell in facts.cells.values()):
        raise Unprocessable("input.memo: manual time needs a memo.")
    changed = {one: new for one, cell in facts.cells.items() if (new := with_changes(cell, given, memo, code)) != cell}
    if any(facts.cells[one].code != code for one in changed):
        _require_activity(facts, code if "activity_code" in given else None)
        check_activities(tx, facts.activities, [code] if code else [])
    briefs: dict[date, dict[int, Brief]] = {}
    for (day, number), cell in changed.items():
        briefs.setdefault(day, diary.briefs(day))[number] = brief_of(cell)
    diary.put_cells(tx, changed.values())
    diary.save(tx, briefs)
    return len(changed)


def _remove(tx: Transaction, diary: Diary, period: Period) -> int:
    found = _cells_in(diary, period)
    facts = read_facts(diary, cells=found)
    briefs: dict[date, dict[int, Brief]] = {}
    for day, number in found:
        briefs.setdefault(day, diary.briefs(day)).pop(number)
    diary.delete_cells(tx, facts.cells.values())
    diary.save(tx, briefs)
    remove_later(tx, files_of(list(facts.cells.values())), diary.ctx.now)
    return len(found)


def _cells_in(diary: Diary, period: Period) -> list[tuple[date, int]]:
    """Return the stored cells of a period. Raises Conflict if one belongs to a closed week."""
    found: list[tuple[date, int]] = []
    for day, numbers in period.cells.items():
        stored = diary.briefs(day)
        found += [(day, number) for number in numbers if number in stored]
    for day in {day for day, _ in found}:
        _require_open(diary, day)
    return found
