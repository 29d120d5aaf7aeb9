"""Disputes of weeks: opened, withdrawn, answered, expired and decided."""

from datetime import UTC, datetime
from typing import Any

import pytest

from souk.domains.audit.store import ACTIONS
from souk.domains.contracts.model import ContractStatus
from souk.domains.ledger.model import AccountKind
from souk.domains.reviews.model import ReviewKind
from souk.domains.reviews.store import open_reviews
from souk.domains.time.rules.disputes import answer_due
from tests.support.clock import CLOCK
from tests.support.worlds.timesheets import BILLED, RELEASED, WEEK, TimesheetsWorld, at, run


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2026-11-23T12:00:00", "2026-11-27"),  # Monday: Thursday 24:00
        ("2026-11-26T23:59:59", "2026-12-02"),  # Thursday: Tuesday 24:00
        ("2026-11-27T08:00:00", "2026-12-03"),
        ("2026-11-28T08:00:00", "2026-12-03"),  # Saturday and Sunday as Friday
        ("2026-11-29T08:00:00", "2026-12-03"),
    ],
)
def test_answer_is_due_after_three_business_days(opened: str, due: str) -> None:
    assert answer_due(datetime.fromisoformat(opened).replace(tzinfo=UTC)).isoformat() == f"{due}T00:00:00+00:00"


@pytest.fixture
def disputed(on_account: TimesheetsWorld) -> TimesheetsWorld:
    """Return a world with a week of six hours, billed and disputed by half."""
    on_account.add_billed_week(run(36))
    on_account.dispute(minutes=180, idempotencyKey="d")
    return on_account


def test_dispute_holds_contract(disputed: TimesheetsWorld) -> None:
    world = disputed
    shown = world.dispute(minutes=180, idempotencyKey="d")
    assert shown["state"] == "DISPUTED", "the same request again changes nothing"
    assert (shown["dispute"]["minutes"], shown["dispute"]["amount"]) == (180, {"rawValue": "195.00"})
    assert (shown["dispute"]["state"], shown["dispute"]["answerDueDateTime"]) == ("OPEN", "2026-11-27T00:00:00.000Z")
    contract = world.stored_contract()
    assert (contract.status, contract.held, contract.hour_limits[-1].hours) == ("PAUSED", {WEEK: "DISPUTED"}, 0)
    refused = world.restart(world.liam)
    assert refused.code == "CONFLICT"
    assert WEEK in refused.error["message"]
    assert world.change_limit(world.liam, weeklyLimit="40").code == "CONFLICT"
    assert world.act("refundHours", world.sofia, minutes=10).code == "CONFLICT"
    world.souk.run_due(at(10))
    assert world.balance(AccountKind.EARNINGS) == 0
    assert world.told() == ["SUBMIT", "DISPUTE"]


def test_accepted_dispute_refunds_and_releases(disputed: TimesheetsWorld) -> None:
    world = disputed
    over = world.done("answerTimesheetDispute", world.sofia, accept=True, message="You are right")
    assert (over["state"], over["refundedMinutes"], over["dispute"]["refundedMinutes"]) == ("RELEASED", 180, 180)
    assert (over["dispute"]["state"], over["dispute"]["answerMessage"]) == ("ACCEPTED", "You are right")
    assert world.balances() == (-20_475, 0, 17_550)
    assert world.told() == ["SUBMIT", "DISPUTE", "RESOLVE", "REFUND", "RELEASE"]
    contract = world.stored_contract()
    assert (contract.status, contract.held, contract.hour_limits[-1].hours) == ("PAUSED", {}, 0)
    assert world.restart(world.liam).data
    assert world.change_limit(world.liam, weeklyLimit=None).data
    world.souk.run_due(at(20))
    assert world.told().count("RELEASE") == 1
    world.audit()


def test_unanswered_dispute_expires_by_the_clock(disputed: TimesheetsWorld) -> None:
    world = disputed
    CLOCK.at(at(11))
    shown = world.week(world.liam)
    assert (shown["state"], shown["dispute"]["state"], shown["refundedMinutes"]) == ("RELEASED", "EXPIRED", 180)
    assert shown["dispute"]["resolvedDateTime"] == "2026-11-27T00:00:00.000Z"
    assert world.act("answerTimesheetDispute", world.sofia, accept=True).code == "CONFLICT"
    assert world.act("withdrawTimesheetDispute", world.liam).code == "CONFLICT"
    assert world.balance(AccountKind.EARNINGS) == 0
    world.souk.run_due(at(11))
    assert world.balances() == (-20_475, 0, 17_550)
    assert world.week(world.liam) == shown
    assert world.stored_contract().held == {}
    world.audit()


def test_withdrawn_dispute_leaves_week_as_it_was(disputed: TimesheetsWorld) -> None:
    world = disputed
    shown = world.done("withdrawTimesheetDispute", world.liam, message="My mistake")
    assert (shown["state"], shown["dispute"]["state"]) == ("BILLED", "WITHDRAWN")
    assert shown["disputableUntilDateTime"] is None, "a week is disputed once"
    assert world.act("disputeTimesheet", world.liam, reason="OTHER", message="Again").code == "CONFLICT"
    world.souk.run_due(RELEASED)
    assert world.balance(AccountKind.EARNINGS) == 35_100
    assert world.told() == ["SUBMIT", "DISPUTE", "RESOLVE", "RELEASE"]
    world.audit()


def test_dispute_withdrawn_after_friday_releases_at_once(disputed: TimesheetsWorld) -> None:
    world = disputed
    world.done("answerTimesheetDispute", world.sofia, accept=False, message="I was there")
    CLOCK.at(at(13))
    assert world.done("withdrawTimesheetDispute", world.liam)["state"] == "RELEASED"
    assert world.balance(AccountKind.EARNINGS) == 35_100
    assert open_reviews(world.souk.table, ReviewKind.TIMESHEET_DISPUTE, 10) == []
    world.audit()


@pytest.mark.parametrize(("minutes", "earned"), [(0, 35_100), (90, 26_325)])
def test_operator_decides_refused_dispute(disputed: TimesheetsWorld, minutes: int, earned: int) -> None:
    world = disputed
    assert world.act("answerTimesheetDispute", world.sofia, accept=False).code == "UNPROCESSABLE_CONTENT"
    shown = world.done("answerTimesheetDispute", world.sofia, accept=False, message="I was there")
    assert (shown["state"], shown["dispute"]["state"]) == ("DISPUTED", "ESCALATED")
    world.souk.run_due(at(40))
    assert world.week(world.liam)["state"] == "DISPUTED", "until an operator decides"
    assert [one["node"]["week"] for one in world.weeks(world.operator)["edges"]] == [WEEK]
    assert world.week(world.operator)["amount"] == {"rawValue": "390.00"}
    for wrong in (-10, 15, 190):
        assert world.act("resolveTimesheetDispute", world.operator, refundMinutes=wrong).code == "UNPROCESSABLE_CONTENT"
    over = world.done("resolveTimesheetDispute", world.operator, refundMinutes=minutes, note="By the screenshots")
    assert (over["state"], over["dispute"]["state"], over["refundedMinutes"]) == ("RELEASED", "RESOLVED", minutes)
    assert world.week(world.sofia)["dispute"]["resolutionNote"] == "By the screenshots"
    assert world.balance(AccountKind.EARNINGS) == earned
    assert world.weeks(world.operator)["edges"] == []
    (action,) = [ACTIONS.decode(item) for item in world.items_of("OperatorAction")]
    assert (action.action, action.subject_id) == ("resolveTimesheetDispute", f"{world.contract.id}/{WEEK}")
    assert world.act("resolveTimesheetDispute", world.operator, refundMinutes=0).code == "CONFLICT"
    world.audit()


IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"minutes": 0}, "UNPROCESSABLE_CONTENT"),
    ({"minutes": 25}, "UNPROCESSABLE_CONTENT"),
    ({"minutes": 370}, "UNPROCESSABLE_CONTENT"),
    ({"message": " "}, "UNPROCESSABLE_CONTENT"),
    ({"week": "2026-11-17"}, "UNPROCESSABLE_CONTENT"),
    ({"week": "tomorrow"}, "UNPROCESSABLE_CONTENT"),
    ({"week": "20261109"}, "NOT_FOUND"),
    ({"contractId": "1"}, "NOT_FOUND"),
    ({"idempotencyKey": "k" * 201}, "UNPROCESSABLE_CONTENT"),
]


def test_impossible_dispute_is_refused(on_account: TimesheetsWorld) -> None:
    on_account.add_billed_week(run(36))
    for given, code in IMPOSSIBLE:
        wanted = {"reason": "OTHER", "message": "Why?", **given}
        answer = on_account.act("disputeTimesheet", on_account.liam, **wanted)
        assert answer.code == code, given
        assert given.get("week") != "2026-11-17" or "begins on 2026-11-16" in answer.error["message"]


def test_who_may_dispute_and_until_when(on_account: TimesheetsWorld) -> None:
    world = on_account
    given = {"reason": "OTHER", "message": "Why?"}
    world.add_week(run(6))
    assert world.act("disputeTimesheet", world.liam, **given).code == "CONFLICT", "not billed yet"
    world.souk.run_due(BILLED)
    assert world.act("disputeTimesheet", world.sofia, **given).code == "FORBIDDEN"
    assert world.act("disputeTimesheet", world.max, **given).code == "FORBIDDEN"
    assert world.act("disputeTimesheet", world.omar, **given).code == "NOT_FOUND"
    assert world.act("refundHours", world.liam, minutes=10).code == "FORBIDDEN"
    assert world.act("answerTimesheetDispute", world.sofia, accept=True).code == "CONFLICT"
    CLOCK.at(at(12))
    assert world.act("disputeTimesheet", world.liam, **given).code == "CONFLICT", "it reads RELEASED"
    assert world.done("refundHours", world.sofia, minutes=10)["state"] == "RELEASED"
    assert world.balance(AccountKind.ESCROW) == 5_417, "from escrow, until the release is booked"
    world.souk.run_due(RELEASED)
    assert world.balance(AccountKind.ESCROW) == 0
    world.audit()


def test_dispute_of_ended_contract_holds_nothing(on_account: TimesheetsWorld) -> None:
    world = on_account
    world.add_billed_week(run(6))
    world.end_as_freelancer()
    assert world.dispute()["state"] == "DISPUTED"
    assert world.stored_contract().status is ContractStatus.CLOSED
    world.done("withdrawTimesheetDispute", world.liam, message="My mistake")
    changes = world.liam.call(
        "query ($id: ID!) { contractDetails(id: $id) { changes { action message } } }", {"id": world.contract.id}
    ).data["contractDetails"]["changes"]
    assert {"action": "LIFT_HOLD", "message": "My mistake"} in changes
    world.souk.run_due(RELEASED)
    world.audit()
