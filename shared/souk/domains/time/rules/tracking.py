"""What becomes of the cells that a tracker sends: each is stored, known already, or refused with a reason. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from souk.domains.contracts.model import Contract, Term
from souk.domains.files.model import File
from souk.domains.time.inputs import TrackedCell
from souk.domains.time.model import Cell, Minute
from souk.domains.time.rules import weeks
from souk.domains.time.rules.diary import Brief, Briefs, brief_of, files_of, same_content
from souk.values import texts
from souk.values.errors import Unprocessable
from souk.values.moments import parse
from souk.values.problems import Problems
from souk.values.times import stamp

MAX_CELLS: Final = 36
"""Cells of a batch: six hours."""
MAX_MEMO: Final = 500
MINUTES: Final = 10
_MAX_EVENTS: Final = 100_000
"""Input events of a minute."""
_MAX_TITLE: Final = 250
_SHOWN: Final = 50
"""Characters of a wrong value in a message."""
_UNSHOWN: Final = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]+")
WEEK_CLOSED: Final = "The week of this time is closed: it closes on the Monday after it, at 12:00 UTC."
NOT_ACTIVE: Final = "The contract was not active at this time."
OTHER_CONTRACT: Final = "You worked on another contract at this time."


class Outcome(StrEnum):
    """What became of a cell."""

    STORED = "STORED"
    UNCHANGED = "UNCHANGED"
    REFUSED = "REFUSED"


class Refusal(StrEnum):
    """Why a cell was refused."""

    NOT_ALIGNED = "NOT_ALIGNED"
    NOT_OVER = "NOT_OVER"
    WEEK_CLOSED = "WEEK_CLOSED"
    CONTRACT_NOT_ACTIVE = "CONTRACT_NOT_ACTIVE"
    OTHER_CONTRACT = "OTHER_CONTRACT"
    ACTIVITY = "ACTIVITY"
    INVALID = "INVALID"


class CellRefused(Exception):
    """A cell is refused. The message is for people."""

    def __init__(self, refusal: Refusal, message: str) -> None:
        super().__init__(message)
        self.refusal = refusal
        self.message = message


class Tracked(NamedTuple):
    """A cell of a batch, with its position there."""

    position: int
    start: datetime
    cell: Cell
    """Without its term."""

    @property
    def number(self) -> int:
        """The number of the cell in its day."""
        return weeks.number_of(self.start)


class Read(NamedTuple):
    """A batch after a first look, which needs nothing that is stored."""

    cells: list[Tracked]
    refused: dict[int, CellRefused]
    """By the positions of the cells."""


def read(contract_id: str, user_id: str, given: Sequence[TrackedCell], now: datetime, archive_days: int) -> Read:
    """Return the cells of a batch that can be stored, and refuse the others.

    Raises Unprocessable for a batch without cells or with too many.
    """
    if not 1 <= len(given) <= MAX_CELLS:
        raise Unprocessable(f"input.cells: send 1 to {MAX_CELLS} cells; these are {len(given)}.")
    starts = [moment_of(one.start_date_time) for one in given]
    times = Counter(starts)
    found = Read([], {})
    for position, (one, start) in enumerate(zip(given, starts, strict=True)):
        try:
            at = _start(start, now, repeated=times[start] > 1)
            cell = _cell(contract_id, user_id, one, at, archive_days)
        except CellRefused as refused:
            found.refused[position] = refused
        else:
            found.cells.append(Tracked(position, at, cell))
    return found


def moment_of(text: str) -> datetime | None:
    """Return a point in time; None for any other text, also for a day."""
    parsed = parse(text)
    return datetime.fromisoformat(parsed.first) if parsed and parsed.first == parsed.last else None


def is_over(end: datetime, now: datetime) -> bool:
    """Return whether time can be stored that ends then. The clocks of people's machines may be a little fast."""
    return end <= now + weeks.TOLERANCE


def _start(start: datetime | None, now: datetime, *, repeated: bool) -> datetime:
    """Return the start of a cell that can be stored."""
    if start is None:
        raise CellRefused(Refusal.NOT_ALIGNED, "This is no point in time, such as 2026-11-23T09:10:00Z.")
    if not weeks.is_aligned(start):
        raise CellRefused(Refusal.NOT_ALIGNED, "A cell begins at a multiple of ten minutes, UTC.")
    if not is_over(start, now - weeks.CELL):
        raise CellRefused(Refusal.NOT_OVER, "This time is not over yet. Send a cell after its ten minutes.")
    if repeated:
        raise CellRefused(Refusal.INVALID, "The batch holds several cells with this start. Send one of them.")
    return start


def _cell(contract_id: str, user_id: str, given: TrackedCell, start: datetime, archive_days: int) -> Cell:
    """Return a cell without its term."""
    problems = Problems("cell")
    cell = Cell(
        contract_id=contract_id,
        user_id=user_id,
        start=stamp(start),
        term_id="",
        memo=memo_of(problems, given.memo),
        code=given.activity_code or None,
        minutes=_minutes(problems, given),
        window_title=_title(given.active_window_title),
        snapshot_at=_snapshot_time(problems, given.snapshot_date_time, start),
        screenshot_id=given.screenshot_id or None,
        webcam_id=given.webcam_id or None,
        expires=weeks.archived(start.date(), archive_days),
    )
    try:
        problems.raise_if_any()
    except Unprocessable as wrong:
        raise CellRefused(Refusal.INVALID, wrong.message) from None
    return cell


def memo_of(problems: Problems, text: str | None, least: int = 0) -> str | None:
    """Return a memo as it is stored; None for an empty one."""
    if text is None and not least:
        return None
    return texts.line(problems, "memo", text or "", least, MAX_MEMO) or None


def _minutes(problems: Problems, given: TrackedCell) -> tuple[Minute, ...]:
    minutes = given.minutes or []
    if minutes and len(minutes) != MINUTES:
        problems.add("minutes", f"must be {MINUTES}, in their order, or left out; these are {len(minutes)}.")
        return ()
    if any(not 0 <= events <= _MAX_EVENTS for one in minutes for events in (one.mouse, one.keyboard)):
        problems.add("minutes", f"a minute has 0 to {_MAX_EVENTS} events.")
        return ()
    if not any(one.mouse or one.keyboard for one in minutes):
        return ()
    return tuple(Minute(mouse=one.mouse, keyboard=one.keyboard) for one in minutes)


def _title(text: str | None) -> str | None:
    """Return a window title as it is stored. Programs name windows as they like, so a title never refuses a cell."""
    return " ".join(_UNSHOWN.sub(" ", text or "").split())[:_MAX_TITLE].strip() or None


def _snapshot_time(problems: Problems, text: str | None, start: datetime) -> str | None:
    if not text:
        return None
    at = moment_of(text)
    if at is None or not start <= at < start + weeks.CELL:
        problems.add("snapshotDateTime", "must be a point in time within the cell.")
        return None
    return stamp(at)


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What the cells of a day are decided by."""

    contract: Contract
    open: bool
    """Whether the week is open."""
    active_at: Callable[[str], bool]
    """Whether the contract was active at a time."""
    taken: frozenset[int]
    """The numbers of the cells in which the person worked on other contracts."""
    known: Mapping[int, Cell]
    """The stored cells among those of the batch, by their numbers."""
    files: Mapping[str, File | None]
    """The files that the cells name, by their ids."""
    takes_time: Callable[[str], bool]
    """Whether the activity with a code takes new time."""


def decide(cell: Cell, number: int, facts: DayFacts) -> Cell | None:
    """Return a cell as it is to be stored; None for one that is stored already. Raises CellRefused."""
    known = facts.known.get(number)
    if known and same_content(cell, known):
        return None
    if not facts.open:
        raise CellRefused(Refusal.WEEK_CLOSED, WEEK_CLOSED)
    term = term_at(facts.contract, cell.start)
    if term is None or not facts.active_at(cell.start):
        raise CellRefused(Refusal.CONTRACT_NOT_ACTIVE, NOT_ACTIVE)
    if number in facts.taken:
        raise CellRefused(Refusal.OTHER_CONTRACT, OTHER_CONTRACT)
    for file_id in files_of([cell]):
        if not _usable(facts.files.get(file_id), cell):
            raise CellRefused(Refusal.INVALID, f"There is no snapshot {file_id[:_SHOWN]!r} of this contract.")
    if cell.code and not facts.takes_time(cell.code):
        raise CellRefused(Refusal.ACTIVITY, no_activity(cell.code))
    return cell.model_copy(update={"term_id": term.id, "version": known.version if known else 0})


class Decided(NamedTuple):
    """What becomes of the cells of a day in a batch."""

    outcomes: dict[int, Outcome | CellRefused]
    """By the positions of the cells in the batch."""
    new: list[Cell]
    """Those to store."""
    briefs: dict[int, Brief]
    """The cells of the day from now on, by their numbers."""


def decide_day(cells: Sequence[Tracked], briefs: Briefs, facts: DayFacts) -> Decided:
    """Decide about the cells of a day that has `briefs` so far."""
    decided = Decided({}, [], dict(briefs))
    for one in cells:
        try:
            cell = decide(one.cell, one.number, facts)
        except CellRefused as refused:
            decided.outcomes[one.position] = refused
            continue
        decided.outcomes[one.position] = Outcome.STORED if cell else Outcome.UNCHANGED
        if cell:
            decided.new.append(cell)
            decided.briefs[one.number] = brief_of(cell)
    return decided


def no_activity(code: str) -> str:
    """Return the message about the code of an activity that takes no new time, or that is not assigned."""
    return f"No active activity {code[:_SHOWN]!r} is assigned to this contract. Ask the client for it."


def term_at(contract: Contract, at: str) -> Term | None:
    """Return the term of a contract that is in force at a time; None if there is none."""
    return next((one for one in reversed(contract.terms) if one.in_force(at)), None)


def _usable(file: File | None, cell: Cell) -> bool:
    """Return whether a file is a snapshot of a cell's contract, uploaded by the freelancer, that is not deleted yet."""
    return (
        file is not None
        and file.private
        and file.subject_id == cell.contract_id
        and file.user_id == cell.user_id
        and not file.discarded
    )
