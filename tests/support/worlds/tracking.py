"""A world with an hourly contract, on which a freelancer tracks and enters time."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from souk.domains.contracts.model import Contract
from souk.domains.time.model import Cell, Timesheet
from souk.domains.time.rules.diary import Brief, briefs_of, summed, with_cells, with_day
from souk.domains.time.store import CELLS, DAYS, SUMS, TIMESHEETS, WORKERS
from souk.values.times import stamp
from tests.support.api import Answer, Person, Souk
from tests.support.clock import CLOCK
from tests.support.worlds.contracts import ContractsWorld, hourly_contract, term
from tests.support.worlds.milestones import SINCE

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
"""A Wednesday."""
TODAY = NOW.date()
MONDAY = date(2026, 11, 23)
CHANGED = "{ minutes timesheets { contractId week } }"


def at(text: str, day: date = TODAY) -> datetime:
    """Return a time of a day: `at("09:10")`."""
    return datetime.fromisoformat(f"{day.isoformat()}T{text}:00+00:00")


def starts(text: str, count: int = 1, day: date = TODAY) -> list[str]:
    """Return the starts of cells that follow each other."""
    return [stamp(at(text, day) + number * timedelta(minutes=10)) for number in range(count)]


def busy(minutes: int = 10) -> list[dict[str, int]]:
    """Return the minutes of a cell, of which some have input."""
    return [{"mouse": 3, "keyboard": 40} if number < minutes else {"mouse": 0, "keyboard": 0} for number in range(10)]


class TimeWorld(ContractsWorld):
    """The API on a Wednesday at noon, with an hourly contract that allows manual time."""

    def __init__(self, souk: Souk, contract: Contract | None = None) -> None:
        CLOCK.at(datetime.fromisoformat(SINCE))  # the history of a contract is in the order of its ids
        super().__init__(souk, contract or manual_contract())
        CLOCK.at(NOW)

    def track(self, *cells: str | dict[str, Any], who: Person | None = None, contract_id: str | None = None) -> Answer:
        """Track cells, which are starts or whole inputs."""
        query = """mutation ($input: TrackTimeInput!) { trackTime(input: $input) {
          cells { startDateTime outcome refusal message } timesheets { contractId week } } }"""
        sent = [{"startDateTime": cell} if isinstance(cell, str) else cell for cell in cells]
        own = self.contract.id if contract_id is None else contract_id
        return (who or self.sofia).call(query, {"input": {"contractId": own, "cells": sent}})

    def tracked(self, *cells: str | dict[str, Any], **how: Any) -> list[str]:
        """Track cells, and return what became of each."""
        found = self.track(*cells, **how).data["trackTime"]["cells"]
        return [one["refusal"] or one["outcome"] for one in found]

    def change(self, field: str, start: datetime, end: datetime, who: Person | None = None, **given: Any) -> Answer:
        """Call `addManualTime`, `updateTime` or `removeTime`."""
        kind = f"{field[0].upper()}{field[1:]}Input"
        query = f"mutation ($input: {kind}!) {{ {field}(input: $input) {CHANGED} }}"
        period = {"startDateTime": stamp(start), "endDateTime": stamp(end)}
        return (who or self.sofia).call(query, {"input": {"contractId": self.contract.id, **period, **given}})

    def add(self, start: str, end: str, day: date = TODAY, **given: Any) -> Answer:
        """Enter time."""
        return self.change("addManualTime", at(start, day), at(end, day), **{"memo": "By hand", **given})

    def update(self, start: str, end: str, day: date = TODAY, **given: Any) -> Answer:
        """Change time."""
        return self.change("updateTime", at(start, day), at(end, day), **given)

    def remove(self, start: str, end: str, day: date = TODAY, **given: Any) -> Answer:
        """Remove time."""
        return self.change("removeTime", at(start, day), at(end, day), **given)

    def briefs(self, day: date = TODAY, contract_id: str | None = None) -> dict[int, Brief]:
        """Return the stored cells of a day, by their numbers. All that is stored of the day must agree."""
        own, text = contract_id or self.contract.id, day.isoformat()
        table = self.souk.table
        stored = table.get(DAYS, own, text, consistent=True)
        total = table.get(SUMS, own, text, consistent=True)
        worker = table.get(WORKERS, self.contract.parties.vendor_user_id, text, consistent=True)
        found = briefs_of(stored) if stored else {}
        assert (stored is None) == (total is None) == (not found)
        taken = worker.contracts.get(own, ()) if worker else ()
        assert taken == tuple(found)
        if stored and total:
            assert with_cells(stored, found) == stored
            assert summed(total, found) == total
        if sheet := self.sheet(day - timedelta(days=day.weekday()), own):
            assert with_day(sheet, day, found) == sheet
        else:
            assert not found
        cells = table.query(CELLS, f"DIARY#{own}#{text[:7]}", prefix=f"CELL#{text}", limit=None, consistent=True).items
        assert len(cells) == len(found)
        return found

    def sheet(self, monday: date = MONDAY, contract_id: str | None = None) -> Timesheet | None:
        """Return a stored week."""
        return self.souk.table.get(TIMESHEETS, contract_id or self.contract.id, monday.isoformat(), consistent=True)

    def cell(self, start: str, day: date = TODAY) -> Cell | None:
        """Return a stored cell."""
        return self.souk.table.get(CELLS, self.contract.id, stamp(at(start, day)), consistent=True)


def manual_contract(rate: int = 4_500, hours: int | None = 20, **changes: Any) -> Contract:
    """Return an hourly contract that allows manual time."""
    terms = {"terms": (term(rate=rate, manual_time_allowed=True),), "enterprise": False}
    return hourly_contract(rate, hours, **{**terms, **changes})


def refusals(answer: Answer) -> Sequence[str | None]:
    """Return why each cell was refused; None for those that were not."""
    return [one["refusal"] for one in answer.data["trackTime"]["cells"]]
