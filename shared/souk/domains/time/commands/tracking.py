"""Storing what trackers send: one transaction for each day of a batch. A bad cell does not lose the rest."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from souk.domains.activities.store import check_activities
from souk.domains.contracts.rules import spans
from souk.domains.contracts.store import CONTRACTS
from souk.domains.files.store import FILES
from souk.domains.time.commands.diary import list_of_codes, open_diary, read_facts
from souk.domains.time.commands.suspensions import Suspensions
from souk.domains.time.inputs import TrackTime
from souk.domains.time.model import Timesheet
from souk.domains.time.rules.diary import files_of, taken_by_others
from souk.domains.time.rules.tracking import CellRefused, DayFacts, Outcome, Tracked, decide_day, read
from souk.graph import Context
from souk.graph.context import Source
from souk.runtime.settings import time_settings
from souk.storage import Key, Transaction

COMMITS: Final = 20
"""How often a day is tried: trackers of one person may send at the same time."""
Outcomes = dict[int, Outcome | CellRefused]
"""By the positions of the cells in the batch."""


class Tracking(NamedTuple):
    """What became of a batch."""

    outcomes: list[Outcome | CellRefused]
    """In the order of its cells."""
    timesheets: list[Timesheet]
    """The weeks of the stored and unchanged cells, oldest first."""


def track(ctx: Context, request: TrackTime) -> Tracking:
    """Store the cells of a batch, or refuse them one by one."""
    batch = read(request.contract_id, ctx.principal.user_id, request.cells, ctx.now, time_settings().archive_days)
    days: dict[date, list[Tracked]] = {}
    for one in sorted(batch.cells, key=lambda tracked: tracked.start):
        days.setdefault(one.start.date(), []).append(one)
    open_diary(ctx, request.contract_id, days, _beside(request.contract_id, batch.cells))
    outcomes: Outcomes = dict(batch.refused)
    for day, cells in days.items():
        outcomes |= _track_day(ctx, request.contract_id, day, cells)
    kept = [day for day, cells in days.items() if any(isinstance(outcomes[one.position], Outcome) for one in cells)]
    sheets = open_diary(ctx, request.contract_id, kept).sheets(kept)
    return Tracking([outcomes[position] for position in range(len(request.cells))], sheets)


def _beside(contract_id: str, cells: Sequence[Tracked]) -> Mapping[Key, Source]:
    """Return what is read with the days of some cells."""
    files = {FILES.key(file_id): FILES for file_id in files_of([one.cell for one in cells])}
    return {**files, **list_of_codes(contract_id, [one.cell.code for one in cells])}


def _track_day(ctx: Context, contract_id: str, day: date, cells: Sequence[Tracked]) -> Outcomes:
    """Store the cells of a day in one transaction. What was read for the batch is read again if it has changed."""
    fresh = True

    def attempt(tx: Transaction) -> Outcomes:
        nonlocal fresh
        retried, fresh = not fresh, False
        if retried:
            ctx.clear_cache()
        return _decide_day(ctx, tx, contract_id, day, cells, retried=retried)

    return ctx.table.retry_until_committed(attempt, commits=COMMITS)


def _decide_day(
    ctx: Context, tx: Transaction, contract_id: str, day: date, cells: Sequence[Tracked], *, retried: bool
) -> Outcomes:
    diary = open_diary(ctx, contract_id, [day], _beside(contract_id, cells))
    contract, briefs = diary.contract, diary.briefs(day)
    suspensions = Suspensions.read(ctx.table, contract) if retried else Suspensions(contract)
    facts = read_facts(
        diary,
        starts=[one.start for one in cells],
        codes=[one.cell.code for one in cells],
        cells=[(day, one.number) for one in cells if one.number in briefs],
    )
    decided = decide_day(
        cells,
        briefs,
        DayFacts(
            contract=contract,
            open=diary.is_open(day),
            active_at=lambda at: spans.active_at(contract, facts.history, at) and not suspensions.at(at),
            taken=taken_by_others(diary.worker(day), contract.id),
            known={number: cell for (_, number), cell in facts.cells.items()},
            files={file_id: ctx.load(FILES, file_id) for file_id in files_of([one.cell for one in cells])},
            takes_time=facts.takes_time,
        ),
    )
    if decided.new:
        diary.put_cells(tx, decided.new)
        diary.save(tx, {day: decided.briefs})
        tx.check(CONTRACTS, contract)
        suspensions.check(tx)
        check_activities(tx, facts.activities, [cell.code for cell in decided.new if cell.code])
    return decided.outcomes
