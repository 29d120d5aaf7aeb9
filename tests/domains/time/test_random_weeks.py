"""Random weeks through the commands: whatever both sides try, the books and the timesheets agree."""

import random
from typing import Any

from souk.domains.contracts.model import Contract
from souk.domains.ledger.model import Account, AccountKind, BookingKind
from souk.domains.ledger.store import balance
from souk.domains.time.rules import amounts
from tests.support.api import Person
from tests.support.clock import CLOCK
from tests.support.worlds.contracts import hourly_contract
from tests.support.worlds.timesheets import BILLED, TimesheetsWorld, at, run

WEEKS = 8


def attempt(world: TimesheetsWorld, dice: random.Random, one: Contract) -> bool:
    """Try something that the stage of a week allows, and may be refused all the same. Return whether it was done."""
    sheet, minutes = world.stored_week(one), 10 * dice.randint(1, 8)
    dispute = {"reason": "OTHER", "message": "Why?", "minutes": dice.choice([None, minutes])}
    actions: list[tuple[str, Person, dict[str, Any]]] = [("refundHours", world.sofia, {"minutes": minutes})]
    if sheet.dispute is None:
        actions += [("disputeTimesheet", world.liam, dispute)] * 2
    elif sheet.stage == "DISPUTED":
        accepts = {"accept": dice.random() < 0.4, "message": "So"}
        resolved = {"refundMinutes": 10 * dice.randint(0, sheet.dispute.minutes // 10)}
        actions = [
            ("answerTimesheetDispute", world.sofia, accepts),
            ("withdrawTimesheetDispute", world.liam, {}),
            ("resolveTimesheetDispute", world.operator, resolved),
        ]
    name, who, given = dice.choice(actions)
    answer = world.act(name, who, contractId=one.id, **given)
    if "errors" not in answer.json:
        return True
    assert answer.code in {"CONFLICT", "UNPROCESSABLE_CONTENT"}
    return False


def test_random_weeks_through_commands(on_account: TimesheetsWorld) -> None:
    world, dice = on_account, random.Random(40)  # noqa: S311 - no secret
    contracts = [
        world.add_contract(hourly_contract(dice.randint(100, 20_000), dice.choice([None, 5]))) for _ in range(WEEKS)
    ]
    for one in contracts:
        days = sorted(dice.choices(range(7), k=dice.randint(1, 3)))
        world.add_week(*(run(dice.randint(1, 20), day) for day in days), contract=one)
    world.souk.run_due(BILLED)
    done = 0
    for day in (7, 8, 10, 11):
        CLOCK.at(at(day, 14))
        done += sum(attempt(world, dice, dice.choice(contracts)) for _ in range(10))
    world.souk.run_due(at(14))
    for edge in world.weeks(world.operator)["edges"]:
        id_ = edge["node"]["contractId"]
        world.done("resolveTimesheetDispute", world.operator, contractId=id_, refundMinutes=0)
    assert done > 2 * WEEKS
    sheets = [world.stored_week(one) for one in contracts]
    assert {one.stage for one in sheets} == {"RELEASED"}
    pairs = [(one.bill, one.refunded) for one in sheets if one.bill]
    kept = [amounts.kept(*pair) for pair in pairs]
    assert world.balance(AccountKind.FUNDS) == -sum(kept) - sum(amounts.client_fee(*pair) for pair in pairs)
    assert world.balance(AccountKind.EARNINGS) == sum(kept) - sum(amounts.vendor_fee(*pair) for pair in pairs)
    for one in contracts:
        assert balance(world.souk.table, Account(kind=AccountKind.ESCROW, owner=one.id, currency="USD")) == 0
        assert world.stored_contract_of(one).held == {}
    booked = [one.deal.contract_id for one in world.bookings() if one.kind is BookingKind.HOURLY]
    assert sorted(booked) == sorted(one.id for one in contracts), "none twice, and none never"
    world.audit()
