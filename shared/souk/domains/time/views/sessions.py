"""Views of sessions: the contract's WorkDiaryCompanySnapshot."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from souk.domains.contracts.model import Contract
from souk.domains.time.rules.sessions import Session
from souk.domains.time.rules.zones import NO_OFFSET, Span
from souk.domains.time.views.diaries import ShownCell, recorded_cells
from souk.graph import Context
from souk.values.times import stamp


@dataclass(frozen=True)
class ShownSession:
    """A session, for the client of its contract."""

    contract: Contract
    session: Session

    @property
    def contract_id(self) -> str:
        """The contract."""
        return self.contract.id

    @property
    def user_id(self) -> str:
        """The freelancer."""
        return self.contract.parties.vendor_user_id

    @property
    def day(self) -> date:
        """The day, in UTC."""
        return date.fromisoformat(self.session.day.day)

    @property
    def span(self) -> Span:
        """From the first to the last cell."""
        slots = self.session.slots
        return Span(self.day, slots[0].number, slots[-1].number)

    def cells(self, *, manual: bool | None = None) -> int:
        """Return the number of cells: of all, or of those that were entered or tracked."""
        return sum(manual is None or slot.manual is manual for slot in self.session.slots)


def session_cells(ctx: Context, one: ShownSession) -> Iterator[ShownCell]:
    """Yield the cells of a session, from the request's cache."""
    recorded = recorded_cells(ctx, one.contract_id, one.span)
    for slot in one.session.slots:
        cell = recorded.get(stamp(one.session.start_of(slot)))
        yield ShownCell(one.contract, one.session.day, slot, cell, NO_OFFSET)


def overtime_cells(one: ShownSession, billed: int) -> int:
    """Return how many cells of a session are overtime, from the number of those of its day that are not."""
    places = {slot.number: place for place, slot in enumerate(one.session.day.slots)}
    return sum(places[slot.number] >= billed for slot in one.session.slots)
