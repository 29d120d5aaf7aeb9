"""Views of the diary: cells as a party of the contract sees them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from souk.domains.activities.store import ACTIVITIES
from souk.domains.agreements.model import Parties
from souk.domains.contracts.model import Contract
from souk.domains.contracts.rules.limits import limit_of_week
from souk.domains.contracts.store import CONTRACTS
from souk.domains.time.model import MINUTES_OF_A_CELL, Cell, DiaryDay, Minute, Slot
from souk.domains.time.rules import zones
from souk.domains.time.rules.reports import Earlier
from souk.domains.time.rules.weeks import cell_start, monday_of
from souk.domains.time.rules.zones import Span
from souk.domains.time.store import DAYS, DIARY_CELLS, TIMESHEETS, shown
from souk.domains.time.views.pictures import PictureUrls, picture_urls, pictures_of, webcam_urls
from souk.graph import Context
from souk.graph.context import Source
from souk.storage import Key
from souk.values.times import stamp

_NO_INPUT = (Minute(mouse=0, keyboard=0),) * MINUTES_OF_A_CELL


@dataclass(frozen=True)
class ShownCell:
    """A cell, for a party of its contract in a zone."""

    contract: Contract
    day: DiaryDay
    slot: Slot
    cell: Cell | None
    """None once what was recorded has expired."""
    offset: timedelta
    overtime: bool = False

    @property
    def start(self) -> datetime:
        """When it begins."""
        return cell_start(date.fromisoformat(self.day.day), self.slot.number)

    @property
    def memo(self) -> str | None:
        """The freelancer's note."""
        return None if self.slot.memo is None else self.day.memos[self.slot.memo]

    @property
    def code(self) -> str | None:
        """The code of the activity."""
        return None if self.slot.code is None else self.day.codes[self.slot.code]

    @property
    def timestamp(self) -> int:
        """When it begins, in seconds since 1970."""
        return int(self.start.timestamp())

    @property
    def minutes(self) -> Sequence[Minute] | None:
        """The input of its ten minutes; None once it has expired."""
        return None if self.cell is None else self.cell.minutes or _NO_INPUT

    @property
    def mouse(self) -> int | None:
        """The number of mouse events; None once they have expired."""
        return None if self.cell is None else sum(one.mouse for one in self.cell.minutes)

    @property
    def keyboard(self) -> int | None:
        """The number of keyboard events; None once they have expired."""
        return None if self.cell is None else sum(one.keyboard for one in self.cell.minutes)

    @property
    def title(self) -> str | None:
        """The title of the active window; None once it has expired."""
        return None if self.cell is None else self.cell.window_title

    @property
    def pictured(self) -> datetime | None:
        """When the screenshot was taken; None once it has expired."""
        taken = self.cell and self.cell.snapshot_at
        return datetime.fromisoformat(taken) if taken else None


def cell_needs(source: ShownCell, ctx: Context) -> dict[Key, Source]:
    """Return the keys of a cell's pictures, if the caller may see them."""
    return pictures_of(source.cell) if source.cell and _shows_pictures(source.contract, ctx) else {}


def screenshot(source: ShownCell, ctx: Context) -> PictureUrls | None:
    """Return the links of the screenshot; None without one that the caller may see."""
    return picture_urls(ctx, source.cell) if source.cell and _shows_pictures(source.contract, ctx) else None


def webcam(source: ShownCell, ctx: Context) -> PictureUrls | None:
    """Return the links of the webcam picture, as `screenshot`."""
    return webcam_urls(ctx, source.cell) if source.cell and _shows_pictures(source.contract, ctx) else None


def _shows_pictures(contract: Contract, ctx: Context) -> bool:
    """Return whether the caller may see the pictures of a contract: a client does not if they are hidden."""
    return contract.parties.vendor_is(ctx.principal) or not contract.hide_screenshots


def seen_contract(ctx: Context, contract_id: str) -> Contract | None:
    """Return a contract from the request's cache; None unless the caller is a party to it."""
    contract: Contract | None = ctx.entities[CONTRACTS.key(contract_id)]
    return contract if contract and contract.parties.include(ctx.principal) else None


def brief_needs(contract_id: str, spans: Iterable[Span]) -> dict[Key, Source]:
    """Return the keys of the days and weeks of some spans."""
    needed: dict[Key, Source] = {}
    for one in spans:
        needed[DAYS.key(contract_id, one.day.isoformat())] = DAYS
        needed |= week_needs(contract_id, one.day)
    return needed


def week_needs(contract_id: str, day: date) -> dict[Key, Source]:
    """Return the key of the week of a day, which says what of the day is overtime."""
    return {TIMESHEETS.key(contract_id, monday_of(day).isoformat()): TIMESHEETS}


def full_needs(contract_id: str, spans: Iterable[Span]) -> dict[Key, Source]:
    """Return the keys of the days, weeks and cells of some spans."""
    needed: dict[Key, Source] = {}
    for one in spans:
        needed |= brief_needs(contract_id, [one]) | {cells_key(contract_id, one): DIARY_CELLS}
    return needed


def cells_key(contract_id: str, span: Span) -> Key:
    """Return the key of the cells of a span."""
    first, last = span.starts
    return DIARY_CELLS.key(contract_id, stamp(first), stamp(last))


def shown_cells(ctx: Context, contract: Contract, spans: Iterable[Span], offset: timedelta) -> Iterator[ShownCell]:
    """Yield the cells of some spans in their order, from the request's cache (`brief_needs`, `full_needs`).

    With `brief_needs`, they are as if what was recorded had expired.
    """
    for span in spans:
        day: DiaryDay | None = ctx.entities[DAYS.key(contract.id, span.day.isoformat())]
        if day is None:
            continue
        recorded = recorded_cells(ctx, contract.id, span)
        billed = not_overtime(ctx, contract, span.day)
        places = {slot.number: place for place, slot in enumerate(day.slots)}
        for slot in zones.slots_within(day.slots, span):
            start = stamp(cell_start(span.day, slot.number))
            overtime = places[slot.number] >= billed
            yield ShownCell(contract, day, slot, recorded.get(start), offset, overtime)


def recorded_cells(ctx: Context, contract_id: str, span: Span) -> dict[str, Cell]:
    """Return the cells of a span that have not expired, by their start, from the request's cache."""
    cells: Sequence[Cell] = ctx.entities.get(cells_key(contract_id, span)) or ()
    return {one.start: one for one in cells if shown(one, ctx.now)}


def not_overtime(ctx: Context, contract: Contract, day: date) -> int:
    """Return how many cells of a day are not overtime, from the request's cache (`week_needs`)."""
    monday = monday_of(day)
    week = ctx.entities[TIMESHEETS.key(contract.id, monday.isoformat())]
    earlier = sum(cells for _, cells in Earlier.before(week, day).runs)
    return zones.overtime_from(earlier, limit_of_week(contract, monday))


def task_needs(parties: Parties, code: str | None) -> dict[Key, Source]:
    """Return the keys of the activities that a code can mean: of the contract's team, and of its company."""
    if code is None:
        return {}
    return {ACTIVITIES.key(one, code): ACTIVITIES for one in dict.fromkeys(parties.client)}


def task_description(ctx: Context, parties: Parties, code: str | None) -> str | None:
    """Return the description of an activity, from the request's cache; None without one."""
    found = (ctx.entities[key] for key in task_needs(parties, code))
    return next((activity.description for activity in found if activity), None)
