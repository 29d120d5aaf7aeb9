"""A world with an hourly contract, its weeks, and the clock's work on them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import CONTRACTS, deal_of
from souk.domains.ledger.model import AccountKind, BookingKind
from souk.domains.ledger.rules import entries
from souk.domains.ledger.store import post
from souk.domains.time.model import Stage, Timesheet, WeekRun
from souk.domains.time.rules import amounts
from souk.domains.time.store import TIMESHEETS, save_timesheet, schedule_bill
from souk.values.times import stamp
from tests.support.api import Answer, Person
from tests.support.api import operator as operator_of
from tests.support.clock import CLOCK, new_id
from tests.support.worlds.contracts import ContractsWorld
from tests.support.worlds.milestones import SINCE

MONDAY = date(2026, 11, 16)
WEEK = MONDAY.isoformat()
DECLINED = 4002
"""A rate for which the sandbox declines the charge of an hour."""
MONEY = "{ rawValue }"
SHEET = f"""{{ contractId contract {{ id }} week state
  workedMinutes trackedMinutes manualMinutes overtimeMinutes billableMinutes refundedMinutes protectedMinutes
  weeklyLimit
  amount {MONEY} stipendAmount {MONEY} clientFee {MONEY} charge {MONEY} vendorFee {MONEY} earnings {MONEY}
  refundedAmount {MONEY} terms {{ termId rate {MONEY} billableMinutes amount {MONEY} }}
  days {{ date trackedMinutes manualMinutes overtimeMinutes }}
  closesDateTime billedDateTime disputableUntilDateTime releasedDateTime
  declineReason nextRetryDateTime writeOffDateTime checkoutUrl
  dispute {{ id state minutes amount {MONEY} reason message openedDateTime answerDueDateTime answerMessage
    answeredDateTime refundedMinutes resolutionNote resolvedDateTime }} }}"""
READ = f"query ($id: ID!, $week: String!) {{ timesheet(contractId: $id, week: $week) {SHEET} }}"
LIST = f"""query ($filter: TimesheetFilter, $page: Pagination) {{ timesheets(filter: $filter, pagination: $page) {{
  totalCount edges {{ cursor node {SHEET} }} pageInfo {{ hasNextPage endCursor }} }} }}"""


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return a point in time of a day of the week: 0 is its Monday, 7 the Monday when it is billed."""
    return datetime.combine(MONDAY, datetime.min.time(), UTC) + timedelta(days=day, hours=hour, minutes=minute)


BILLED = at(7, 13)
"""When all weeks that closed are billed."""
RELEASED = at(12, 1)
"""When all weeks that were not disputed are released."""


def run(cells: int, day: int = 0, term: int = 0, *, manual: bool = False, protected: bool = False) -> WeekRun:
    """Return cells of a day."""
    return WeekRun(day=day, term=term, cells=cells, manual=manual, protected=protected)


def sheet_of(contract: Contract, runs: Sequence[WeekRun], monday: date = MONDAY) -> Timesheet:
    """Return a week of a contract with some time. The numbers of terms are those of the contract."""
    now = stamp(datetime.combine(monday, datetime.min.time(), UTC))
    return Timesheet(
        contract_id=contract.id,
        week=monday.isoformat(),
        parties=contract.parties,
        terms=tuple(one.id for one in contract.terms),
        runs=tuple(runs),
        created=now,
        modified=now,
    )


class TimesheetsWorld(ContractsWorld):
    """The API with an hourly contract and its weeks."""

    def __post_init__(self) -> None:
        CLOCK.at(at(0, 9))
        super().__post_init__()

    @property
    def operator(self) -> Person:
        """The operator of the deployment."""
        return operator_of(self.souk)

    def add_week(self, *runs: WeekRun, contract: Contract | None = None, monday: date = MONDAY) -> Timesheet:
        """Store a week of a contract with some time, as time in it is stored."""
        tx = self.souk.table.transaction()
        stored = save_timesheet(tx, sheet_of(contract or self.contract, runs, monday))
        schedule_bill(tx, stored.contract_id, stored.week)
        tx.commit()
        return stored

    def add_billed_week(self, *runs: WeekRun, contract: Contract | None = None) -> Timesheet:
        """Store a week and bill it."""
        self.add_week(*runs, contract=contract)
        self.souk.run_due(BILLED)
        return self.stored_week(contract)

    def add_funds(self, minor: int) -> None:
        """Book money of the client's company."""
        tx = self.souk.table.transaction()
        post(tx, entries.payment(deal_of(self.souk.table, self.contract), minor, entries.Entry(new_id(), SINCE)))
        tx.commit()

    def stored_week(self, contract: Contract | None = None, week: str = WEEK) -> Timesheet:
        """Return a stored week."""
        found = self.souk.table.get(TIMESHEETS, (contract or self.contract).id, week, consistent=True)
        assert found is not None
        return found

    def stored_contract_of(self, contract: Contract) -> Contract:
        """Return a stored contract."""
        found = self.souk.table.get(CONTRACTS, contract.id, consistent=True)
        assert found is not None
        return found

    def week(self, who: Person, contract: Contract | None = None, week: str = WEEK) -> Any:
        """Return a week as a person sees it."""
        return who.call(READ, {"id": (contract or self.contract).id, "week": week}).data["timesheet"]

    def weeks(self, who: Person, page: Any = None, **filters: Any) -> Any:
        """Return the page of weeks that a person sees."""
        return who.call(LIST, {"filter": filters, "page": page}).data["timesheets"]

    def act(self, name: str, who: Person, week: str = WEEK, **given: Any) -> Answer:
        """Call a mutation of a week."""
        kind = f"{name[0].upper()}{name[1:]}Input!"
        wanted = {"contractId": self.contract.id, "week": week, **given}
        return who.call(f"mutation ($input: {kind}) {{ {name}(input: $input) {SHEET} }}", {"input": wanted})

    def done(self, name: str, who: Person, **given: Any) -> Any:
        """Call a mutation of a week that must succeed, and return the week."""
        return self.act(name, who, **given).data[name]

    def dispute(self, **given: Any) -> Any:
        """Dispute the week as the client."""
        wanted = {"reason": "NOT_WORKED", "message": "Nobody was there", **given}
        return self.done("disputeTimesheet", self.liam, **wanted)

    def told(self) -> list[str]:
        """Return the actions of the events of weeks, in order."""
        return [action for entity, action, _ in self.events() if entity == "TIMESHEET"]

    def kinds(self) -> list[BookingKind]:
        """Return the kinds of all bookings, sorted."""
        return sorted(one.kind for one in self.bookings())

    def balances(self) -> tuple[int, int, int]:
        """Return the balances of funds, escrow and earnings."""
        kinds = (AccountKind.FUNDS, AccountKind.ESCROW, AccountKind.EARNINGS)
        funds, escrow, earnings = (self.balance(kind) for kind in kinds)
        return funds, escrow, earnings

    def in_escrow(self) -> int:
        """Return what the weeks of all contracts have in escrow."""
        weeks_ = [TIMESHEETS.decode(item) for item in self.items_of("Timesheet")]
        return sum(
            amounts.kept(one.bill, one.refunded)
            for one in weeks_
            if one.bill and one.stage in (Stage.BILLED, Stage.DISPUTED) and one.contract_id == self.contract.id
        )

    def items_of(self, type_: str) -> list[dict[str, Any]]:
        """Return the items of a collection."""
        table = self.souk.table
        items = table.client.scan(TableName=table.name)["Items"]
        return [item for item in items if item.get("type", {}).get("S") == type_]
