"""Test deliveries, redelivery, replay, and the list of deliveries."""

from datetime import timedelta
from typing import Any

import pytest

from souk.domains.webhooks.commands import redelivery
from souk.domains.webhooks.model import Attempt, DeliveryState
from souk.domains.webhooks.store import DELIVERIES
from souk.values.times import stamp
from tests.support.api import Answer, person
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import ACME, OLIVIA
from tests.support.worlds.webhooks import DELIVERIES_OF, REDELIVER, REPLAY, TEST, UPDATE, URL, WebhookWorld


def list_deliveries(world: WebhookWorld, id_: str, state: str | None = None, **pagination: Any) -> Any:
    variables = {"filter": {"subscriptionId_eq": id_, "state_eq": state}, "pagination": pagination or None}
    return world.olivia.call(DELIVERIES_OF, variables).data["webhookDeliveries"]


def stop(world: WebhookWorld, id_: str, *, enabled: bool = False) -> None:
    assert world.olivia.call(UPDATE, {"input": {"id": id_, "enabled": enabled}}).data


def replay(world: WebhookWorld, id_: str, first: str | None = None, last: str | None = None) -> Answer:
    return world.olivia.call(REPLAY, {"id": id_, "range": {"rangeStart": first, "rangeEnd": last}})


def test_test_is_sent_regardless_of_events(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia, CFB=[])
    queued = world.olivia.call(TEST, {"id": id_}).data["sendTestWebhook"]
    assert (queued["state"], queued["attempts"], queued["subscriptionId"]) == ("PENDING", [], id_)
    world.wait(timedelta(seconds=1))
    (request,) = world.addresses.requests
    assert request.json == {"entity": "WEBHOOK", "action": "TEST", "id": id_}
    (edge,) = list_deliveries(world, id_)["edges"]
    assert (edge["node"]["id"], edge["node"]["state"]) == (queued["id"], "DELIVERED")
    (attempt,) = edge["node"]["attempts"]
    assert attempt == {
        "attemptedDateTime": attempt["attemptedDateTime"],
        "statusCode": 200,
        "error": None,
        "durationMs": 20,
    }


def test_redelivery_keeps_the_event_id(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    event_id = world.publish(ACME)
    world.deliver()
    again = world.olivia.call(REDELIVER, {"id": world.delivery(id_).id}).data["redeliverWebhook"]
    assert (again["state"], len(again["attempts"]), again["eventId"]) == ("PENDING", 1, event_id)
    world.wait(timedelta(seconds=1))
    assert [one.headers["webhook-id"] for one in world.addresses.requests] == [event_id, event_id]
    assert (world.delivery(id_).state, len(world.delivery(id_).attempts)) == (DeliveryState.DELIVERED, 2)


def test_redelivery_gets_ten_new_attempts(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.addresses.statuses[URL] = 500
    world.publish(ACME)
    world.deliver()
    for _ in range(10):
        world.wait(timedelta(days=1))
    assert (world.delivery(id_).state, len(world.addresses.requests)) == (DeliveryState.FAILED, 10)
    olivia = person(world.souk, OLIVIA, ACME)  # with a new token, because the first one has expired
    assert olivia.call(REDELIVER, {"id": world.delivery(id_).id}).data
    for _ in range(11):
        world.wait(timedelta(days=1))
    assert (world.delivery(id_).state, len(world.delivery(id_).attempts)) == (DeliveryState.FAILED, 20)


def test_redelivery_during_an_attempt_keeps_both(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.addresses.statuses[URL] = 500
    sent = world.publish(ACME)

    def again() -> None:
        world.addresses.during_post = lambda: None
        world.addresses.statuses.clear()
        assert world.olivia.call(REDELIVER, {"id": f"{id_}-{sent}"}).data

    world.addresses.during_post = again
    world.deliver()
    stored = world.delivery(id_)
    assert (stored.state, stored.tried, len(stored.attempts)) == (DeliveryState.PENDING, 0, 1)
    world.wait(timedelta(seconds=1))
    assert world.delivery(id_).state is DeliveryState.DELIVERED
    assert len(world.delivery(id_).attempts) == len(world.addresses.requests) == 2


def test_inactive_subscription_cannot_be_sent_to(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.publish(ACME)
    world.deliver()
    stop(world, id_)
    for document, variables in ((TEST, {"id": id_}), (REDELIVER, {"id": world.delivery(id_).id})):
        assert world.olivia.call(document, variables).code == "CONFLICT"
    assert replay(world, id_).code == "CONFLICT"


def test_other_organizations_cannot_send(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.publish(ACME)
    world.deliver()
    for document, variables in (
        (TEST, {"id": id_}),
        (REDELIVER, {"id": world.delivery(id_).id}),
        (REPLAY, {"id": id_, "range": {}}),
        (DELIVERIES_OF, {"filter": {"subscriptionId_eq": id_}}),
    ):
        assert world.omar.call(document, variables).code == "NOT_FOUND"
    for invalid in ("", "-", id_, f"{id_}-", f"{id_}-1", "a-b-c", "#-#", "9" * 4_000):
        assert world.olivia.call(REDELIVER, {"id": invalid}).code == "NOT_FOUND"
    world.wait(timedelta(seconds=1))
    assert len(world.addresses.requests) == 1


def test_redelivery_stops_at_200_attempts(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.publish(ACME)
    world.deliver()
    delivery = world.delivery(id_)
    attempt = Attempt(attempted_date_time=stamp(CLOCK.real()), duration_ms=1)
    tx = world.souk.table.transaction()
    tx.update(DELIVERIES, delivery.model_copy(update={"attempts": (attempt,) * 200}))
    tx.commit()
    assert world.olivia.call(REDELIVER, {"id": delivery.id}).code == "UNPROCESSABLE_CONTENT"
    assert replay(world, id_).data["replayWebhooks"] == 0


def test_replay_of_a_day_includes_its_end(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.publish(ACME)
    world.deliver()
    today = stamp(CLOCK.market())[:10]
    for day in (today, today.replace("-", "")):
        assert replay(world, id_, day, day).data["replayWebhooks"] == 1
    assert replay(world, id_, "2020-01-01", "2020-01-02").data["replayWebhooks"] == 0


def test_replay_sends_missed_events(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    before = stamp(CLOCK.market() - timedelta(minutes=1))
    world.publish(ACME, id_="1")
    world.deliver()
    stop(world, id_)
    for number in range(2, 5):
        world.publish(ACME, id_=str(number))
    stop(world, id_, enabled=True)
    assert world.olivia.call(TEST, {"id": id_}).data
    world.wait(timedelta(seconds=1))
    assert replay(world, id_, before).data["replayWebhooks"] == 4, "the test is not an event"
    world.wait(timedelta(seconds=1))
    delivered = [one.json["id"] for one in world.addresses.requests if one.json["entity"] == "JP"]
    assert sorted(delivered) == ["1", "1", "2", "3", "4"]
    assert {one.state for one in world.deliveries(id_)} == {DeliveryState.DELIVERED}
    assert list_deliveries(world, id_, "FAILED")["totalCount"] == 0


def test_replay_respects_its_time_range(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.publish(ACME)
    world.deliver()
    hour, year = timedelta(hours=1), timedelta(days=400)
    for first, last, count in (
        (CLOCK.market() - hour, CLOCK.market() + hour, 1),
        (CLOCK.market() - year, CLOCK.market() + year, 1),
        (None, None, 1),
        (None, CLOCK.market() - hour, 0),
        (CLOCK.market() - 2 * hour, CLOCK.market() - hour, 0),
    ):
        begin, end = (stamp(one) if one else None for one in (first, last))
        assert replay(world, id_, begin, end).data["replayWebhooks"] == count
    assert replay(world, id_, stamp(CLOCK.market() + hour)).code == "UNPROCESSABLE_CONTENT", "it begins after now"


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("yesterday", None),
        (None, ""),
        ("2026-13-01", None),
        ("2026-07-02", "2026-07-01"),
        ("x" * 10_000, None),
        ("0001-01-01T00:00:00+23:59", None),
    ],
)
def test_invalid_time_ranges_are_refused(world: WebhookWorld, first: str | None, last: str | None) -> None:
    id_, _ = world.subscribe(world.olivia)
    assert replay(world, id_, first, last).code == "UNPROCESSABLE_CONTENT"


def test_replay_is_limited(world: WebhookWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    id_, _ = world.subscribe(world.olivia)
    monkeypatch.setattr(redelivery, "MAX_REPLAYED", 2)
    for _ in range(2):
        world.publish(ACME)
    assert replay(world, id_).data["replayWebhooks"] == 2
    world.publish(ACME)
    assert replay(world, id_).code == "UNPROCESSABLE_CONTENT"


def test_deliveries_are_paginated_newest_first(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    event_ids = [world.publish(ACME) for _ in range(5)]
    world.deliver()
    seen, after = [], "0"
    for size in (2, 2, 1):
        page = list_deliveries(world, id_, first=2, after=after)
        assert (page["totalCount"], len(page["edges"])) == (5, size)
        seen += [edge["node"]["eventId"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        assert page["pageInfo"]["hasNextPage"] is (len(seen) < 5)
    assert seen == event_ids[::-1]
    middle = list_deliveries(world, id_, first=2)["edges"][0]["cursor"]
    assert [edge["node"]["eventId"] for edge in list_deliveries(world, id_, first=1, after=middle)["edges"]] == [
        event_ids[3]
    ]


def test_deliveries_are_filtered_by_state(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    world.addresses.statuses[URL] = 500
    failing = [world.publish(ACME) for _ in range(3)]
    world.deliver()
    world.addresses.statuses.clear()
    accepted = world.publish(ACME)
    world.deliver()
    first = list_deliveries(world, id_, "PENDING", first=2)
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    rest = list_deliveries(world, id_, "PENDING", first=2, after=first["pageInfo"]["endCursor"])
    pending = [edge["node"]["eventId"] for edge in (*first["edges"], *rest["edges"])]
    assert pending == failing[::-1]
    assert [edge["node"]["eventId"] for edge in list_deliveries(world, id_, "DELIVERED")["edges"]] == [accepted]
    assert list_deliveries(world, id_, "FAILED") == {
        "totalCount": 0,
        "edges": [],
        "pageInfo": {"endCursor": None, "hasNextPage": False},
    }
    wrong = {"filter": {"subscriptionId_eq": id_}, "pagination": {"first": 2, "after": first["pageInfo"]["endCursor"]}}
    assert world.olivia.call(DELIVERIES_OF, wrong).code == "UNPROCESSABLE_CONTENT", (
        "a cursor is valid only for its own list"
    )


def test_page_cost_is_independent_of_deliveries(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    trips = []
    for number in (5, 45):
        for _ in range(number):
            world.publish(ACME)
        answer = world.olivia.call(DELIVERIES_OF, {"filter": {"subscriptionId_eq": id_}, "pagination": {"first": 100}})
        assert answer.data
        trips.append(answer.trips)
    assert trips[0] == trips[1]


@pytest.mark.parametrize("first", [0, -1])
def test_page_size_is_limited(world: WebhookWorld, first: int) -> None:
    id_, _ = world.subscribe(world.olivia)
    variables = {"filter": {"subscriptionId_eq": id_}, "pagination": {"first": first}}
    assert world.olivia.call(DELIVERIES_OF, variables).code == "UNPROCESSABLE_CONTENT"
