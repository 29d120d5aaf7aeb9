"""Concurrent calls and processes that end at the wrong moment lose nothing and record nothing twice."""

from datetime import timedelta
from typing import Any

import pytest

from souk.domains.webhooks.messages import DeliveryMessage, DeliveryQueue
from souk.domains.webhooks.model import DeliveryState
from souk.domains.webhooks.store import MAX_SUBSCRIPTIONS, subscriptions_of
from souk.values.errors import SoukError
from tests.support.racing import CALLERS, at_once, together
from tests.support.worlds.jobs import ACME
from tests.support.worlds.webhooks import ROTATE, URL, WebhookWorld

EVENT = {
    "id": "1576012345678901234",
    "occurredAt": "",
    "payload": {"entity": "JP", "action": "NEW", "id": "7"},
    "audience": [ACME],
}


def test_concurrent_fan_outs_create_one_delivery(world: WebhookWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    id_, _ = world.subscribe(world.olivia)
    together(monkeypatch, lambda: world.fan_out(EVENT))
    assert world.delivery(id_).event_id == EVENT["id"]
    world.deliver()
    assert len(world.addresses.requests) == 1


def test_concurrent_attempts_are_all_recorded(world: WebhookWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.publish(ACME)
    message = DeliveryMessage.of(world.delivery(id_))
    monkeypatch.setattr("souk.storage.table._MAX_COMMITS", CALLERS + 1)
    together(monkeypatch, lambda: world.worker.process(message, DeliveryQueue.STANDARD))
    delivery = world.delivery(id_)
    assert (delivery.state, delivery.turn) == (DeliveryState.DELIVERED, 1)
    assert len(delivery.attempts) == len(world.addresses.requests)
    before = len(world.addresses.requests)
    world.deliver()
    assert len(world.addresses.requests) == before, "its turn has passed"


def test_concurrent_creation_respects_limit(world: WebhookWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    olivia = world.olivia
    results = at_once(monkeypatch, lambda: world.create(olivia, JP=[]))
    assert results["done"] == MAX_SUBSCRIPTIONS == len(subscriptions_of(world.souk.table, ACME))
    assert results.keys() <= {"done", "UNPROCESSABLE_CONTENT", "CONFLICT"}


def test_concurrent_rotations_keep_every_secret(world: WebhookWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    id_, _ = world.subscribe(world.olivia)
    olivia = world.olivia
    results = at_once(monkeypatch, lambda: olivia.call(ROTATE, {"id": id_}))
    assert 1 <= results["done"] <= 5
    assert results.keys() <= {"done", "CONFLICT"}
    assert len(world.subscription(id_, ACME).former_salts) == results["done"]


def fail(*_: Any, **__: Any) -> Any:
    raise SoukError("The process ends here.")


def test_unqueued_delivery_is_queued_by_the_next_event(world: WebhookWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.subscribe(world.olivia, f"{URL}/1")
    with monkeypatch.context() as patched:
        patched.setattr(world.delivery_queues, "send", fail)
        with pytest.raises(SoukError):
            world.fan_out(EVENT)
    world.subscribe(world.olivia, f"{URL}/2")
    assert world.deliver() == 0
    world.fan_out(EVENT)
    world.deliver()
    assert sorted(one.url for one in world.addresses.requests) == [f"{URL}/1", f"{URL}/2"]


def test_unrecorded_attempt_is_repeated(world: WebhookWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.publish(ACME)
    message = DeliveryMessage.of(world.delivery(id_))
    with monkeypatch.context() as patched:
        patched.setattr(world.worker, "_record_attempt", fail)
        with pytest.raises(SoukError):
            world.worker.process(message, DeliveryQueue.STANDARD)
    assert world.delivery(id_).state is DeliveryState.PENDING
    world.deliver()
    first, second = world.addresses.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (world.delivery(id_).state, len(world.delivery(id_).attempts)) == (DeliveryState.DELIVERED, 1)


def test_due_delivery_stays_due_until_queued(world: WebhookWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.addresses.statuses[URL] = 500
    world.publish(ACME)
    world.deliver()
    with monkeypatch.context() as patched:
        patched.setattr("souk.domains.webhooks.messages.DeliveryQueues.send", fail)
        with pytest.raises(SoukError):
            world.wait(timedelta(minutes=2))
    world.addresses.statuses.clear()
    world.wait(timedelta(minutes=6))
    assert world.delivery(id_).state is DeliveryState.DELIVERED
