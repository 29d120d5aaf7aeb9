"""Worked time on the contract of Acme Design with Ivy: half an hour of this week, with a screenshot."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from souk.domains.agreements.model import Parties
from souk.domains.files.model import File, Picture, PictureState
from souk.domains.files.store import FILES, PICTURES
from souk.domains.time.model import Cell, DaySum, DiaryDay, Minute, Timesheet, WorkerDay
from souk.domains.time.rules import weeks
from souk.domains.time.rules.diary import brief_of, summed, with_cells, with_day, with_numbers
from souk.domains.time.store import CELLS, DAYS, SUMS, TIMESHEETS, WORKERS
from souk.storage import Table
from souk.values.pictures import SIZES, PictureKind
from souk.values.times import stamp
from tests.authority.contracts import WORKING, term_of
from tests.authority.secrets import Audience, Secrets
from tests.support.clock import CLOCK

SHOT: Final = "7990000000000000001"
"""The screenshot of the first cell."""


def _start() -> datetime:
    """Return a time two hours ago, or earlier if the day is young: no cell is of the next day."""
    now = CLOCK.real()
    early = weeks.start_of(now.date()) + timedelta(hours=3)
    at = now - timedelta(hours=2) if now > early else weeks.start_of(now.date()) - timedelta(hours=1)
    return weeks.cell_start(at.date(), weeks.number_of(at))


WORKED: Final = _start()
"""The start of the first cell, in a week that is open."""


@dataclass(frozen=True)
class TimeRecords:
    """The records, with planted secrets."""

    secrets: Secrets
    parties: Parties

    def store(self, table: Table) -> None:
        """Store the time, as `trackTime` does."""
        start = WORKED
        day, monday, number = start.date(), weeks.monday_of(start.date()), weeks.number_of(start)
        memo = self.secrets.plant(Audience.PARTIES, "memo")
        self.secrets.keep(Audience.PARTIES, SHOT)
        cells = {number + at: self._cell(start + at * weeks.CELL, memo) for at in range(3)}
        cells[number] = cells[number].model_copy(
            update={"screenshot_id": SHOT, "window_title": self.secrets.plant(Audience.PARTIES, "window-title")}
        )
        briefs = {at: brief_of(cell) for at, cell in cells.items()}
        text, now = day.isoformat(), stamp(start)
        sheet = Timesheet(
            contract_id=WORKING,
            week=monday.isoformat(),
            parties=self.parties,
            created=now,
            modified=now,
        )
        worker = WorkerDay(user_id=self.parties.vendor_user_id, day=text, expires=weeks.forgotten(day))
        tx = table.transaction()
        for cell in cells.values():
            tx.create(CELLS, cell)
        tx.create(DAYS, with_cells(DiaryDay(contract_id=WORKING, day=text), briefs))
        tx.create(SUMS, summed(DaySum(contract_id=WORKING, day=text, parties=self.parties), briefs))
        tx.create(WORKERS, with_numbers(worker, WORKING, briefs))
        tx.create(TIMESHEETS, with_day(sheet, day, briefs))
        self._store_screenshot(table)
        tx.commit()

    def _cell(self, start: datetime, memo: str) -> Cell:
        return Cell(
            contract_id=WORKING,
            user_id=self.parties.vendor_user_id,
            start=stamp(start),
            term_id=term_of(WORKING),
            memo=memo,
            minutes=(Minute(mouse=7, keyboard=11),) * 10,
            expires=weeks.archived(start.date(), 180),
        )

    def _store_screenshot(self, table: Table) -> None:
        expires = weeks.archived(WORKED.date(), 188)
        file = File(
            id=SHOT,
            organization_id=self.parties.vendor_team_id,
            company_id=self.parties.vendor_company_id,
            user_id=self.parties.vendor_user_id,
            file_name=self.secrets.plant(Audience.NOBODY, "screenshot-name"),
            content_type="image/png",
            max_size=5_000_000,
            created=stamp(WORKED),
            expires=expires,
            purpose="time.snapshot",
            picture=PictureKind.SNAPSHOT,
            subject_id=WORKING,
        )
        picture = Picture(
            file_id=SHOT,
            state=PictureState.READY,
            token=self.secrets.plant(Audience.PARTIES, "screenshot-token"),
            sizes=SIZES[PictureKind.SNAPSHOT],
            media_type="image/jpeg",
            subject_id=WORKING,
            expires=expires,
        )
        tx = table.transaction()
        tx.create(FILES, file)
        tx.create(PICTURES, picture)
        tx.commit()
