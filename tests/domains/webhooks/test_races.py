"""Many at once, and processes that end at the wrong moment: nothing is lost, and nothing is noted twice."""

from datetime import timedelta
from typing import Any

import pytest

from souk.domains.webhooks.messages import DeliveryMessage, DeliveryQueue
from souk.domains.webhooks.model import DeliveryState
from souk.domains.webhooks.store import MAX_SUBSCRIPTIONS, subscriptions_of
from souk.values.errors import SoukError
from tests.domains.jobs.market import ACME
from tests.support.racing import CALLERS, at_once, together
from tests.support.worlds.webhooks import ROTATE, URL, PostOffice

EVENT = {
    "id": "1576012345678901234",
    "occurredAt": "",
    "payload": {"entity": "JP", "action": "NEW", "id": "7"},
    "audience": [ACME],
}


def test_an_event_that_fifty_fan_out_is_one_delivery(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    id_, _ = post.subscribe(post.olivia)
    together(monkeypatch, lambda: post.fan_out(EVENT))
    assert post.delivery(id_).event_id == EVENT["id"]
    post.carry()
    assert len(post.mailbox.arrived) == 1


def test_a_parcel_that_fifty_carry_is_noted_as_often_as_it_was_posted(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_, _ = post.subscribe(post.olivia)
    post.tell(ACME)
    message = DeliveryMessage.of(post.delivery(id_))
    monkeypatch.setattr("souk.storage.table._COMMITS", CALLERS + 1)
    together(monkeypatch, lambda: post.worker.process(message, DeliveryQueue.STANDARD))
    delivery = post.delivery(id_)
    assert (delivery.state, delivery.turn) == (DeliveryState.DELIVERED, 1)
    assert len(delivery.attempts) == len(post.mailbox.arrived)
    before = len(post.mailbox.arrived)
    post.carry()
    assert len(post.mailbox.arrived) == before, "its turn is over"


def test_of_fifty_who_subscribe_at_once_as_many_succeed_as_may(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    olivia = post.olivia
    got = at_once(monkeypatch, lambda: post.ask(olivia, JP=[]))
    assert got["done"] == MAX_SUBSCRIPTIONS == len(subscriptions_of(post.souk.table, ACME))
    assert got.keys() <= {"done", "UNPROCESSABLE_CONTENT", "CONFLICT"}


def test_of_fifty_who_rotate_at_once_each_who_succeeds_has_a_secret_that_signs(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_, _ = post.subscribe(post.olivia)
    olivia = post.olivia
    got = at_once(monkeypatch, lambda: olivia.call(ROTATE, {"id": id_}))
    assert 1 <= got["done"] <= 5
    assert got.keys() <= {"done", "CONFLICT"}
    assert len(post.subscription(id_, ACME).former_salts) == got["done"]


def fail(*_: Any, **__: Any) -> Any:
    raise SoukError("The process ends here.")


def test_what_was_stored_and_not_queued_is_queued_when_the_event_comes_again(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.subscribe(post.olivia, f"{URL}/1")
    with monkeypatch.context() as patched:
        patched.setattr(post.delivery_queues, "send", fail)
        with pytest.raises(SoukError):
            post.fan_out(EVENT)
    post.subscribe(post.olivia, f"{URL}/2")
    assert post.carry() == 0
    post.fan_out(EVENT)
    post.carry()
    assert sorted(one.url for one in post.mailbox.arrived) == [f"{URL}/1", f"{URL}/2"]


def test_what_was_posted_and_not_noted_is_posted_again(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    id_, _ = post.subscribe(post.olivia)
    post.tell(ACME)
    message = DeliveryMessage.of(post.delivery(id_))
    with monkeypatch.context() as patched:
        patched.setattr(post.worker, "_record_attempt", fail)
        with pytest.raises(SoukError):
            post.worker.process(message, DeliveryQueue.STANDARD)
    assert post.delivery(id_).state is DeliveryState.PENDING
    post.carry()
    first, second = post.mailbox.arrived
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (post.delivery(id_).state, len(post.delivery(id_).attempts)) == (DeliveryState.DELIVERED, 1)


def test_what_is_due_and_cannot_be_queued_stays_due(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    id_, _ = post.subscribe(post.olivia)
    post.mailbox.statuses[URL] = 500
    post.tell(ACME)
    post.carry()
    with monkeypatch.context() as patched:
        patched.setattr("souk.domains.webhooks.messages.DeliveryQueues.send", fail)
        with pytest.raises(SoukError):
            post.wait(timedelta(minutes=2))
    post.mailbox.statuses.clear()
    post.wait(timedelta(minutes=6))
    assert post.delivery(id_).state is DeliveryState.DELIVERED
