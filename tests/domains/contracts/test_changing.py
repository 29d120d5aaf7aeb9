"""Pausing, restarting and ending contracts, and changing the weekly limit."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from souk.domains.contracts.model import ChangedAs, ContractStatus
from souk.domains.contracts.store import latest_changes
from souk.domains.ledger.model import AccountKind
from souk.domains.milestones.model import MilestoneState
from souk.domains.milestones.rules.requirements import MAX_OPEN
from souk.domains.milestones.store import milestones_of, put_milestone
from tests.support.clock import CLOCK
from tests.support.worlds.contracts import STRANGE_IDS, ContractsWorld
from tests.support.worlds.jobs import (
    LIAM,
    OLIVIA,
    SOFIA,
)
from tests.support.worlds.milestones import SINCE

CHANGES = """query ($id: ID!) { contractDetails(id: $id) { changes {
  id action dateTime message author { id } authorType weeklyLimit rate { rawValue } } } }"""

# Pausing and going on


def test_pause_and_restart(fixed: ContractsWorld) -> None:
    assert fixed.pause(fixed.liam, "Back on Monday").data == {"pauseContract": {"success": True}}
    shown = fixed.details(fixed.sofia)
    assert (shown["status"], shown["changedBy"], shown["changingUserType"]) == ("PAUSED", {"id": LIAM}, "CLIENT")
    assert fixed.older_contract(fixed.sofia)["paused"] is True
    assert fixed.pause(fixed.liam).code == "CONFLICT"
    milestone = fixed.mutate("createMilestoneV2", contractId=fixed.contract.id, depositAmount="1", description="More")
    assert milestone.code == "CONFLICT", "a paused contract gets no more work"
    assert fixed.restart(fixed.olivia).data == {"restartContract": {"success": True}}
    assert fixed.details(fixed.sofia)["status"] == "ACTIVE"
    assert fixed.restart(fixed.olivia).code == "CONFLICT"
    history = reversed(latest_changes(fixed.souk.table, fixed.contract.id))
    assert [(one.what, one.by_id, one.by, one.message) for one in history] == [
        ("BEGIN", LIAM, ChangedAs.CLIENT, None),
        ("PAUSE", LIAM, ChangedAs.CLIENT, "Back on Monday"),
        ("RESTART", OLIVIA, ChangedAs.CLIENT, None),
    ]


def test_only_hiring_people_pause_and_change_limit(hourly: ContractsWorld) -> None:
    acts = (hourly.pause, hourly.restart, lambda who: hourly.change_limit(who, weeklyLimit="1"))
    for act in acts:
        assert act(hourly.max).code == "FORBIDDEN"
        assert act(hourly.sofia).code == "FORBIDDEN"
        assert act(hourly.omar).code == "NOT_FOUND"
    assert hourly.stored_contract() == hourly.contract


@pytest.mark.parametrize("message", ["x" * 5_001, "\0", "\u202e", "a\x07b"])
def test_invalid_message_is_refused(hourly: ContractsWorld, message: str) -> None:
    answer = hourly.pause(hourly.liam, message)
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert answer.error["extensions"]["fields"][0]["path"] == "message"
    assert hourly.stored_contract().status is ContractStatus.ACTIVE


# The weekly limit


def test_new_limit_follows_old_limit(hourly: ContractsWorld) -> None:
    for wanted in ("30", "0", None, "168"):
        assert hourly.change_limit(hourly.liam, weeklyLimit=wanted).data
    shown = hourly.details(hourly.sofia)["hourlyLimits"]
    assert [one["weeklyLimit"] for one in shown][-1] == "168"
    assert hourly.older_contract(hourly.sofia)["weeklyHoursLimit"] == 168.0
    for before, after in pairwise(shown):
        assert before["endDate"] == after["startDate"]
    assert shown[0]["startDate"] == SINCE
    assert shown[-1]["endDate"] is None
    before = hourly.stored_contract()
    assert hourly.change_limit(hourly.liam, weeklyLimit="168", notifications={"notifyVendor": False}).data
    assert hourly.stored_contract() == before, "the same limit changes nothing"


def test_notifications_of_limits_are_refused(hourly: ContractsWorld) -> None:
    refused = hourly.change_limit(hourly.liam, weeklyLimit="30", notifications={"notifyVendor": True})
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert "notifications.notifyVendor: not supported" in refused.error["message"]


def test_both_sides_read_changes_with_messages(hourly: ContractsWorld) -> None:
    assert hourly.pause(hourly.liam, "Back in May").data
    assert hourly.restart(hourly.liam, "Here we are").data
    assert hourly.change_limit(hourly.liam, weeklyLimit="12").data
    for who in (hourly.liam, hourly.sofia):
        shown = who.call(CHANGES, {"id": hourly.contract.id}).data["contractDetails"]["changes"]
        assert [(one["action"], one["message"], one["weeklyLimit"]) for one in shown][:3] == [
            ("CHANGE_LIMIT", None, "12"),
            ("RESTART", "Here we are", None),
            ("PAUSE", "Back in May", None),
        ]
        assert (shown[0]["author"], shown[0]["authorType"], shown[0]["rate"]) == ({"id": LIAM}, "CLIENT", None)
    stranger = hourly.omar.call(CHANGES, {"id": hourly.contract.id})
    assert stranger.code == "NOT_FOUND"


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"notifications": {}},
        *({"weeklyLimit": wrong} for wrong in ("", "-1", "169", "1.5", "٣٠", "1e2", "9" * 5_000, "\0", " 4")),
    ],
)
def test_invalid_limit_is_refused(hourly: ContractsWorld, request_: dict[str, Any]) -> None:
    answer = hourly.change_limit(hourly.liam, **request_)
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert "updateHourlyLimitRequest.weeklyLimit" in answer.error["message"]
    bare = "mutation ($id: ID!) { updateContractHourlyLimit(contractId: $id) { success } }"
    assert hourly.liam.call(bare, {"id": hourly.contract.id}).code == "UNPROCESSABLE_CONTENT"


def test_fixed_price_has_no_weekly_limit(fixed: ContractsWorld) -> None:
    assert fixed.change_limit(fixed.liam, weeklyLimit="30").code == "CONFLICT"


# Ending


@pytest.mark.parametrize("by_client", [True, False])
def test_each_side_can_end_contract(hourly: ContractsWorld, by_client: bool) -> None:
    who, user_id, part = (hourly.liam, LIAM, "CLIENT") if by_client else (hourly.sofia, SOFIA, "PROFESSIONAL")
    assert hourly.end_contract(who, by_client=by_client).data
    shown = hourly.details(hourly.sofia)
    assert (shown["status"], shown["endedBy"], shown["changingUserType"]) == ("CLOSED", {"id": user_id}, part)
    assert shown["closingReason"] == {"id": "1201", "apiRef": "work-completed", "reason": "The work is done"}
    ended = shown["endDate"]
    assert CLOCK.market() - datetime.fromisoformat(ended) < timedelta(minutes=5)
    assert shown["terms"]["hourlyTerms"][0]["endDate"] == ended
    assert shown["hourlyLimits"][-1]["endDate"] == ended
    assert hourly.older_contract(hourly.sofia)["status"] == "CLOSED"
    for again in (hourly.end_contract(hourly.liam, by_client=True), hourly.end_contract(hourly.sofia, by_client=False)):
        assert again.code == "CONFLICT"
    for late in (
        hourly.pause(hourly.liam),
        hourly.restart(hourly.liam),
        hourly.change_limit(hourly.liam, weeklyLimit="1"),
    ):
        assert late.code == "CONFLICT"
    change = latest_changes(hourly.souk.table, hourly.contract.id)[0]
    assert (change.what, change.by_id, change.details) == (
        "END_BY_CLIENT" if by_client else "END_BY_FREELANCER",
        user_id,
        {"reason": "1201"},
    )


def test_side_cannot_use_other_sides_end_request(hourly: ContractsWorld) -> None:
    assert hourly.end_contract(hourly.sofia, by_client=True).code == "FORBIDDEN"
    assert hourly.end_contract(hourly.liam, by_client=False).code == "FORBIDDEN"
    assert hourly.end_contract(hourly.max, by_client=True).code == "FORBIDDEN"
    for by_client in (True, False):
        assert hourly.end_contract(hourly.omar, by_client=by_client).code == "NOT_FOUND"
        for strange in STRANGE_IDS:
            answer = hourly.end_contract(hourly.liam, by_client=by_client, contract_id=strange)
            assert answer.code == "NOT_FOUND"
    assert hourly.stored_contract().status is ContractStatus.ACTIVE


def test_paused_contract_can_end(hourly: ContractsWorld) -> None:
    hourly.pause(hourly.liam)
    hourly.end_as_freelancer()
    assert hourly.stored_contract().status is ContractStatus.CLOSED


@pytest.mark.parametrize("reason", ["", "1", "1211", "1301", "1" * 5_000, "\0"])
def test_unknown_end_reason_is_refused(hourly: ContractsWorld, reason: str) -> None:
    answer = hourly.end_contract(hourly.liam, by_client=True, reasonRef=reason)
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert "CONTRACT_END_HOURLY" in answer.error["message"]


def test_end_date_is_today_in_some_time_zone(hourly: ContractsWorld) -> None:
    today = CLOCK.market().date()
    for wrong in (
        str(today - timedelta(days=3)),
        str(today + timedelta(days=3)),
        "soon",
        "",
        "0001-01-01",
        "9999-12-31",
    ):
        assert hourly.end_contract(hourly.liam, by_client=True, endDate=wrong).code == "UNPROCESSABLE_CONTENT", wrong
    assert hourly.end_contract(hourly.liam, by_client=True, endDate=f"{today}T00:00+0000").data


def test_ending_refunds_escrow(fixed: ContractsWorld) -> None:
    funded, planned = fixed.add_funded_milestone(10_000), fixed.add_milestone(5_000)
    assert fixed.balance(AccountKind.ESCROW) == 10_000
    told = fixed.events()
    assert fixed.end_contract(fixed.liam, by_client=True).data
    assert fixed.balance(AccountKind.ESCROW) == 0
    assert fixed.balance(AccountKind.FUNDS) == 0, "the fee went back too"
    states = {
        one["id"]: one["state"] for one in fixed.details(fixed.sofia)["terms"]["fixedPriceTerms"][0]["milestones"]
    }
    assert states == {funded: "CancelledByClient", planned: "NotFundedClosed"}
    assert sorted(fixed.events()[len(told) :]) == sorted(("MILESTONE", "REFRESH", one) for one in (funded, planned))
    fixed.audit()


def test_client_must_answer_submitted_work_before_ending(fixed: ContractsWorld) -> None:
    fixed.add_submitted_milestone()
    assert fixed.end_contract(fixed.liam, by_client=True).code == "CONFLICT"
    assert fixed.stored_contract().status is ContractStatus.ACTIVE
    assert fixed.end_contract(fixed.sofia, by_client=False).data
    assert fixed.balance(AccountKind.ESCROW) == 0
    fixed.audit()


def test_maximum_of_open_milestones_end_with_contract(fixed: ContractsWorld) -> None:
    funded = fixed.add_funded_milestone(1_000)
    example = fixed.stored_milestone(funded).model_copy(
        update={"state": MilestoneState.NOT_FUNDED, "funded": 0, "escrow": 0, "charged_fee": 0, "version": 0}
    )
    tx = fixed.souk.table.transaction()
    for number in range(2, MAX_OPEN + 1):  # each with a checkout that is called off
        put_milestone(tx, example.model_copy(update={"id": f"{number}", "checkout_id": f"{number}"}))
    tx.commit()
    assert fixed.end_contract(fixed.liam, by_client=True, feedbackInfo={"skillsScore": 5}).data
    assert fixed.balance(AccountKind.ESCROW) == 0
    states = [one.state for one in milestones_of(fixed.souk.table, fixed.contract.offer_id)]
    assert sorted(states) == ["CancelledByClient", *["NotFundedClosed"] * (MAX_OPEN - 1)]
