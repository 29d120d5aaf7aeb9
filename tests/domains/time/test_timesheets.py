"""Reading weeks: lists, filters, audiences, operators; and stipends through the API."""

from typing import Any

import pytest

from souk.authentication.principal import Role
from souk.domains.contracts.model import Contract
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.ledger.model import AccountKind
from souk.domains.market.store import FREELANCER_RECORDS
from souk.domains.reputation.commands.rebuilding import history_of, replayed
from tests.support.api import Person, Souk, person
from tests.support.clock import CLOCK
from tests.support.worlds.contracts import hourly_contract, term
from tests.support.worlds.jobs import ACME, BUILD, DESIGN, SOFIA, STUDIO, organization
from tests.support.worlds.milestones import contract
from tests.support.worlds.stored_offers import ADA, AGENCY, IVY, THROUGH_AGENCY
from tests.support.worlds.timesheets import BILLED, LIST, RELEASED, WEEK, TimesheetsWorld, at, run


def of_agency(world: TimesheetsWorld) -> tuple[Contract, Person, Person]:
    """Add a contract with an agency's freelancer. Returns it, the agency's owner and the freelancer."""
    tx = world.souk.table.transaction()
    tx.create(ORGANIZATIONS, organization(AGENCY, "Agency", legacy_type="VENDOR"))
    tx.commit()
    added = world.add_contract(hourly_contract(6_500, None, parties=THROUGH_AGENCY))
    return added, person(world.souk, ADA, AGENCY), person(world.souk, IVY, AGENCY, role=Role.MEMBER)


def test_freelancer_of_agency_sees_hours_only(on_account: TimesheetsWorld) -> None:
    world = on_account
    agency_contract, owner, freelancer = of_agency(world)
    world.add_billed_week(run(6), contract=agency_contract)
    led, worked = world.week(owner, agency_contract), world.week(freelancer, agency_contract)
    assert (led["earnings"], led["amount"], led["charge"]) == ({"rawValue": "58.50"}, {"rawValue": "65.00"}, None)
    money = ("amount", "stipendAmount", "clientFee", "charge", "vendorFee", "earnings", "refundedAmount")
    assert [worked[name] for name in money] == [None] * 7
    assert (worked["terms"][0]["rate"], worked["terms"][0]["amount"]) == (None, None)
    assert (worked["trackedMinutes"], worked["terms"][0]["billableMinutes"]) == (60, 60)
    assert world.week(world.sofia, agency_contract) is None


def test_lists_of_organizations(on_account: TimesheetsWorld) -> None:
    world = on_account
    agency_contract, owner, freelancer = of_agency(world)
    world.add_week(run(6))
    world.add_week(run(6), monday=at(7).date())
    world.add_week(run(6), contract=agency_contract)

    def listed(who: Person, **filters: object) -> list[tuple[str, str]]:
        return [(one["node"]["week"], one["node"]["contractId"]) for one in world.weeks(who, **filters)["edges"]]

    mine, theirs, later = world.contract.id, agency_contract.id, "2026-11-23"
    first = sorted([(WEEK, mine), (WEEK, theirs)], reverse=True)
    assert listed(world.olivia) == [(later, mine), *first], "the company: latest week first, then by contract"
    assert listed(world.liam) == [(later, mine), (WEEK, mine)], "a team: its own contracts"
    assert listed(person(world.souk, "776", BUILD, company_id=ACME)) == [(WEEK, theirs)]
    assert listed(world.olivia, organizationId_eq=BUILD) == [(WEEK, theirs)]
    assert listed(world.olivia, contractId_eq=mine) == [(later, mine), (WEEK, mine)]
    assert listed(world.olivia, contractId_eq=mine, organizationId_eq=BUILD) == []
    assert listed(world.sofia) == [(later, mine), (WEEK, mine)]
    assert listed(owner) == listed(freelancer) == [(WEEK, theirs)]
    assert listed(world.olivia, week_bt={"rangeStart": "20261123"}) == [(later, mine)]
    assert listed(world.olivia, week_bt={"rangeStart": WEEK, "rangeEnd": WEEK}) == first
    assert listed(world.sofia, contractId_eq=mine, week_bt={"rangeEnd": WEEK}) == [(WEEK, mine)]
    CLOCK.at(at(7, 1))
    assert listed(world.olivia, state_any=["REVIEW"]) == first
    assert listed(world.olivia, disputeState_any=["OPEN"]) == []
    page = world.weeks(world.olivia, {"first": 2})
    rest = world.weeks(world.olivia, {"first": 2, "after": page["pageInfo"]["endCursor"]})
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"], len(rest["edges"])) == (3, True, 1)
    refused = ({"organizationId_eq": "2001"}, {"contractId_eq": "1"}, {"organizationId_eq": STUDIO})
    for filters in refused:
        assert world.liam.call(LIST, {"filter": filters}).code == "NOT_FOUND"
    assert world.omar.call(LIST, {"filter": {"contractId_eq": mine}}).code == "NOT_FOUND"
    assert world.liam.call(LIST, {"filter": {"week_bt": {"rangeStart": "2026-11-24"}}}).code == "UNPROCESSABLE_CONTENT"
    assert world.weeks(world.omar)["edges"] == []


def test_list_takes_the_same_round_trips_for_any_number(on_account: TimesheetsWorld) -> None:
    world = on_account
    world.add_week(run(6))
    few = world.olivia.call(LIST, {}).trips
    for number in range(1, 6):
        another = world.add_contract(hourly_contract(6_500 + number, 40))
        world.add_week(run(6), contract=another)
    many = world.olivia.call(LIST, {})
    assert len(many.data["timesheets"]["edges"]) == 6
    assert many.trips == few


def test_operators_read_any_week(on_account: TimesheetsWorld, operator_reads: list[str]) -> None:
    world = on_account
    world.add_billed_week(run(6))
    shown = world.week(world.operator)
    assert operator_reads == [f"{world.contract.id}/{WEEK}"]
    assert (shown["amount"], shown["charge"], shown["earnings"], shown["contract"]) == (
        {"rawValue": "65.00"},
        None,
        None,
        None,
    )
    assert world.weeks(world.operator)["edges"] == [], "nothing waits for them"
    assert len(world.weeks(world.operator, organizationId_eq=ACME)["edges"]) == 1
    unscoped = person(
        world.souk, "900", "9001", scopes=("TimeSheet - Read-Only Access", "Common Entities - Read-Only Access")
    )
    assert world.week(unscoped) is None


def test_fixed_price_contract_has_no_weeks(on_account: TimesheetsWorld) -> None:
    world = on_account
    fixed = world.add_contract(contract())
    answer = world.act("refundHours", world.sofia, contractId=fixed.id, minutes=10)
    assert answer.code == "CONFLICT"
    assert world.week(world.sofia, fixed) is None


def stipend_world(souk: Souk, **changes: Any) -> TimesheetsWorld:
    """Return a world with a contract with a stipend of 700.00 a week, which began on Wednesday."""
    terms = (term(rate=6_000, stipend=70_000, starts="2026-11-18T09:00:00.000Z"),)
    return TimesheetsWorld(
        souk, hourly_contract(terms=terms, hour_limits=(), starts="2026-11-18T09:00:00.000Z", **changes)
    )


def test_stipend_is_paid_from_week_to_week_until_the_end(souk: Souk) -> None:
    world = stipend_world(souk)
    world.souk.run_due(BILLED)
    shown = world.week(world.liam)
    assert (shown["stipendAmount"], shown["amount"], shown["days"]) == (
        {"rawValue": "500.00"},
        {"rawValue": "500.00"},
        [],
    )
    assert shown["disputableUntilDateTime"] is None, "the stipend is not disputed"
    assert world.act("disputeTimesheet", world.liam, reason="OTHER", message="No").code == "UNPROCESSABLE_CONTENT"
    world.add_week(run(6), monday=at(7).date())
    CLOCK.at(at(8))
    assert world.week(world.liam, week="2026-11-23")["amount"] == {"rawValue": "260.00"}, "two days and an hour"
    CLOCK.at(at(10, 9))
    assert world.pause(world.liam).data
    CLOCK.at(at(14, 9))
    assert world.restart(world.liam).data
    world.souk.run_due(at(14, 13))
    assert world.week(world.liam, week="2026-11-23")["amount"] == {"rawValue": "460.00"}, "four days and an hour"
    CLOCK.at(at(15, 9))
    world.end_as_freelancer()
    world.souk.run_due(at(60))
    assert world.week(world.liam, week="2026-11-30")["amount"] == {"rawValue": "200.00"}
    assert world.week(world.liam, week="2026-12-07") is None
    assert world.balance(AccountKind.EARNINGS) == 45_000 + 41_400 + 18_000
    world.audit()


def test_week_of_pause_has_no_timesheet(souk: Souk) -> None:
    world = stipend_world(souk)
    CLOCK.at(at(1))
    assert world.pause(world.liam).data
    world.souk.run_due(BILLED)
    assert world.week(world.liam) is None
    assert world.bookings() == []
    CLOCK.at(at(9, 9))
    assert world.restart(world.liam).data
    world.souk.run_due(at(14, 13))
    assert world.week(world.liam, week="2026-11-23")["stipendAmount"] == {"rawValue": "500.00"}


def test_rebuilt_tallies_agree(on_account: TimesheetsWorld) -> None:
    world = on_account
    world.add_billed_week(run(36))
    world.souk.run_due(RELEASED)
    world.done("refundHours", world.sofia, minutes=60)
    table = world.souk.table
    history = history_of(table, SOFIA)
    rebuilt = replayed(table, SOFIA, history).tallies()
    stored = table.read_tally(FREELANCER_RECORDS, SOFIA)
    again = rebuilt[FREELANCER_RECORDS.key(SOFIA)][1]
    assert (stored.minutes, stored.earned) == (300, 32_500)
    for name in ("minutes", "earned", "received", "hourly_jobs", "billed", "last_paid"):
        assert getattr(again, name) == getattr(stored, name), name


@pytest.mark.parametrize(("team", "sees"), [(DESIGN, True), (BUILD, False)])
def test_members_of_the_team_see_its_weeks(on_account: TimesheetsWorld, team: str, *, sees: bool) -> None:
    world = on_account
    world.add_week(run(6))
    member = person(world.souk, "777", team, company_id=ACME, role=Role.MEMBER)
    assert (world.week(member) is not None) is sees
