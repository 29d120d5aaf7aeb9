"""Unit tests of the proposal rules: content, bids, notes and offers."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from souk.domains.jobs.model import Job, JobType, PostingInfo, Question, Status
from souk.domains.offers.model import OfferState
from souk.domains.proposals.inputs import AnswerIn, MilestoneIn, MoneyIn
from souk.domains.proposals.model import ClientStatus, Proposal, VendorStatus
from souk.domains.proposals.rules import applying, bids, notes
from souk.domains.proposals.rules.inviting import acceptance_action, current_offer
from souk.domains.proposals.rules.states import STEPS, Action
from souk.values.errors import Unprocessable
from souk.values.problems import Problems
from tests.support.worlds.milestones import LATER, PARTIES, SINCE, offer

IDS = ("7100000000000000001", "7100000000000000002", "7100000000000000003")


def job(**info: object) -> Job:
    return Job(
        id="7",
        organization_id="1",
        company_id="1",
        owner_id="2",
        currency="USD",
        status=Status.REQUESTED,
        created=SINCE,
        modified=SINCE,
        changed_by_id="2",
        last_client_activity=SINCE,
        info=PostingInfo.model_validate({"type": JobType.FIXED_PRICE, **info}),
        questions=tuple(
            Question(id=id_, question=f"Question {at}", user_id="2", created=SINCE, modified=SINCE)
            for at, id_ in enumerate(IDS, 1)
        ),
    )


def proposal(status: ClientStatus, amount: int, *, invited: bool = False) -> Proposal:
    return Proposal(
        id="8",
        job_id="7",
        parties=PARTIES,
        hourly=False,
        amount=amount,
        currency="USD",
        vendor_status=VendorStatus.ACCEPTED,
        client_status=status,
        interviewed=invited,
        created=SINCE,
        modified=SINCE,
        created_by_id="9",
        modified_by_id=None,
    )


def money(minor: int) -> MoneyIn:
    return MoneyIn(amount=f"{minor // 100}.{minor % 100:02}", currency="USD")


@given(some.lists(some.sampled_from([*IDS, "1", "2", "3", "0", "4", "", "01", "²"]), max_size=5))
def test_answers_need_one_per_question(named: list[str]) -> None:
    meant = [IDS[int(one) - 1] if one in ("1", "2", "3") else one for one in named]
    problems = Problems("input")
    found = applying.answers(problems, job(), [AnswerIn(question_id=one, answer=f"To {one}") for one in named])
    if sorted(meant) == sorted(IDS):
        problems.raise_if_any()
        assert [one.question_id for one in found] == list(IDS)
        assert {one.answer for one in found} == {f"To {one}" for one in named}
    else:
        with pytest.raises(Unprocessable):
            problems.raise_if_any()


@given(some.lists(some.integers(1, 10**9), min_size=1, max_size=applying.MAX_PLAN), some.integers(-3, 3))
def test_plan_adds_up_to_price(parts: list[int], off: int) -> None:
    problems, price = Problems("input"), sum(parts) + off
    given_parts = [MilestoneIn(description="Part", amount=money(one)) for one in parts]
    found = applying.plan(problems, given_parts, job(), price, "USD")
    if off:
        with pytest.raises(Unprocessable, match="add up"):
            problems.raise_if_any()
    else:
        problems.raise_if_any()
        assert [one.amount for one in found] == parts


@given(some.text(max_size=30))
def test_amount_text_is_parsed_or_refused(text: str) -> None:
    problems = Problems("input")
    found = applying.charge(problems, MoneyIn(amount=text, currency="USD"), job(), "USD")
    if found <= 0:
        with pytest.raises(Unprocessable):
            problems.raise_if_any()


@given(some.lists(some.tuples(some.sampled_from(["terms", "talk", "back", "again"]), some.integers(1, 10**6))))
def test_bid_differences_match_a_recount(steps: list[tuple[str, int]]) -> None:
    """The sum of the differences is equal to a recount."""
    now = proposal(ClientStatus.CREATED, 100)
    totals = dict(bids.difference(None, now))
    for step, amount in steps:
        gone = now.client_status is ClientStatus.WITHDRAWN
        if gone is not (step == "again"):
            continue
        after = {
            "terms": now.model_copy(update={"amount": amount}),
            "talk": now.model_copy(
                update={"client_status": ClientStatus.ACTIVATED, "messaged": True, "interviewed": True}
            ),
            "back": now.model_copy(update={"client_status": ClientStatus.WITHDRAWN}),
            "again": now.model_copy(update={"client_status": ClientStatus.CREATED, "amount": amount}),
        }[step]
        for name, by in bids.difference(now, after).items():
            totals[name] = totals.get(name, 0) + by
        now = after
    assert {name: total for name, total in totals.items() if total} == dict(bids.difference(None, now))


def test_bids_of_invitation_accepted_after_offer() -> None:
    invited = proposal(ClientStatus.OFFERED, 100, invited=True)
    assert bids.difference(None, invited) == {
        "interviewed": 1,
        "bids": 1,
        "bid_total": 100,
        "interviewed_bids": 1,
        "interviewed_bid_total": 100,
    }


def test_offer_to_accept() -> None:
    now = datetime.fromisoformat("2026-06-01T00:00:00Z")
    expired = offer(id="1", expires=SINCE)
    first, second = (offer(id=id_, state=OfferState.COMMITTED, expires=SINCE) for id_ in ("2", "10"))
    waiting = offer(id="3", expires=LATER)
    assert current_offer([], now) is None
    assert current_offer([expired], now) is None
    assert current_offer([second, first, expired], now) is second
    assert current_offer([second, waiting], now) is waiting
    assert acceptance_action(None) is Action.ACCEPT_INVITATION
    assert STEPS[acceptance_action(waiting)].to is ClientStatus.OFFERED
    assert STEPS[acceptance_action(second)].to is ClientStatus.HIRED


@pytest.mark.parametrize(("given", "accepted"), [(None, True), ("3", True), ("", False), ("9", False)])
def test_duration_must_be_known(given: str | None, accepted: bool) -> None:
    problems = Problems("input")
    assert applying.duration(problems, given) == given
    if accepted:
        problems.raise_if_any()
        return
    with pytest.raises(Unprocessable, match="estimatedDurationId"):
        problems.raise_if_any()


def test_text_without_reason_means_other() -> None:
    problems = Problems("input")
    found = notes.read_note(problems, "PROPOSAL_REJECT", ("reason", None), ("otherReason", " Too far \n"))
    problems.raise_if_any()
    assert found is not None
    assert (found.reason_id, found.text) == ("1810", "Too far")
    assert notes.read_note(problems, "PROPOSAL_REJECT", ("reason", None), ("otherReason", " "), message="") is None
