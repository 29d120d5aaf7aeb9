"""The state table of contracts, and the sequences of terms and limits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.domains.agreements.model import RateIncrease, Side
from souk.domains.contracts.model import ChangedAs, Contract, ContractStatus, Hold, HourLimit, Term
from souk.domains.contracts.rules import changing, holds, limits, states, terms
from souk.domains.contracts.rules.changing import Author
from souk.domains.contracts.rules.states import Action
from souk.domains.market.model import ClientRecord
from souk.domains.market.rules import with_record
from souk.values.errors import Conflict, SoukError, Unprocessable
from souk.values.times import stamp
from tests.support.clock import new_id
from tests.support.worlds.contracts import FIXED_DONE, HOURLY_DONE, hourly_contract
from tests.support.worlds.jobs import ACME, organization
from tests.support.worlds.milestones import contract as fixed_contract

BEGUN = datetime(2026, 1, 31, 8, tzinfo=UTC)
SINCE = stamp(BEGUN)
WEEK = "2026-02-02"
NOW = stamp(BEGUN + timedelta(days=10))
CLIENT = Author("502", Side.CLIENT, NOW)
FREELANCER = Author("504", Side.FREELANCER, NOW)


def contract(status: ContractStatus = ContractStatus.ACTIVE, cadence: int = 0, by: int = 500) -> Contract:
    """Return an hourly contract that started in January. With a cadence it has scheduled raises."""
    agreed = RateIncrease(by=by, cadence_months=cadence) if cadence else None
    made = hourly_contract(starts=SINCE, status=status, rate_increase=agreed, enterprise=False)
    return made.model_copy(update={"next_raise": terms.first_raise(made)})


def act(action: Action, before: Contract, now: str = NOW) -> Contract:
    client, freelancer = Author("502", Side.CLIENT, now), Author("504", Side.FREELANCER, now)
    if action is Action.PAUSE:
        return changing.paused(before, client)
    if action is Action.RESTART:
        return changing.restarted(before, client)
    if action is Action.CHANGE_LIMIT:
        hours = (limits.current(before) or 0) + 1
        return changing.with_limit(before, hours % 169, new_id(), client)
    if action is Action.CHANGE_TIME_SETTINGS:
        manual = not before.term.manual_time_allowed
        return changing.with_time_settings(before, new_id(), client, manual=manual, hide=None)
    if action is Action.RAISE:
        return terms.raised(before, new_id(), now)
    is_held = before.model_copy(update={"held": {WEEK: Hold.DISPUTED}})
    others: dict[Action, Callable[[], Contract | None]] = {
        Action.HOLD: lambda: holds.held(before, WEEK, Hold.DISPUTED, new_id(), now),
        Action.LIFT_HOLD: lambda: holds.lifted(is_held, WEEK, now),
        Action.REFUND_HOURS: lambda: changing.hours_refunded(before, freelancer),
        Action.END_BY_CLIENT: lambda: changing.ended(before, HOURLY_DONE, client),
        Action.END_BY_FREELANCER: lambda: changing.ended(before, HOURLY_DONE, freelancer),
    }
    return others[action]() or before


@pytest.mark.parametrize(
    ("action", "status"), [*product((one for one in Action if one is not Action.BEGIN), ContractStatus)], ids=str
)
def test_every_row_of_state_table(action: Action, status: ContractStatus) -> None:
    before = contract(status, cadence=1)
    if status not in states.STEPS[action].since:
        with pytest.raises(Conflict, match=status):
            act(action, before)
        return
    after = act(action, before)
    assert after.status is (states.STEPS[action].to or status)
    assert after.modified == NOW
    by_clock = states.STEPS[action].actor is states.Actor.MARKETPLACE
    assert after.changed_as is (
        ChangedAs.SYSTEM
        if by_clock
        else ChangedAs.PROFESSIONAL
        if states.STEPS[action].actor is states.Actor.FREELANCER
        else ChangedAs.CLIENT
    )


def test_contract_starts_once() -> None:
    assert states.move(Action.BEGIN, None) is ContractStatus.ACTIVE
    for status in ContractStatus:
        with pytest.raises(Conflict):
            states.move(Action.BEGIN, status)
    for action in set(Action) - {Action.BEGIN}:
        with pytest.raises(Conflict):
            states.move(action, None)


def test_raises_follow_calendar() -> None:
    one = contract(cadence=1)
    seen = list[str]()
    while len(seen) < 5:
        assert one.next_raise is not None
        seen.append(one.next_raise[:10])
        assert not terms.raise_is_due(one, stamp(datetime.fromisoformat(one.next_raise) - timedelta(milliseconds=1)))
        assert terms.raise_is_due(one, one.next_raise)
        one = terms.raised(one, new_id(), one.next_raise)
    # The last day where a month is too short, and the same day again where it is not.
    assert seen == ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"]
    assert [term.rate for term in one.terms] == [4_500, 5_000, 5_500, 6_000, 6_500, 7_000]
    assert [(term.created_by_id, term.created_as) for term in one.terms[1:]] == [(None, ChangedAs.SYSTEM)] * 5
    check(one)


def test_raise_waits_for_end_of_pause() -> None:
    paused = changing.paused(contract(cadence=1), CLIENT)
    later = stamp(BEGUN + timedelta(days=100))
    assert not terms.raise_is_due(paused, later)
    again = changing.restarted(paused, Author("502", Side.CLIENT, later))
    assert terms.raise_is_due(again, later)
    raised = terms.raised(again, new_id(), later)
    assert [term.rate for term in raised.terms] == [4_500, 5_000], "one raise, though three months have passed"
    assert raised.term.starts == later
    assert raised.next_raise is not None
    assert raised.next_raise[:10] == "2026-05-31", "then by the calendar again"
    check(raised)


@pytest.mark.parametrize("cadence", [0, -1])
def test_no_raise_without_cadence(cadence: int) -> None:
    made = hourly_contract(rate_increase=RateIncrease(by=500, cadence_months=cadence))
    assert terms.first_raise(made) is None
    assert terms.first_raise(hourly_contract()) is None
    assert terms.first_raise(fixed_contract(rate_increase=RateIncrease(by=5, cadence_months=1))) is None
    assert terms.first_raise(hourly_contract(rate_increase=RateIncrease(by=5, cadence_months=10**9))) is None


def test_ending_closes_terms_and_limits() -> None:
    ended = changing.ended(contract(cadence=3), HOURLY_DONE, FREELANCER)
    assert (ended.ends, ended.ended_by_id, ended.reason_id, ended.next_raise) == (NOW, "504", HOURLY_DONE, None)
    assert (ended.term.ends, ended.hour_limits[-1].ends) == (NOW, NOW)
    with pytest.raises(Unprocessable, match="CONTRACT_END_HOURLY"):
        changing.ended(contract(), FIXED_DONE, FREELANCER)
    with pytest.raises(Unprocessable, match="CONTRACT_END_FIXED"):
        changing.ended(fixed_contract(), HOURLY_DONE, FREELANCER)


def test_changes_of_terms_and_limits_are_bounded() -> None:
    many = contract().model_copy(
        update={
            "terms": contract().terms * terms.MAX_TERMS,
            "hour_limits": contract().hour_limits * limits.MAX_LIMITS,
        }
    )
    assert len(many.model_dump_json()) < 300_000, "it can still be stored, and ended"
    with pytest.raises(Conflict, match="300 terms"):
        act(Action.CHANGE_TIME_SETTINGS, many)
    with pytest.raises(Conflict, match="300 weekly limits"):
        act(Action.CHANGE_LIMIT, many)
    assert act(Action.END_BY_CLIENT, many).status is ContractStatus.CLOSED


def test_limit_before_start_applies_from_start() -> None:
    early = Author("502", Side.CLIENT, stamp(BEGUN - timedelta(days=3)))
    changed = changing.with_limit(contract(), 30, new_id(), early)
    assert [(one.hours, one.starts, one.ends) for one in changed.hour_limits] == [(30, SINCE, None)]
    unlimited = contract().model_copy(update={"hour_limits": ()})
    assert changing.with_limit(unlimited, None, new_id(), CLIENT) is unlimited
    assert limits.current(changing.with_limit(unlimited, 0, new_id(), CLIENT)) == 0


def check(one: Contract) -> None:
    """Check that terms and limits have no gaps or overlaps, and that they end with the contract."""
    both: tuple[tuple[Term | HourLimit, ...], ...] = (one.terms, one.hour_limits)
    for parts in both:
        for before, after in pairwise(parts):
            assert before.ends == after.starts
            assert before.starts < after.starts
        assert parts[0].starts == SINCE
        last = parts[-1]
        assert (last.ends is None) == (one.status is not ContractStatus.CLOSED)
        assert last.ends is None or last.ends >= last.starts
    closed = one.status is ContractStatus.CLOSED
    assert all((part is None) != closed for part in (one.ends, one.ended_by_id, one.reason_id))
    assert one.next_raise is None or not closed


STEPS = st.lists(st.tuples(st.sampled_from(sorted(set(Action) - {Action.BEGIN})), st.integers(-5, 60_000)), max_size=40)


@given(STEPS, st.integers(0, 3))
def test_random_steps_reach_no_forbidden_state(steps: list[tuple[Action, int]], cadence: int) -> None:
    current, now = contract(cadence=cadence), BEGUN
    for action, minutes in steps:
        now += timedelta(minutes=max(minutes, 0))
        at = stamp(now)
        before = current
        try:
            if action is Action.RAISE and not terms.raise_is_due(before, at):
                continue
            current = act(action, before, at)
        except SoukError:
            assert current is before
            assert before.status not in states.STEPS[action].since or action is Action.RAISE or before.held
            continue
        assert before.status in states.STEPS[action].since
        assert current.status is (states.STEPS[action].to or before.status)
        assert current.terms[: len(before.terms) - 1] == before.terms[:-1], "what is over does not change"
        check(current)


@given(st.integers(0, 500), st.integers(0, 600))
def test_mean_of_reviews_is_exact(stars: int, count: int) -> None:
    client = organization(ACME, "Acme", feedback_score=4.8, feedback_count=count, total_hires=2, total_spent=5)
    seen = with_record(client, ClientRecord(hires=3, spent=-1, reviews=1, stars=stars))
    assert (seen.total_hires, seen.total_spent, seen.feedback_count) == (5, 4, count + 1)
    assert seen.feedback_score == (480 * count + stars) / (100 * (count + 1))
    assert with_record(client, ClientRecord()) == client
