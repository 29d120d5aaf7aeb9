"""Sending something by hand: a test, a delivery once more, all of a span of time; and what was sent, in pages."""

from datetime import timedelta
from typing import Any

import pytest

from souk.domains.webhooks.commands import redelivery
from souk.domains.webhooks.model import Attempt, DeliveryState
from souk.domains.webhooks.store import DELIVERIES
from souk.values.times import stamp
from tests.domains.jobs.market import ACME
from tests.support.api import Answer
from tests.support.worlds.webhooks import DELIVERIES_OF, REDELIVER, REPLAY, TEST, UPDATE, URL, PostOffice


def listed(post: PostOffice, id_: str, state: str | None = None, **pagination: Any) -> Any:
    variables = {"filter": {"subscriptionId_eq": id_, "state_eq": state}, "pagination": pagination or None}
    return post.olivia.call(DELIVERIES_OF, variables).data["webhookDeliveries"]


def stop(post: PostOffice, id_: str, *, enabled: bool = False) -> None:
    assert post.olivia.call(UPDATE, {"input": {"id": id_, "enabled": enabled}}).data


def replayed(post: PostOffice, id_: str, first: str | None = None, last: str | None = None) -> Answer:
    return post.olivia.call(REPLAY, {"id": id_, "range": {"rangeStart": first, "rangeEnd": last}})


def test_a_test_is_sent_whatever_is_asked_for(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia, CFB=[])
    queued = post.olivia.call(TEST, {"id": id_}).data["sendTestWebhook"]
    assert (queued["state"], queued["attempts"], queued["subscriptionId"]) == ("PENDING", [], id_)
    post.wait(timedelta(seconds=1))
    (arrived,) = post.mailbox.arrived
    assert arrived.json == {"entity": "WEBHOOK", "action": "TEST", "id": id_}
    (edge,) = listed(post, id_)["edges"]
    assert (edge["node"]["id"], edge["node"]["state"]) == (queued["id"], "DELIVERED")
    (attempt,) = edge["node"]["attempts"]
    assert attempt == {
        "attemptedDateTime": attempt["attemptedDateTime"],
        "statusCode": 200,
        "error": None,
        "durationMs": 20,
    }


def test_a_delivery_is_sent_once_more_with_the_same_id(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    event_id = post.tell(ACME)
    post.carry()
    again = post.olivia.call(REDELIVER, {"id": post.delivery(id_).id}).data["redeliverWebhook"]
    assert (again["state"], len(again["attempts"]), again["eventId"]) == ("PENDING", 1, event_id)
    post.wait(timedelta(seconds=1))
    assert [one.headers["webhook-id"] for one in post.mailbox.arrived] == [event_id, event_id]
    assert (post.delivery(id_).state, len(post.delivery(id_).attempts)) == (DeliveryState.DELIVERED, 2)


def test_what_was_given_up_is_tried_ten_times_again(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    post.mailbox.statuses[URL] = 500
    post.tell(ACME)
    post.carry()
    for _ in range(10):
        post.wait(timedelta(days=1))
    assert (post.delivery(id_).state, len(post.mailbox.arrived)) == (DeliveryState.FAILED, 10)
    assert post.olivia.call(REDELIVER, {"id": post.delivery(id_).id}).data
    for _ in range(11):
        post.wait(timedelta(days=1))
    assert (post.delivery(id_).state, len(post.delivery(id_).attempts)) == (DeliveryState.FAILED, 20)


def test_a_delivery_that_is_sent_again_while_it_is_on_its_way_loses_neither_try(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    post.mailbox.statuses[URL] = 500
    sent = post.tell(ACME)

    def again() -> None:
        post.mailbox.meanwhile = lambda: None
        post.mailbox.statuses.clear()
        assert post.olivia.call(REDELIVER, {"id": f"{id_}-{sent}"}).data

    post.mailbox.meanwhile = again
    post.carry()
    noted = post.delivery(id_)
    assert (noted.state, noted.tried, len(noted.attempts)) == (DeliveryState.PENDING, 0, 1)
    post.wait(timedelta(seconds=1))
    assert post.delivery(id_).state is DeliveryState.DELIVERED
    assert len(post.delivery(id_).attempts) == len(post.mailbox.arrived) == 2


def test_only_an_active_subscription_is_sent_anything(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    post.tell(ACME)
    post.carry()
    stop(post, id_)
    for document, variables in ((TEST, {"id": id_}), (REDELIVER, {"id": post.delivery(id_).id})):
        assert post.olivia.call(document, variables).code == "CONFLICT"
    assert replayed(post, id_).code == "CONFLICT"


def test_others_send_nothing(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    post.tell(ACME)
    post.carry()
    for document, variables in (
        (TEST, {"id": id_}),
        (REDELIVER, {"id": post.delivery(id_).id}),
        (REPLAY, {"id": id_, "range": {}}),
        (DELIVERIES_OF, {"filter": {"subscriptionId_eq": id_}}),
    ):
        assert post.omar.call(document, variables).code == "NOT_FOUND"
    for odd in ("", "-", id_, f"{id_}-", f"{id_}-1", "a-b-c", "#-#", "9" * 4_000):
        assert post.olivia.call(REDELIVER, {"id": odd}).code == "NOT_FOUND"
    post.wait(timedelta(seconds=1))
    assert len(post.mailbox.arrived) == 1


def test_what_was_tried_too_often_is_not_tried_again(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    post.tell(ACME)
    post.carry()
    delivery = post.delivery(id_)
    attempt = Attempt(attempted_date_time=stamp(post.now), duration_ms=1)
    tx = post.souk.table.transaction()
    tx.update(DELIVERIES, delivery.model_copy(update={"attempts": (attempt,) * 200}))
    tx.commit()
    assert post.olivia.call(REDELIVER, {"id": delivery.id}).code == "UNPROCESSABLE_CONTENT"
    assert replayed(post, id_).data["replayWebhooks"] == 0


def test_what_was_missed_is_replayed(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    before = stamp(post.now - timedelta(minutes=1))
    post.tell(ACME, id_="1")
    post.carry()
    stop(post, id_)
    for number in range(2, 5):
        post.tell(ACME, id_=str(number))
    stop(post, id_, enabled=True)
    assert post.olivia.call(TEST, {"id": id_}).data
    post.wait(timedelta(seconds=1))
    assert replayed(post, id_, before).data["replayWebhooks"] == 4, "the test is no event"
    post.wait(timedelta(seconds=1))
    told = [one.json["id"] for one in post.mailbox.arrived if one.json["entity"] == "JP"]
    assert sorted(told) == ["1", "1", "2", "3", "4"]
    assert {one.state for one in post.deliveries(id_)} == {DeliveryState.DELIVERED}
    assert listed(post, id_, "FAILED")["totalCount"] == 0


def test_a_replay_holds_to_its_span(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    post.tell(ACME)
    post.carry()
    hour, year = timedelta(hours=1), timedelta(days=400)
    for first, last, count in (
        (post.now - hour, post.now + hour, 1),
        (post.now - year, post.now + year, 1),
        (None, None, 1),
        (None, post.now - hour, 0),
        (post.now - 2 * hour, post.now - hour, 0),
    ):
        begin, end = (stamp(one) if one else None for one in (first, last))
        assert replayed(post, id_, begin, end).data["replayWebhooks"] == count
    assert replayed(post, id_, stamp(post.now + hour)).code == "UNPROCESSABLE_CONTENT", "it begins after now"


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
def test_spans_that_are_none_are_refused(post: PostOffice, first: str | None, last: str | None) -> None:
    id_, _ = post.subscribe(post.olivia)
    assert replayed(post, id_, first, last).code == "UNPROCESSABLE_CONTENT"


def test_a_replay_has_a_limit(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    id_, _ = post.subscribe(post.olivia)
    monkeypatch.setattr(redelivery, "MAX_REPLAYED", 2)
    for _ in range(2):
        post.tell(ACME)
    assert replayed(post, id_).data["replayWebhooks"] == 2
    post.tell(ACME)
    assert replayed(post, id_).code == "UNPROCESSABLE_CONTENT"


def test_deliveries_come_in_pages_the_newest_first(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    told = [post.tell(ACME) for _ in range(5)]
    post.carry()
    seen, after = [], "0"
    for size in (2, 2, 1):
        page = listed(post, id_, first=2, after=after)
        assert (page["totalCount"], len(page["edges"])) == (5, size)
        seen += [edge["node"]["eventId"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        assert page["pageInfo"]["hasNextPage"] is (len(seen) < 5)
    assert seen == told[::-1]
    middle = listed(post, id_, first=2)["edges"][0]["cursor"]
    assert [edge["node"]["eventId"] for edge in listed(post, id_, first=1, after=middle)["edges"]] == [told[3]]


def test_deliveries_are_listed_by_their_state(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    post.mailbox.statuses[URL] = 500
    failing = [post.tell(ACME) for _ in range(3)]
    post.carry()
    post.mailbox.statuses.clear()
    taken = post.tell(ACME)
    post.carry()
    first = listed(post, id_, "PENDING", first=2)
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    rest = listed(post, id_, "PENDING", first=2, after=first["pageInfo"]["endCursor"])
    found = [edge["node"]["eventId"] for edge in (*first["edges"], *rest["edges"])]
    assert found == failing[::-1]
    assert [edge["node"]["eventId"] for edge in listed(post, id_, "DELIVERED")["edges"]] == [taken]
    assert listed(post, id_, "FAILED") == {
        "totalCount": 0,
        "edges": [],
        "pageInfo": {"endCursor": None, "hasNextPage": False},
    }
    wrong = {"filter": {"subscriptionId_eq": id_}, "pagination": {"first": 2, "after": first["pageInfo"]["endCursor"]}}
    assert post.olivia.call(DELIVERIES_OF, wrong).code == "UNPROCESSABLE_CONTENT", "a cursor is for its list alone"


def test_a_page_of_deliveries_costs_the_same_however_many_there_are(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    trips = []
    for number in (5, 45):
        for _ in range(number):
            post.tell(ACME)
        answer = post.olivia.call(DELIVERIES_OF, {"filter": {"subscriptionId_eq": id_}, "pagination": {"first": 100}})
        assert answer.data
        trips.append(answer.trips)
    assert trips[0] == trips[1]


@pytest.mark.parametrize("first", [0, 101, -1])
def test_a_page_holds_a_hundred(post: PostOffice, first: int) -> None:
    id_, _ = post.subscribe(post.olivia)
    variables = {"filter": {"subscriptionId_eq": id_}, "pagination": {"first": first}}
    assert post.olivia.call(DELIVERIES_OF, variables).code == "UNPROCESSABLE_CONTENT"
