"""From what happened to an address: who is told, what is sent and how it is signed, and when it is tried again."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from souk.domains.webhooks.messages import DeliveryQueue
from souk.domains.webhooks.model import DeliveryState
from souk.domains.webhooks.rules.retries import MAX_ATTEMPTS, WAITS
from souk.domains.webhooks.store import create_subscription
from tests.domains.jobs.market import ACME, BUILD, DESIGN, RIVAL, STUDIO
from tests.support.worlds.webhooks import DELETE, ROTATE, UPDATE, URL, PostOffice

OTHER = "https://slow.rival.test/"


def test_the_body_is_what_the_contract_says_and_nothing_else(post: PostOffice) -> None:
    post.subscribe(post.olivia, OFFER=[])
    event_id = post.tell(ACME, entity="OFFER", action="CREATE", id_="123456789")
    post.carry()
    (arrived,) = post.mailbox.arrived
    assert (arrived.url, arrived.body) == (URL, b'{"entity":"OFFER","action":"CREATE","id":"123456789"}')
    assert arrived.headers["webhook-id"] == event_id


def test_it_is_signed_after_standard_webhooks(post: PostOffice) -> None:
    _, secret = post.subscribe(post.olivia)
    _, other = post.subscribe(post.omar)
    post.tell(ACME)
    post.carry()
    (arrived,) = post.mailbox.arrived
    assert Webhook(secret).verify(arrived.body, arrived.headers) == {"entity": "JP", "action": "NEW", "id": "77"}
    for body, signed_with in ((arrived.body.replace(b"77", b"78"), secret), (arrived.body, other)):
        with pytest.raises(WebhookVerificationError):
            Webhook(signed_with).verify(body, arrived.headers)


def test_the_secret_before_signs_for_a_day(post: PostOffice) -> None:
    id_, old = post.subscribe(post.olivia)
    new = post.olivia.call(ROTATE, {"id": id_}).data["rotateWebhookSecret"]["secret"]
    signatures = []
    for _ in range(2):
        post.tell(ACME)
        post.carry()
        headers = post.mailbox.arrived[-1].headers
        signatures.append(headers["webhook-signature"].split())
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        body = post.mailbox.arrived[-1].body.decode()
        assert Webhook(new).sign(headers["webhook-id"], at, body) == signatures[-1][0]
        assert (Webhook(old).sign(headers["webhook-id"], at, body) in signatures[-1]) is (len(signatures) == 1)
        post.now += timedelta(hours=24, seconds=1)
    assert [len(one) for one in signatures] == [2, 1]


def test_each_is_told_of_their_own_and_of_what_they_asked_for(post: PostOffice) -> None:
    acme, _ = post.subscribe(post.olivia, "https://a.test/", JP=["NEW"], OFFER=[])
    rival, _ = post.subscribe(post.omar, "https://r.test/", JP=[])
    post.tell(ACME)
    post.tell(RIVAL)
    post.tell(ACME, action="CLOSE")
    post.tell(ACME, entity="OFFER", action="EXPIRED")
    post.tell(ACME, entity="MILESTONE", action="REFRESH")
    post.tell(STUDIO)
    post.tell()
    post.tell("", "#", "REVIEW", "EVERYBODY")
    post.carry()
    assert [(one.url, one.json["entity"], one.json["action"]) for one in post.mailbox.arrived] == [
        ("https://a.test/", "JP", "NEW"),
        ("https://r.test/", "JP", "NEW"),
        ("https://a.test/", "OFFER", "EXPIRED"),
    ]
    assert (len(post.deliveries(acme)), len(post.deliveries(rival))) == (2, 1)


def test_a_company_is_told_of_its_teams_and_a_team_of_itself_alone(post: PostOffice) -> None:
    company, _ = post.subscribe(post.olivia)
    tx = post.souk.table.transaction()
    design = post.subscription(company, ACME).model_copy(update={"id": "1", "organization_id": DESIGN})
    create_subscription(tx, design)
    tx.commit()
    post.tell(DESIGN, ACME)
    post.tell(BUILD, ACME)
    assert (len(post.deliveries(company)), len(post.deliveries("1"))) == (2, 1)


def test_an_event_that_the_bus_tells_twice_is_one_delivery(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    detail = {
        "id": "1234567890123456789",
        "occurredAt": "",
        "payload": {"entity": "JP", "action": "NEW", "id": "7"},
        "audience": [ACME, ACME],
    }
    post.fan_out(detail)
    post.fan_out(detail)
    assert post.carry() == 2, "the second message is of a turn that the first has taken"
    post.fan_out(detail)
    assert post.carry() == 0
    assert len(post.mailbox.arrived) == 1
    assert post.delivery(id_).state is DeliveryState.DELIVERED


def test_one_event_for_several_subscriptions_has_one_id(post: PostOffice) -> None:
    first, _ = post.subscribe(post.olivia, "https://a.test/1")
    second, _ = post.subscribe(post.olivia, "https://a.test/2")
    event_id = post.tell(ACME)
    post.carry()
    assert {one.headers["webhook-id"] for one in post.mailbox.arrived} == {event_id}
    assert post.delivery(first).id != post.delivery(second).id


def test_a_failing_address_is_tried_ten_times_over_three_days(post: PostOffice) -> None:
    id_, secret = post.subscribe(post.olivia)
    post.mailbox.statuses[URL] = 503
    post.tell(ACME)
    begun = post.now
    post.carry()
    times = [post.now]
    while next_at := post.delivery(id_).next_attempt_date_time:
        assert post.delivery(id_).state is DeliveryState.PENDING
        due = datetime.fromisoformat(next_at)
        assert WAITS[len(times) - 1] * 0.8 <= due - post.now <= WAITS[len(times) - 1]
        post.wait(due - post.now - timedelta(milliseconds=1))
        assert len(post.mailbox.arrived) == len(times), "not before its time"
        post.wait(timedelta(milliseconds=2))
        times.append(post.now)
    delivery = post.delivery(id_)
    assert len(post.mailbox.arrived) == len(delivery.attempts) == MAX_ATTEMPTS == 10
    assert delivery.state is DeliveryState.FAILED
    assert timedelta(hours=56) < post.now - begun < timedelta(days=3)
    assert {one.status_code for one in delivery.attempts} == {503}
    assert len({one.headers["webhook-id"] for one in post.mailbox.arrived}) == 1
    assert len({one.headers["webhook-timestamp"] for one in post.mailbox.arrived}) == 10
    assert all(one.headers["webhook-signature"] for one in post.mailbox.arrived)
    post.wait(timedelta(days=4))
    assert len(post.mailbox.arrived) == 10
    assert secret


@pytest.mark.parametrize("status", [None, 301, 400, 404, 429, 500])
def test_what_is_not_taken_is_tried_again_and_then_taken(post: PostOffice, status: int | None) -> None:
    id_, _ = post.subscribe(post.olivia)
    post.mailbox.statuses[URL] = status
    post.tell(ACME)
    post.carry()
    del post.mailbox.statuses[URL]
    post.wait(timedelta(minutes=1))
    delivery = post.delivery(id_)
    assert [one.status_code for one in delivery.attempts] == [status, 200]
    assert (delivery.state, delivery.next_attempt_date_time) == (DeliveryState.DELIVERED, None)
    post.wait(timedelta(days=4))
    assert len(post.mailbox.arrived) == 2


def test_an_address_that_is_gone_ends_its_subscription(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    post.mailbox.statuses[URL] = 410
    post.tell(ACME)
    post.carry()
    ended = post.subscription(id_, ACME)
    assert (ended.state, ended.state_reason) == ("DISABLED", "The address answered 410 (gone).")
    assert post.delivery(id_).state is DeliveryState.FAILED
    post.tell(ACME)
    post.wait(timedelta(days=4))
    assert len(post.mailbox.arrived) == 1
    assert [one.state for one in post.deliveries(id_)] == ["FAILED", "FAILED"]


def test_one_that_was_moved_while_its_old_address_said_so_goes_on(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    post.mailbox.statuses[URL] = 410
    post.mailbox.meanwhile = lambda: (
        post.olivia.call(UPDATE, {"input": {"id": id_, "url": "https://new.test/"}}),
        post.review(id_),
    )
    post.tell(ACME)
    post.carry()
    assert post.subscription(id_, ACME).state == "ACTIVE"


def test_nothing_is_sent_before_approval_nor_to_what_is_stopped(post: PostOffice) -> None:
    made = post.ask(post.olivia, JP=[]).data["createWebhookSubscription"]["subscription"]["id"]
    stopped, _ = post.subscribe(post.olivia)
    post.olivia.call(UPDATE, {"input": {"id": stopped, "enabled": False}})
    rejected, _ = post.subscribe(post.olivia)
    post.review(rejected, approve=False)
    post.tell(ACME)
    assert post.carry() == 0
    for noted in (made, stopped):
        delivery = post.delivery(noted)
        assert (delivery.state, delivery.attempts, delivery.next_attempt_date_time) == ("FAILED", (), None)
    assert post.deliveries(rejected) == []
    post.wait(timedelta(days=4))
    assert post.mailbox.arrived == []


def test_what_waits_when_a_subscription_is_stopped_is_not_sent(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    post.mailbox.statuses[URL] = 500
    post.tell(ACME)
    post.carry()
    post.tell(ACME)
    post.olivia.call(UPDATE, {"input": {"id": id_, "enabled": False}})
    post.carry()
    post.wait(timedelta(days=4))
    assert len(post.mailbox.arrived) == 1
    assert {one.state for one in post.deliveries(id_)} == {DeliveryState.FAILED}


def test_what_waits_when_a_subscription_ends_is_not_sent(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    post.tell(ACME)
    assert post.olivia.call(DELETE, {"id": id_}).data
    assert post.carry() == 1
    assert post.mailbox.arrived == []


def test_a_slow_address_is_served_apart(post: PostOffice) -> None:
    slow, _ = post.subscribe(post.omar, OTHER)
    quick, _ = post.subscribe(post.olivia)
    post.mailbox.milliseconds[OTHER] = 9_000
    post.tell(RIVAL)
    post.carry()
    assert (post.lanes[DeliveryQueue.STANDARD], post.lanes[DeliveryQueue.SLOW]) == (1, 0)
    for _ in range(3):
        post.tell(RIVAL, ACME)
    post.carry()
    assert (post.lanes[DeliveryQueue.STANDARD], post.lanes[DeliveryQueue.SLOW]) == (7, 3)
    assert {one.state for one in (*post.deliveries(slow), *post.deliveries(quick))} == {DeliveryState.DELIVERED}
    post.mailbox.milliseconds.clear()
    post.now += timedelta(minutes=11)
    post.tell(RIVAL)
    post.carry()
    assert (post.lanes[DeliveryQueue.STANDARD], post.lanes[DeliveryQueue.SLOW]) == (8, 3), "it is quick again"


def test_a_delivery_costs_one_read_and_one_write(post: PostOffice) -> None:
    post.subscribe(post.olivia)
    post.tell(ACME)
    before = post.worker._table.trips  # noqa: SLF001 - it is counted here
    post.carry()
    assert post.worker._table.trips - before == 2  # noqa: SLF001


def test_fanning_out_costs_as_much_for_fifteen_as_for_one(post: PostOffice) -> None:
    trips = []
    for number in (1, 14):
        for _ in range(number):
            post.subscribe(post.olivia)
        before = post.fanning.trips
        post.tell(ACME, DESIGN)
        trips.append(post.fanning.trips - before)
        post.carry()
    assert trips == [3, 3], "one read for each organization, and one write"


def test_everybody_hears_of_gigs_that_everybody_sees(post: PostOffice) -> None:
    post.subscribe(post.olivia, "https://a.test/", GIG=[])
    post.subscribe(post.omar, "https://r.test/", GIG=["PUBLISH"])
    post.tell("*", entity="GIG", action="PUBLISH")
    post.tell("*", entity="GIG", action="PAUSE")
    post.carry()
    assert [(one.url, orjson.loads(one.body)["action"]) for one in post.mailbox.arrived] == [
        ("https://a.test/", "PUBLISH"),
        ("https://r.test/", "PUBLISH"),
        ("https://a.test/", "PAUSE"),
    ]
