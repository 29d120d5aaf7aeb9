"""The rules: states, retries, signatures, and checks of inputs."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from souk.domains.webhooks.messages import DeliveryMessage
from souk.domains.webhooks.model import Attempt, Delivery, DeliveryState, EventFilter, SubscriptionState
from souk.domains.webhooks.rules import requirements, retries, signing
from souk.domains.webhooks.rules.states import STEPS, Action, step
from souk.values.errors import Conflict, Unprocessable
from souk.values.moments import Period
from souk.values.problems import Problems
from souk.values.times import stamp
from tests.support.clock import CLOCK

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
MONTH = timedelta(days=30)
TEXT = st.characters(codec="utf-8")
STATUSES = st.one_of(st.none(), st.integers(100, 599))


def delivery(**fields: object) -> Delivery:
    valid = {
        "subscription_id": "1",
        "organization_id": "2",
        "event_id": "3",
        "entity": "JP",
        "action": "NEW",
        "entity_id": "4",
        "state": DeliveryState.PENDING,
        "next_attempt_date_time": stamp(NOW),
        "created_date_time": stamp(NOW),
        "expires": 5,
    }
    return Delivery.model_validate(valid | fields)


def attempt(status: int | None) -> Attempt:
    return Attempt(attempted_date_time=stamp(NOW), status_code=status, duration_ms=1)


@pytest.mark.parametrize(("state", "action"), list(product((None, *SubscriptionState), Action)))
def test_each_action_leads_to_a_state_or_an_error(state: SubscriptionState | None, action: Action) -> None:
    if (state, action) in STEPS:
        assert step(state, action) is STEPS[state, action]
        return
    with pytest.raises(Conflict) as refused:
        step(state, action)
    assert refused.value.message.endswith(".")


def test_only_approval_activates_a_subscription() -> None:
    to_active = {(state, action) for (state, action), to in STEPS.items() if to is SubscriptionState.ACTIVE}
    assert {state for state, action in to_active if action is not Action.APPROVE} == {
        SubscriptionState.ACTIVE,
        SubscriptionState.DISABLED,
    }
    assert all(to is SubscriptionState.REVIEW for (_, action), to in STEPS.items() if action is Action.MOVE)


@given(st.lists(STATUSES, min_size=1, max_size=12), st.floats(0, 1, exclude_max=True))
def test_delivery_ends_on_success_410_or_ten_attempts(statuses: list[int | None], chance: float) -> None:
    now, current = NOW, delivery()
    for status in statuses:
        before, current = current, retries.after_attempt(current, attempt(status), now, lambda: chance)
        assert current.turn == before.turn + 1
        assert len(current.attempts) == current.tried == before.tried + 1
        if status is not None and 200 <= status < 300:
            expected = DeliveryState.DELIVERED
        else:
            given_up = status == 410 or current.tried == 10
            expected = DeliveryState.FAILED if given_up else DeliveryState.PENDING
        assert current.state is expected
        assert (current.next_attempt_date_time is not None) is current.pending
        if not current.pending:
            break
        now = datetime.fromisoformat(current.next_attempt_date_time or "")
    assert now - NOW <= timedelta(days=3)


@given(st.integers(1, 10), st.floats(0, 1, exclude_max=True))
def test_waits_grow_and_jitter_is_at_most_a_fifth(tried: int, chance: float) -> None:
    wait = retries.wait(tried, lambda: chance)
    if tried == 10:
        assert wait is None
        return
    assert wait is not None
    longest = retries.WAITS[tried - 1]
    assert longest * 0.8 <= wait <= longest
    assert list(retries.WAITS) == sorted(retries.WAITS)


def test_requeued_delivery_keeps_its_attempts() -> None:
    failed = retries.after_attempt(delivery(tried=9, turn=9, attempts=[attempt(500)] * 9), attempt(500), NOW)
    again = retries.requeued(failed, NOW)
    assert (failed.state, again.state) == (DeliveryState.FAILED, DeliveryState.PENDING)
    assert (again.tried, again.turn, len(again.attempts)) == (0, failed.turn + 1, 10)
    assert DeliveryMessage.of(again) != DeliveryMessage.of(failed)


@given(st.text(TEXT, max_size=40), st.text(TEXT, max_size=40), st.integers(0, 10**9))
def test_messages_survive_encoding(first: str, second: str, number: int) -> None:
    message = DeliveryMessage(first, second, number)
    assert DeliveryMessage.decode(message.encode()) == message


@given(st.binary(min_size=1, max_size=80), st.text(TEXT, max_size=60))
def test_signatures_verify_only_with_their_secrets(master: bytes, body: str) -> None:
    salts = signing.new_salt(), signing.new_salt()
    old, new = (signing.derive_secret(master, "7", salt) for salt in salts)
    now = CLOCK.real()
    headers = signing.headers("42", body, now, [new, old])
    for secret in (old, new):
        Webhook(secret).verify(body.encode(), headers, json_parse=False)
    assert signing.derive_secret(master, "8", salts[0]) not in (old, new)
    assert signing.derive_secret(master + b"x", "7", salts[0]) != old
    assert headers["webhook-signature"].count("v1,") == 2


def test_secrets_follow_standard_webhooks() -> None:
    secret = signing.derive_secret(b"master", "7", "salt")
    assert secret.startswith("whsec_")
    assert len(secret) == len("whsec_") + 44, "32 bytes in base64: 24 to 64 are allowed"
    assert len({signing.new_salt() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("event_filter", "entity", "action", "matches"),
    [
        (EventFilter(entity="JP"), "JP", "NEW", True),
        (EventFilter(entity="JP", actions=("NEW",)), "JP", "NEW", True),
        (EventFilter(entity="JP", actions=("NEW",)), "JP", "CLOSE", False),
        (EventFilter(entity="JP"), "OFFER", "NEW", False),
    ],
)
def test_event_filter_matches(event_filter: EventFilter, entity: str, action: str, matches: bool) -> None:
    assert event_filter.matches(entity, action) is matches


@given(st.lists(st.tuples(st.sampled_from(["A", "B", "C"]), st.lists(st.sampled_from("xyz"), max_size=4)), max_size=5))
def test_accepted_events_are_in_the_catalog_once(entries: list[tuple[str, list[str]]]) -> None:
    known = {"A": ("x", "y"), "B": ("z",)}
    problems = Problems("input")
    requested = [EventFilter(entity=entity, actions=tuple(actions)) for entity, actions in entries]
    accepted = requirements.events(problems, "events", requested, known)
    entities = [one.entity for one in accepted]
    assert len(entities) == len(set(entities))
    for one in accepted:
        assert set(one.actions) <= set(known[one.entity])
        assert len(one.actions) == len(set(one.actions))
    valid = (
        0 < len(entries) <= 2
        and len({entity for entity, _ in entries}) == len(entries)
        and all(entity in known and set(actions) <= set(known[entity]) for entity, actions in entries)
    )
    if valid:
        problems.raise_if_any()
        assert len(accepted) == len(entries)
    else:
        with pytest.raises(Unprocessable):
            problems.raise_if_any()


_TIMES = st.none() | st.datetimes(timezones=st.just(UTC)).map(stamp)


@given(_TIMES, _TIMES)
def test_time_range_is_within_the_retention(first: str | None, last: str | None) -> None:
    try:
        begin, end = requirements.time_range(Period(first, last), NOW, MONTH)
    except Unprocessable:
        assert first is not None
        assert datetime.fromisoformat(first) > NOW
        return
    assert begin >= NOW - MONTH
    assert end <= NOW


def test_time_range_defaults_to_the_retention() -> None:
    assert requirements.time_range(Period(None, None), NOW, MONTH) == (NOW - MONTH, NOW)
    given_ends = Period("2026-06-20T00:00:00.000Z", "2026-06-20T22:00:00.000Z")
    assert requirements.time_range(given_ends, NOW, MONTH) == (
        datetime(2026, 6, 20, tzinfo=UTC),
        datetime(2026, 6, 20, 22, tzinfo=UTC),
    )
