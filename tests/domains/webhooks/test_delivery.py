"""Deliveries: their recipients, content, signatures and retries."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from souk.domains.webhooks.messages import DeliveryQueue
from souk.domains.webhooks.model import DeliveryState
from souk.domains.webhooks.rules.retries import MAX_ATTEMPTS, WAITS
from souk.domains.webhooks.store import create_subscription
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import ACME, BUILD, DESIGN, RIVAL, STUDIO
from tests.support.worlds.webhooks import DELETE, ROTATE, UPDATE, URL, WebhookWorld

OTHER = "https://slow.rival.test/"


def test_body_has_exactly_the_contract_fields(world: WebhookWorld) -> None:
    world.subscribe(world.olivia, OFFER=[])
    event_id = world.publish(ACME, entity="OFFER", action="CREATE", id_="123456789")
    world.deliver()
    (request,) = world.addresses.requests
    assert (request.url, request.body) == (URL, b'{"entity":"OFFER","action":"CREATE","id":"123456789"}')
    assert request.headers["webhook-id"] == event_id


def test_delivery_is_signed_by_standard_webhooks(world: WebhookWorld) -> None:
    _, secret = world.subscribe(world.olivia)
    _, other = world.subscribe(world.omar)
    world.publish(ACME)
    world.deliver()
    (request,) = world.addresses.requests
    assert Webhook(secret).verify(request.body, request.headers) == {"entity": "JP", "action": "NEW", "id": "77"}
    for body, key in ((request.body.replace(b"77", b"78"), secret), (request.body, other)):
        with pytest.raises(WebhookVerificationError):
            Webhook(key).verify(body, request.headers)


def test_previous_secret_signs_for_a_day(world: WebhookWorld) -> None:
    id_, old = world.subscribe(world.olivia)
    new = world.olivia.call(ROTATE, {"id": id_}).data["rotateWebhookSecret"]["secret"]
    signatures = []
    for _ in range(2):
        world.publish(ACME)
        world.deliver()
        headers = world.addresses.requests[-1].headers
        signatures.append(headers["webhook-signature"].split())
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        body = world.addresses.requests[-1].body.decode()
        assert Webhook(new).sign(headers["webhook-id"], at, body) == signatures[-1][0]
        assert (Webhook(old).sign(headers["webhook-id"], at, body) in signatures[-1]) is (len(signatures) == 1)
        CLOCK.wait(hours=24, seconds=1)
    assert [len(one) for one in signatures] == [2, 1]


def test_subscription_gets_only_its_own_matching_events(world: WebhookWorld) -> None:
    acme, _ = world.subscribe(world.olivia, "https://a.test/", JP=["NEW"], OFFER=[])
    rival, _ = world.subscribe(world.omar, "https://r.test/", JP=[])
    world.publish(ACME)
    world.publish(RIVAL)
    world.publish(ACME, action="CLOSE")
    world.publish(ACME, entity="OFFER", action="EXPIRED")
    world.publish(ACME, entity="MILESTONE", action="REFRESH")
    world.publish(STUDIO)
    world.publish()
    world.publish("", "#", "REVIEW", "EVERYBODY")
    world.deliver()
    assert [(one.url, one.json["entity"], one.json["action"]) for one in world.addresses.requests] == [
        ("https://a.test/", "JP", "NEW"),
        ("https://r.test/", "JP", "NEW"),
        ("https://a.test/", "OFFER", "EXPIRED"),
    ]
    assert (len(world.deliveries(acme)), len(world.deliveries(rival))) == (2, 1)


def test_company_gets_team_events_and_team_only_its_own(world: WebhookWorld) -> None:
    company, _ = world.subscribe(world.olivia)
    tx = world.souk.table.transaction()
    design = world.subscription(company, ACME).model_copy(update={"id": "1", "organization_id": DESIGN})
    create_subscription(tx, design)
    tx.commit()
    world.publish(DESIGN, ACME)
    world.publish(BUILD, ACME)
    assert (len(world.deliveries(company)), len(world.deliveries("1"))) == (2, 1)


def test_duplicate_bus_event_is_delivered_once(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    detail = {
        "id": "1234567890123456789",
        "occurredAt": "",
        "payload": {"entity": "JP", "action": "NEW", "id": "7"},
        "audience": [ACME, ACME],
    }
    world.fan_out(detail)
    world.fan_out(detail)
    assert world.deliver() == 2, "the second message has a turn that has passed"
    world.fan_out(detail)
    assert world.deliver() == 0
    assert len(world.addresses.requests) == 1
    assert world.delivery(id_).state is DeliveryState.DELIVERED


def test_event_id_is_the_same_for_all_subscriptions(world: WebhookWorld) -> None:
    first, _ = world.subscribe(world.olivia, "https://a.test/1")
    second, _ = world.subscribe(world.olivia, "https://a.test/2")
    event_id = world.publish(ACME)
    world.deliver()
    assert {one.headers["webhook-id"] for one in world.addresses.requests} == {event_id}
    assert world.delivery(first).id != world.delivery(second).id


def test_failing_address_gets_ten_attempts_in_three_days(world: WebhookWorld) -> None:
    id_, secret = world.subscribe(world.olivia)
    world.addresses.statuses[URL] = 503
    world.publish(ACME)
    begun = CLOCK.real()
    world.deliver()
    times = [CLOCK.real()]
    while next_at := world.delivery(id_).next_attempt_date_time:
        assert world.delivery(id_).state is DeliveryState.PENDING
        due = datetime.fromisoformat(next_at)
        assert WAITS[len(times) - 1] * 0.8 <= due - CLOCK.real() <= WAITS[len(times) - 1]
        world.wait(due - CLOCK.real() - timedelta(milliseconds=1))
        assert len(world.addresses.requests) == len(times), "not before it is due"
        world.wait(timedelta(milliseconds=2))
        times.append(CLOCK.real())
    delivery = world.delivery(id_)
    assert len(world.addresses.requests) == len(delivery.attempts) == MAX_ATTEMPTS == 10
    assert delivery.state is DeliveryState.FAILED
    assert timedelta(hours=56) < CLOCK.real() - begun < timedelta(days=3)
    assert {one.status_code for one in delivery.attempts} == {503}
    assert len({one.headers["webhook-id"] for one in world.addresses.requests}) == 1
    assert len({one.headers["webhook-timestamp"] for one in world.addresses.requests}) == 10
    assert all(one.headers["webhook-signature"] for one in world.addresses.requests)
    world.wait(timedelta(days=4))
    assert len(world.addresses.requests) == 10
    assert secret


def test_attempt_waits_in_real_time(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.addresses.statuses[URL] = 503
    world.publish(ACME)
    world.deliver()
    CLOCK.at(CLOCK.real() + timedelta(days=30))
    world.wait(timedelta(0))
    assert len(world.addresses.requests) == 1, "the deadline is due in market time, the attempt is not in real time"
    world.wait(timedelta(minutes=1))
    assert len(world.addresses.requests) == len(world.delivery(id_).attempts) == 2
    timestamps = [int(one.headers["webhook-timestamp"]) for one in world.addresses.requests]
    assert timestamps[1] - timestamps[0] == 60


@pytest.mark.parametrize("status", [None, 301, 400, 404, 429, 500])
def test_failed_delivery_is_retried_until_accepted(world: WebhookWorld, status: int | None) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.addresses.statuses[URL] = status
    world.publish(ACME)
    world.deliver()
    del world.addresses.statuses[URL]
    world.wait(timedelta(minutes=1))
    delivery = world.delivery(id_)
    assert [one.status_code for one in delivery.attempts] == [status, 200]
    assert (delivery.state, delivery.next_attempt_date_time) == (DeliveryState.DELIVERED, None)
    world.wait(timedelta(days=4))
    assert len(world.addresses.requests) == 2


def test_410_disables_the_subscription(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.addresses.statuses[URL] = 410
    world.publish(ACME)
    world.deliver()
    disabled = world.subscription(id_, ACME)
    assert (disabled.state, disabled.state_reason) == ("DISABLED", "The address answered 410 (gone).")
    assert world.delivery(id_).state is DeliveryState.FAILED
    world.publish(ACME)
    world.wait(timedelta(days=4))
    assert len(world.addresses.requests) == 1
    assert [one.state for one in world.deliveries(id_)] == ["FAILED", "FAILED"]


def test_410_from_the_old_address_is_ignored(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.addresses.statuses[URL] = 410
    world.addresses.during_post = lambda: (
        world.olivia.call(UPDATE, {"input": {"id": id_, "url": "https://new.test/"}}),
        world.review(id_),
    )
    world.publish(ACME)
    world.deliver()
    assert world.subscription(id_, ACME).state == "ACTIVE"


def test_inactive_subscriptions_are_sent_nothing(world: WebhookWorld) -> None:
    in_review = world.create(world.olivia, JP=[]).data["createWebhookSubscription"]["subscription"]["id"]
    stopped, _ = world.subscribe(world.olivia)
    world.olivia.call(UPDATE, {"input": {"id": stopped, "enabled": False}})
    rejected, _ = world.subscribe(world.olivia)
    world.review(rejected, approve=False)
    world.publish(ACME)
    assert world.deliver() == 0
    for id_ in (in_review, stopped):
        delivery = world.delivery(id_)
        assert (delivery.state, delivery.attempts, delivery.next_attempt_date_time) == ("FAILED", (), None)
    assert world.deliveries(rejected) == []
    world.wait(timedelta(days=4))
    assert world.addresses.requests == []


def test_stopping_a_subscription_fails_pending_deliveries(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.addresses.statuses[URL] = 500
    world.publish(ACME)
    world.deliver()
    world.publish(ACME)
    world.olivia.call(UPDATE, {"input": {"id": id_, "enabled": False}})
    world.deliver()
    world.wait(timedelta(days=4))
    assert len(world.addresses.requests) == 1
    assert {one.state for one in world.deliveries(id_)} == {DeliveryState.FAILED}


def test_deleted_subscription_is_sent_nothing(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.publish(ACME)
    assert world.olivia.call(DELETE, {"id": id_}).data
    assert world.deliver() == 1
    assert world.addresses.requests == []


def test_slow_address_uses_the_slow_queue(world: WebhookWorld) -> None:
    slow, _ = world.subscribe(world.omar, OTHER)
    quick, _ = world.subscribe(world.olivia)
    world.addresses.milliseconds[OTHER] = 9_000
    world.publish(RIVAL)
    world.deliver()
    assert (world.processed[DeliveryQueue.STANDARD], world.processed[DeliveryQueue.SLOW]) == (1, 0)
    for _ in range(3):
        world.publish(RIVAL, ACME)
    world.deliver()
    assert (world.processed[DeliveryQueue.STANDARD], world.processed[DeliveryQueue.SLOW]) == (7, 3)
    assert {one.state for one in (*world.deliveries(slow), *world.deliveries(quick))} == {DeliveryState.DELIVERED}
    world.addresses.milliseconds.clear()
    CLOCK.wait(minutes=11)
    world.publish(RIVAL)
    world.deliver()
    assert (world.processed[DeliveryQueue.STANDARD], world.processed[DeliveryQueue.SLOW]) == (8, 3), (
        "the address is fast again"
    )


def test_delivery_takes_one_read_and_one_write(world: WebhookWorld) -> None:
    world.subscribe(world.olivia)
    world.publish(ACME)
    before = world.worker._table.trips  # noqa: SLF001 - counts its calls
    world.deliver()
    assert world.worker._table.trips - before == 2  # noqa: SLF001


def test_fan_out_cost_is_independent_of_subscriptions(world: WebhookWorld) -> None:
    trips = []
    for number in (1, 14):
        for _ in range(number):
            world.subscribe(world.olivia)
        before = world.fanout_table.trips
        world.publish(ACME, DESIGN)
        trips.append(world.fanout_table.trips - before)
        world.deliver()
    assert trips == [4, 4], "one read for each organization, one of their standings, and one write"


def test_public_gig_events_reach_all_subscribers(world: WebhookWorld) -> None:
    world.subscribe(world.olivia, "https://a.test/", GIG=[])
    world.subscribe(world.omar, "https://r.test/", GIG=["PUBLISH"])
    world.publish("*", entity="GIG", action="PUBLISH")
    world.publish("*", entity="GIG", action="PAUSE")
    world.deliver()
    assert [(one.url, orjson.loads(one.body)["action"]) for one in world.addresses.requests] == [
        ("https://a.test/", "PUBLISH"),
        ("https://r.test/", "PUBLISH"),
        ("https://a.test/", "PAUSE"),
    ]
