"""Stored time. Work is stored in cells of ten minutes, and summed up by day and by week. All times are UTC.

A cell begins at a multiple of ten minutes. A day has 144 cells, numbered from 0. The same cells are stored four times,
by one transaction, for what reads them: each with all its content (`Cell`), a day with its cells in brief (`DiaryDay`),
a day as runs of equal cells (`DaySum`: reports), and a week as runs of cells (`Timesheet`: money).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from pydantic import Field

from souk.domains.agreements.model import Fees, Parties
from souk.storage import Entity, Model

MINUTES_OF_A_CELL: Final = 10
CELLS_OF_A_DAY: Final = 144


TIMESHEET: Final = "TIMESHEET"
"""The entity of the events of weeks."""


class Minute(Model):
    """The input events of a minute."""

    mouse: int
    keyboard: int


class Cell(Entity):
    """Ten minutes of a freelancer's work on a contract, with all that was recorded."""

    contract_id: str
    user_id: str
    """The freelancer."""
    start: str
    """ISO 8601, UTC."""
    term_id: str
    """The contract's term that was in force at the start."""
    manual: bool = False
    """Whether the freelancer entered it, without a tracker."""
    memo: str | None = None
    code: str | None = None
    """The code of the activity."""
    minutes: tuple[Minute, ...] = ()
    """Ten, or none for a cell without input."""
    window_title: str | None = None
    snapshot_at: str | None = None
    """When the screenshot was taken: ISO 8601, UTC."""
    screenshot_id: str | None = None
    """The id of the file (`souk.domains.files`)."""
    webcam_id: str | None = None
    expires: int
    """When it is deleted, in seconds since 1970. The day keeps the cell in brief."""


class Slot(Model):
    """A cell in brief. Texts are positions in those of its day."""

    number: int
    """The position in the day, 0 to 143."""
    term: int
    memo: int | None = None
    code: int | None = None
    manual: bool = False
    activity: int = 0
    """The minutes with input, in percent."""
    shot: bool = False
    """Whether a screenshot was stored."""

    @property
    def protected(self) -> bool:
        """Whether the cell proves the work: it was tracked, with a memo and some input."""
        return not self.manual and self.memo is not None and self.activity > 0


class DiaryDay(Entity):
    """The cells of a contract on a day, in brief."""

    contract_id: str
    day: str
    """yyyy-mm-dd."""
    terms: tuple[str, ...] = ()
    memos: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()
    """In the order of their numbers."""


class Run(Model):
    """Cells of a day that follow each other, with equal terms, texts and kind. There may be gaps between them."""

    term: int
    memo: int | None = None
    code: int | None = None
    manual: bool = False
    cells: int


class DaySum(Entity):
    """A day of a contract as runs, in the order of work: what reports read."""

    contract_id: str
    day: str
    """yyyy-mm-dd."""
    parties: Parties
    terms: tuple[str, ...] = ()
    memos: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    runs: tuple[Run, ...] = ()


class WeekRun(Model):
    """Cells of a day that follow each other, with an equal term and kind."""

    day: int
    """0 for Monday to 6."""
    term: int
    manual: bool = False
    protected: bool = False
    cells: int
    first: int = 0
    """The position of the first cell in the day, 0 to 143."""
    last: int = CELLS_OF_A_DAY - 1
    """The position of the last one."""


class TimesheetEvent(StrEnum):
    """The actions of the events of a week."""

    SUBMIT = "SUBMIT"
    DECLINE = "DECLINE"
    DISPUTE = "DISPUTE"
    RESOLVE = "RESOLVE"
    RELEASE = "RELEASE"
    REFUND = "REFUND"


class TimesheetState(StrEnum):
    """The state of a week as it is shown. It follows from the stage and the time."""

    OPEN = "OPEN"
    REVIEW = "REVIEW"
    BILLED = "BILLED"
    DECLINED = "DECLINED"
    DISPUTED = "DISPUTED"
    RELEASED = "RELEASED"
    WRITTEN_OFF = "WRITTEN_OFF"


class Stage(StrEnum):
    """How far the money of a week has come."""

    UNBILLED = "UNBILLED"
    CHARGING = "CHARGING"
    """The bill is made, and the charge is not settled."""
    DECLINED = "DECLINED"
    WRITTEN_OFF = "WRITTEN_OFF"
    BILLED = "BILLED"
    """It is booked, and in escrow."""
    DISPUTED = "DISPUTED"
    RELEASED = "RELEASED"


class BilledTerm(Model):
    """The time of a week under a term."""

    term_id: str
    rate: int
    """Minor units, for an hour."""
    minutes: int
    """Billable."""


class Bill(Model):
    """What a week costs. It is fixed when the week is billed. Amounts are minor units of the contract's currency."""

    terms: tuple[BilledTerm, ...] = ()
    """Those with time in the week, in the order in which they began."""
    limit: int | None = None
    """The weekly limit in hours; None for none."""
    stipend: int = 0
    fees: Fees = Fees()

    @property
    def minutes(self) -> int:
        """The billable minutes."""
        return sum(one.minutes for one in self.terms)


class Decline(Model):
    """A charge that failed. Times are ISO 8601, UTC."""

    since: str
    """When it failed first."""
    reason: str | None = None
    """Why it failed last."""
    next_retry: str | None = None
    """None when it is not tried again."""
    write_off: str
    """When it is given up."""


class DisputeState(StrEnum):
    """The state of a dispute."""

    OPEN = "OPEN"
    ESCALATED = "ESCALATED"
    ACCEPTED = "ACCEPTED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    RESOLVED = "RESOLVED"


class DisputeReason(StrEnum):
    """Why a client disputes a week."""

    NOT_WORKED = "NOT_WORKED"
    OFF_TASK = "OFF_TASK"
    LOW_ACTIVITY = "LOW_ACTIVITY"
    NOT_AGREED = "NOT_AGREED"
    OTHER = "OTHER"


class Dispute(Model):
    """A dispute of a week. Times are ISO 8601, UTC."""

    id: str
    state: DisputeState = DisputeState.OPEN
    minutes: int
    amount: int
    """Of the disputed minutes, before fees."""
    reason: DisputeReason
    message: str
    opened: str
    due: str
    """When an answer is due."""
    answer: str | None = None
    answered: str | None = None
    refunded: int | None = None
    """Minutes; None until it is over."""
    note: str | None = None
    """An operator's."""
    resolved: str | None = None
    """When it was over."""


class Timesheet(Entity):
    """A week of a contract, from Monday to Sunday: what is billed."""

    contract_id: str
    week: str
    """The Monday: yyyy-mm-dd."""
    parties: Parties
    terms: tuple[str, ...] = ()
    runs: tuple[WeekRun, ...] = ()
    """In the order of work."""
    stage: Stage = Stage.UNBILLED
    bill: Bill | None = None
    """None until it is billed."""
    order_id: str | None = None
    """The last payment order that charges the client's saved card."""
    checkout_id: str | None = None
    """The payment order of the checkout that can pay it instead."""
    billed: str | None = None
    """When it was booked."""
    review_ends: str | None = None
    """When it is released unless it is disputed."""
    decline: Decline | None = None
    """The charge that failed, also after it was paid."""
    dispute: Dispute | None = None
    """The only one, also when it is over."""
    review_opened: str | None = None
    """When it was put before the operators, who have not decided."""
    refunded: int = 0
    """Minutes: the last billable ones."""
    refunds: int = 0
    """The number of refunds."""
    released: str | None = None
    """When the earnings became the freelancer's."""
    created: str
    """ISO 8601, UTC."""
    modified: str


class WorkerDay(Entity):
    """The cells of a person's day that are taken, whatever the contract: a person works in one place at a time."""

    user_id: str
    day: str
    """yyyy-mm-dd."""
    contracts: Mapping[str, tuple[int, ...]] = Field(default_factory=dict)
    """The numbers of the cells, by the contract's id."""
    expires: int
    """When it is deleted, in seconds since 1970: no time of the day changes any more then."""
