"""Weeks as money: billed, released, refunded, and what each side sees of it."""

from typing import Any

import pytest

from souk.domains.ledger.model import AccountKind, BookingKind
from souk.domains.market.store import CLIENT_RECORDS, CONTRACT_TOTALS, DAYS, FREELANCER_RECORDS
from souk.domains.payments.providers.sandbox import Sandbox
from souk.domains.proposals.store import create_proposal
from tests.domains.proposals.test_lists import proposal
from tests.domains.proposals.test_real_profiles import CLIENTS as APPLICANTS
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import ACME, CREATE, NOAH, SOFIA, hourly
from tests.support.worlds.timesheets import BILLED, RELEASED, WEEK, TimesheetsWorld, at, run

FIFTEEN_HOURS = 90


def test_week_is_billed_and_released(on_account: TimesheetsWorld) -> None:
    world = on_account
    world.add_week(run(FIFTEEN_HOURS - 6, 0, protected=True), run(6, 2, manual=True))
    assert world.week(world.sofia)["state"] == "OPEN"
    CLOCK.at(at(7))
    assert world.week(world.liam)["state"] == "REVIEW"
    CLOCK.at(at(7, 12))
    waiting = world.week(world.liam)
    assert (waiting["state"], waiting["billedDateTime"]) == ("BILLED", None)
    assert world.act("refundHours", world.sofia, minutes=10).code == "CONFLICT"
    world.souk.run_due(BILLED)
    assert world.balances() == (-102_375, 97_500, 0)
    client, freelancer = world.week(world.liam), world.week(world.sofia)
    assert (client["charge"], client["clientFee"], client["amount"]) == (
        {"rawValue": "1023.75"},
        {"rawValue": "48.75"},
        {"rawValue": "975.00"},
    )
    assert (client["vendorFee"], client["earnings"]) == (None, None)
    assert (freelancer["vendorFee"], freelancer["earnings"]) == ({"rawValue": "97.50"}, {"rawValue": "877.50"})
    assert (freelancer["charge"], freelancer["clientFee"]) == (None, None)
    assert client["billedDateTime"].startswith("2026-11-23T13:00")
    assert client["disputableUntilDateTime"] == "2026-11-28T00:00:00.000Z"
    assert client["closesDateTime"] == "2026-11-23T12:00:00.000Z"
    assert (client["trackedMinutes"], client["manualMinutes"], client["protectedMinutes"]) == (840, 60, 840)
    assert [(one["date"], one["trackedMinutes"], one["manualMinutes"]) for one in client["days"]] == [
        ("2026-11-16", 840, 0),
        ("2026-11-18", 0, 60),
    ]
    CLOCK.at(at(12))
    assert world.week(world.liam)["state"] == "RELEASED"
    assert world.balances() == (-102_375, 97_500, 0), "reading goes by the clock, before the booking is there"
    world.souk.run_due(RELEASED)
    world.souk.run_due(RELEASED)
    assert world.balances() == (-102_375, 0, 87_750)
    assert world.told() == ["SUBMIT", "RELEASE"]
    assert world.week(world.liam)["releasedDateTime"] == "2026-11-28T00:00:00.000Z"
    record = world.souk.table.read_tally(FREELANCER_RECORDS, SOFIA)
    assert (record.earned, record.received, record.minutes, record.hourly_jobs) == (97_500, 87_750, 900, 1)
    assert world.souk.table.read_tally(DAYS, SOFIA, "2026-11-28").minutes == 900
    assert world.souk.table.read_tally(CONTRACT_TOTALS, world.contract.id).minutes == 900
    assert world.souk.table.read_tally(CLIENT_RECORDS, ACME).spent == 102_375
    world.audit()


def test_refund_after_release_comes_from_earnings(on_account: TimesheetsWorld) -> None:
    world = on_account
    world.change_contract(terms=(world.contract.term.model_copy(update={"rate": 6_000}),))
    world.add_billed_week(run(6))
    world.souk.run_due(RELEASED)
    before = world.balances()
    given: dict[str, Any] = {"minutes": 10, "message": "One call was private", "idempotencyKey": "k"}
    back = world.done("refundHours", world.sofia, **given)
    assert world.done("refundHours", world.sofia, **given) == back, "the same request again changes nothing"
    assert world.act("refundHours", world.sofia, **{**given, "minutes": 20}).code == "CONFLICT"
    assert (back["refundedMinutes"], back["refundedAmount"]) == (10, {"rawValue": "10.00"})
    assert (back["amount"], back["vendorFee"], back["earnings"]) == (
        {"rawValue": "60.00"},
        {"rawValue": "5.00"},
        {"rawValue": "45.00"},
    )
    moved = [now - then for now, then in zip(world.balances(), before, strict=True)]
    assert moved == [1_050, 0, -900]
    (refund,) = (one for one in world.bookings() if one.kind is BookingKind.HOURLY_REFUND)
    assert refund.on(AccountKind.FEES) == -150
    assert world.souk.table.read_tally(FREELANCER_RECORDS, SOFIA).minutes == 50
    assert world.told() == ["SUBMIT", "RELEASE", "REFUND"]
    asked = "query ($id: ID!) { contractDetails(id: $id) { changes { action week minutes message author { id } } } }"
    change, *_ = world.liam.call(asked, {"id": world.contract.id}).data["contractDetails"]["changes"]
    assert change == {
        "action": "REFUND_HOURS",
        "week": WEEK,
        "minutes": 10,
        "message": "One call was private",
        "author": {"id": SOFIA},
    }
    world.audit()


def test_refund_of_impossible_minutes_is_refused(on_account: TimesheetsWorld) -> None:
    on_account.add_billed_week(run(6))
    for minutes in (0, -10, 15, 70, 2**31 - 1):
        assert on_account.act("refundHours", on_account.sofia, minutes=minutes).code == "UNPROCESSABLE_CONTENT"


def test_two_rates_refund_later_minutes_first(on_account: TimesheetsWorld) -> None:
    world = on_account
    first, at_noon = world.contract.term, "2026-11-18T12:00:00.000Z"
    later = first.model_copy(update={"id": "2", "rate": 9_000, "starts": at_noon})
    world.change_contract(terms=(first.model_copy(update={"ends": at_noon}), later))
    world.add_billed_week(run(3), run(3, 2, 1))
    assert [one["billableMinutes"] for one in world.week(world.liam)["terms"]] == [30, 30]
    assert world.done("refundHours", world.sofia, minutes=30)["refundedAmount"] == {"rawValue": "45.00"}
    assert world.done("refundHours", world.sofia, minutes=10)["refundedAmount"] == {"rawValue": "55.83"}
    assert world.balance(AccountKind.ESCROW) == 2_167
    world.souk.run_due(RELEASED)
    world.audit()


def test_week_without_amount_is_released_without_booking(on_account: TimesheetsWorld) -> None:
    world = on_account
    assert world.change_limit(world.liam, weeklyLimit="0").data
    world.change_contract(
        hour_limits=tuple(one.model_copy(update={"hours": 0}) for one in world.stored_contract().hour_limits)
    )
    world.add_week(run(6))
    CLOCK.at(at(7, 12))
    shown = world.week(world.liam)
    assert (shown["state"], shown["overtimeMinutes"], shown["billableMinutes"]) == ("RELEASED", 60, 0)
    world.souk.run_due(BILLED)
    assert world.week(world.liam)["state"] == "RELEASED"
    assert (world.bookings(), world.told()) == ([], [])


def test_history_shows_end_of_review(on_account: TimesheetsWorld) -> None:
    world = on_account
    world.add_billed_week(run(6))
    world.souk.run_due(RELEASED)
    asked = """query ($f: TransactionHistoryFilter) { transactionHistory(transactionHistoryFilter: $f) {
      transactionDetail { transactionHistoryRow { type accountingSubtype transactionReviewDueDate paymentGuaranteed
        relatedInvoiceId recordId } } } }"""
    given = {"aceIds_any": [ACME], "transactionDateTime_bt": {"rangeStart": "2026-11-01"}}
    data = world.olivia.call(asked, {"f": given}).data["transactionHistory"]
    rows = data["transactionDetail"]["transactionHistoryRow"]
    assert [(one["accountingSubtype"], one["type"]) for one in rows] == [
        ("Hourly", "Invoice"),
        ("Hourly Release", "Invoice"),
    ]
    assert {one["transactionReviewDueDate"] for one in rows} == {"2026-11-28T00:00:00.000Z"}
    assert {one["paymentGuaranteed"] for one in rows} == {False}
    assert {one["relatedInvoiceId"] for one in rows} == {rows[0]["recordId"]}


def test_running_week_is_billed_after_end_of_contract(on_account: TimesheetsWorld) -> None:
    world = on_account
    world.add_billed_week(run(6))
    escrow = world.balance(AccountKind.ESCROW)
    running = world.add_week(run(3), monday=BILLED.date())
    world.end_as_freelancer()
    assert world.balance(AccountKind.ESCROW) == escrow > 0, "the escrow of a week does not go back at the end"
    world.souk.run_due(at(14, 13))
    assert world.stored_week(week=running.week).stage == "BILLED"
    world.souk.run_due(at(30))
    assert world.balance(AccountKind.ESCROW) == 0
    world.audit()


def test_bill_from_funds(by_card: TimesheetsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    by_card.add_funds(10_000)
    monkeypatch.setattr(Sandbox, "charge", None)
    by_card.add_billed_week(run(6))
    assert by_card.balances() == (10_000 - 6_825, 6_500, 0)
    by_card.audit()


def test_bill_by_card(by_card: TimesheetsWorld) -> None:
    by_card.add_billed_week(run(6))
    assert by_card.balances() == (0, 6_500, 0)
    assert by_card.kinds() == ["Hourly", "Payment"]
    by_card.audit()


def test_released_hours_count_for_proposals(on_account: TimesheetsWorld) -> None:
    """Clients filter and sort applicants by the hours that they have billed."""
    world = on_account
    request = {"organizationId": ACME, "jobPostingInfo": hourly()}
    job = world.olivia.call(CREATE, {"request": request}).data["createJobPosting"]["id"]
    tx = world.souk.table.transaction()
    worked, idle = (create_proposal(tx, proposal(job, user_id)).id for user_id in (SOFIA, NOAH))
    tx.commit()

    def found(hours: str | None, order: str) -> list[str]:
        given = {"billedHours_eq": hours} if hours else None
        variables = {"id": job, "filter": given, "sort": {"field": "BILLEDHOURS", "sortOrder": order}}
        answer = world.olivia.call(APPLICANTS, variables)
        return [edge["node"]["id"] for edge in answer.data["clientProposals"]["edges"]]

    world.add_billed_week(run(FIFTEEN_HOURS))
    assert found("ONE_PLUS_HOURS_BILLED", "DESC") == [], "billed, and not released yet"
    world.souk.run_due(RELEASED)
    assert found("ONE_PLUS_HOURS_BILLED", "DESC") == [worked]
    assert found("HUNDRED_PLUS_HOURS_BILLED", "DESC") == []
    assert (found(None, "DESC"), found(None, "ASC")) == ([worked, idle], [idle, worked])
