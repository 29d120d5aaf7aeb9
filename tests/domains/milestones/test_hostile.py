"""Hostile inputs to the mutations of milestones: each gets a clear error and changes nothing."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from souk.domains.milestones.model import Milestone, MilestoneState
from souk.domains.milestones.rules import ordering, requirements
from souk.domains.milestones.rules.states import PENDING
from souk.values.errors import Unprocessable
from souk.values.money import MAX_MINOR
from souk.values.problems import Problems
from tests.support.worlds.milestones import MilestonesWorld

IDS = ["", "0", "#", "1#MILESTONE", "\0", "a" * 5_000, "MILESTONES#1", "'; --", "é", "1/2"]
AMOUNTS = ["", " ", "0", "-1", "1.5", "1e3", "+1", "\u0661", "0x10", "NaN", "9" * 14, "9" * 5_000, "1_000", "\0", "1 "]
TEXTS = ["", "   ", "\0", "a" * 5_001, "\u202eevil", "\ud7ff\u2066"]
DATES = ["soon", "2026-02-30", "0", "2026", "99999-01-01", "2026-01-01\0", "a" * 5_000]


@pytest.mark.parametrize("id_", IDS)
def test_unknown_id_is_not_found(world: MilestonesWorld, id_: str) -> None:
    world.add_milestone()
    for field, given_, shown in (
        ("editMilestone", {"description": "A"}, "{ id }"),
        ("deleteMilestone", {}, ""),
        ("activateMilestone", {}, "{ id }"),
        ("submitMilestone", {}, "{ id }"),
        ("approveMilestone", {"paidAmount": "1"}, "{ id }"),
        ("rejectSubmittedMilestone", {}, "{ response }"),
    ):
        assert world.mutate(field, None, shown, id=id_, **given_).code == "NOT_FOUND", field
    for name in ("offerId", "contractId"):
        wanted: dict[str, Any] = {name: id_, "description": "A", "depositAmount": "1"}
        assert world.mutate("createMilestoneV2", **wanted).code == "NOT_FOUND"


@pytest.mark.parametrize("amount", AMOUNTS)
def test_invalid_amount_is_refused(world: MilestonesWorld, amount: str) -> None:
    wanted: dict[str, Any] = {"contractId": world.contract.id, "description": "A", "depositAmount": amount}
    assert "input.depositAmount" in refused(world, "createMilestoneV2", **wanted)
    id_ = world.add_submitted_milestone()
    assert "input.paidAmount" in refused(world, "approveMilestone", id=id_, paidAmount=amount)
    if amount not in ("", "0"):
        assert "input.bonusAmount" in refused(world, "approveMilestone", id=id_, paidAmount="10000", bonusAmount=amount)


def test_submission_above_escrow_is_refused(world: MilestonesWorld) -> None:
    id_ = world.add_funded_milestone(500)
    for amount in ("501", "0", "9" * 13):
        answer = world.mutate("submitMilestone", world.sofia, id=id_, amount=amount)
        assert answer.code == "UNPROCESSABLE_CONTENT"
    assert world.mutate_milestone("submitMilestone", world.sofia, id=id_, amount="499")["state"] == "Submitted"


@pytest.mark.parametrize("text", TEXTS)
def test_empty_description_is_refused(world: MilestonesWorld, text: str) -> None:
    wanted: dict[str, Any] = {"contractId": world.contract.id, "description": text, "depositAmount": "1"}
    assert "input.description" in refused(world, "createMilestoneV2", **wanted)
    id_ = world.add_milestone()
    assert "input.description" in refused(world, "editMilestone", id=id_, description=text)


@pytest.mark.parametrize("date", DATES)
def test_invalid_date_is_refused(world: MilestonesWorld, date: str) -> None:
    id_ = world.add_milestone()
    assert "input.dueDate" in refused(world, "editMilestone", id=id_, dueDate=date)


@pytest.mark.parametrize("ids", [["0"], ["1", "1"], [str(one) for one in range(21)], ["#\0"]])
def test_unknown_file_is_refused(world: MilestonesWorld, ids: list[str]) -> None:
    id_ = world.add_milestone()
    assert "input.attachments" in refused(world, "editMilestone", id=id_, attachments=ids)
    wanted: dict[str, Any] = {"contractId": world.contract.id, "description": "A", "depositAmount": "1"}
    assert "input.attachmentIds" in refused(world, "createMilestoneV2", **wanted, attachmentIds=ids)


@pytest.mark.parametrize("place", [0, -1, 2, 2**31 - 1, -(2**31)])
def test_invalid_position_is_refused(world: MilestonesWorld, place: int) -> None:
    id_ = world.add_milestone()
    assert "input.sequenceId" in refused(world, "editMilestone", id=id_, sequenceId=place)


@pytest.mark.parametrize("given_", [{}, {"offerId": "1", "contractId": "1"}])
def test_milestone_needs_offer_or_contract(world: MilestonesWorld, given_: dict[str, Any]) -> None:
    assert "offerId or a contractId" in refused(world, "createMilestoneV2", **given_)


def test_missing_input_is_refused(world: MilestonesWorld) -> None:
    for field, shown in (
        ("editMilestone", "{ id }"),
        ("deleteMilestone", ""),
        ("activateMilestone", "{ id }"),
        ("rejectSubmittedMilestone", "{ response }"),
    ):
        assert world.liam.call(f"mutation {{ {field} {shown} }}").code == "UNPROCESSABLE_CONTENT"


def refused(world: MilestonesWorld, field: str, **given_: Any) -> str:
    before = world.bookings(), world.events()
    answer = world.mutate(field, None, "{ id }", **given_)
    assert answer.code == "UNPROCESSABLE_CONTENT", answer.json
    # What is planned between two calls is told; what is refused is not.
    assert (world.bookings(), world.events()) == before
    return str(answer.error["message"])


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=60))
def test_any_text_is_amount_or_refused(text: str) -> None:
    problems = Problems("input")
    value = requirements.amount(problems, "amount", text, "USD")
    try:
        problems.raise_if_any()
    except Unprocessable:
        return
    assert text.isascii()
    assert 1 <= value == int(text) <= MAX_MINOR


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(st.data())
def test_moves_keep_positions_unique(data: st.DataObject) -> None:

    states = data.draw(st.lists(st.sampled_from(MilestoneState), min_size=1, max_size=8))
    there = [
        Milestone(
            id=str(at),
            offer_id="1",
            currency="USD",
            state=state,
            sequence=at * 2 + 1,
            deposit=1,
            created_by_id="1",
            created="",
            modified="",
        )
        for at, state in enumerate(states)
    ]
    mover, place = data.draw(st.sampled_from(there)), data.draw(st.integers(-1, 20))
    places = {one.id: one.sequence for one in there}
    try:
        changed = ordering.moved(there, mover.id, place)
    except Unprocessable:
        return
    after = {**places, **changed}
    assert after[mover.id] == place
    assert sorted(after.values()) == sorted(places.values())
    assert all(one.state in PENDING for one in there if one.id in changed)
    others = [one.id for one in there if one.state in PENDING and one is not mover]
    assert sorted(others, key=lambda one: after[one]) == others
