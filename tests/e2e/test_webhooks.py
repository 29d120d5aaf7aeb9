"""Webhooks on the deployed stack: from API calls to a local receiver, and the deliveries in the API."""

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.e2e.test_gigs import complete, order_input
from tests.e2e.test_jobs import CREATE as CREATE_JOB
from tests.e2e.test_jobs import UPDATE as UPDATE_JOB
from tests.e2e.test_jobs import data, posting, wait_until
from tests.support.receiver import Receiver, receiving
from tests.support.running import Run
from tests.support.worlds.gigs import CREATE_DRAFT, ORDER, PAUSE, PUBLISH
from tests.support.worlds.webhooks import CREATE, DELIVERIES_OF, REDELIVER, REVIEW, TEST, UPDATE

OWN = "{ organization { id } }"
SUBCATEGORY = "{ ontologyCategories { subcategories { id } } }"
CLOCK_SECONDS = 150
"""A retry waits for a minute, and then for the next run of the clock."""


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def acme(souk: Run) -> str:
    return souk.token("olivia@acme.test")


@pytest.fixture(scope="module")
def rival(souk: Run) -> str:
    return souk.token("omar@rival.test")


@pytest.fixture(scope="module")
def seller(souk: Run) -> str:
    return souk.token("noah@studio.test")


def subscribe(souk: Run, token: str, url: str, **events: list[str]) -> tuple[str, str]:
    """Create a subscription and approve it as the operator. Returns its id and secret."""
    request = {"url": url, "events": [{"entity": name, "actions": actions} for name, actions in events.items()]}
    created = data(souk.post(CREATE, token, input=request))["createWebhookSubscription"]
    id_ = str(created["subscription"]["id"])
    assert created["subscription"]["state"] == "REVIEW"
    reviewed = data(souk.post(REVIEW, souk.token("operator@souk.test"), id=id_, approve=True))
    assert reviewed["reviewWebhookSubscription"]["state"] == "ACTIVE"
    return id_, str(created["secret"])


def publish(souk: Run, token: str, title: str) -> str:
    """Publish a posting for the caller's organization, and return its id."""
    organization = data(souk.post(OWN, token))["organization"]["id"]
    subcategory = data(souk.post(SUBCATEGORY, token))["ontologyCategories"][0]["subcategories"][0]["id"]
    request = posting(organization, title, categoryId=subcategory)
    return str(data(souk.post(CREATE_JOB, token, request=request))["createJobPosting"]["id"])


def deliveries(souk: Run, token: str, id_: str) -> list[Any]:
    """Return the deliveries to a subscription, newest first."""
    page = data(souk.post(DELIVERIES_OF, token, filter={"subscriptionId_eq": id_}))["webhookDeliveries"]
    return [edge["node"] for edge in page["edges"]]


def settled(souk: Run, token: str, id_: str) -> bool:
    """Return whether no delivery is pending."""
    return all(one["state"] != "PENDING" for one in deliveries(souk, token, id_))


def test_events_reach_their_recipients_signed(souk: Run, receiver: Receiver, acme: str, rival: str) -> None:
    own, secret = subscribe(souk, acme, f"{receiver.url}/acme?key=1", JP=[])
    subscribe(souk, rival, f"{receiver.url}/rival", JP=[], OFFER=[])
    job = publish(souk, acme, "Grease the dinosaurs")
    organization = data(souk.post(OWN, acme))["organization"]["id"]
    change = {"organizationId": organization, "jobPostingInfo": {"title": "Oil the dinosaurs"}}
    assert data(souk.post(UPDATE_JOB, acme, id=job, request=change))
    theirs = publish(souk, rival, "Feed the dinosaurs")
    wait_until(lambda: len(receiver.at("/acme?key=1")) == 2 and len(receiver.at("/rival")) == 1)
    expected = [{"entity": "JP", "action": action, "id": job} for action in ("NEW", "UPDATE")]
    assert sorted(receiver.at("/acme?key=1"), key=expected.index) == expected
    assert receiver.at("/rival") == [{"entity": "JP", "action": "NEW", "id": theirs}]
    request = next(one for one in receiver.requests if one.path.startswith("/acme"))
    assert Webhook(secret).verify(request.body, request.headers) == request.json
    wait_until(lambda: settled(souk, acme, own))
    newest = deliveries(souk, acme, own)[0]
    assert (newest["state"], newest["attempts"][0]["statusCode"]) == ("DELIVERED", 204)


def test_gig_events_are_public_and_orders_are_not(
    souk: Run, receiver: Receiver, acme: str, rival: str, seller: str
) -> None:
    subscribe(souk, acme, f"{receiver.url}/buyer", GIG=[])
    subscribe(souk, seller, f"{receiver.url}/seller", GIG=["ORDER"])
    other, _ = subscribe(souk, rival, f"{receiver.url}/market", GIG=[])
    draft = data(souk.post(CREATE_DRAFT, seller))["createDraft"]["id"]
    gig = complete(souk, seller, "Polish your Ankylosaurus")
    assert data(souk.post(PUBLISH, seller, gigId=gig))
    assert data(souk.post(ORDER, acme, input=order_input(souk, acme, gig)))
    assert data(souk.post(PAUSE, seller, gigId=gig))
    wait_until(lambda: [len(receiver.at(one)) for one in ("/buyer", "/market", "/seller")] == [3, 2, 1])
    seen = [{one["action"] for one in receiver.at(path)} for path in ("/buyer", "/market")]
    assert seen == [{"PUBLISH", "ORDER", "PAUSE"}, {"PUBLISH", "PAUSE"}]
    assert receiver.at("/seller") == [{"entity": "GIG", "action": "ORDER", "id": gig}]
    assert {one["id"] for path in ("/buyer", "/market") for one in receiver.at(path)} == {gig}
    assert draft not in {one["entityId"] for one in deliveries(souk, rival, other)}


def test_slow_address_does_not_delay_others(souk: Run, receiver: Receiver, acme: str, rival: str) -> None:
    slow, _ = subscribe(souk, rival, f"{receiver.url}/slow", JP=["NEW"])
    subscribe(souk, acme, f"{receiver.url}/quick", JP=["NEW"])
    release = receiver.held["/slow"] = Event()
    for number in range(6):
        publish(souk, rival, f"Count dinosaur {number}")
    wait_until(lambda: bool(receiver.at("/slow")))
    job = publish(souk, acme, "Count no dinosaur")
    wait_until(lambda: receiver.at("/quick") == [{"entity": "JP", "action": "NEW", "id": job}])
    assert not any(one["state"] == "DELIVERED" for one in deliveries(souk, rival, slow)), "all are still waiting"
    release.set()
    assert data(souk.post(UPDATE, rival, input={"id": slow, "enabled": False}))


def test_410_disables_the_subscription(souk: Run, receiver: Receiver, acme: str) -> None:
    id_, _ = subscribe(souk, acme, f"{receiver.url}/gone", CFB=[])
    receiver.statuses["/gone"] = [410]
    assert data(souk.post(TEST, acme, id=id_))["sendTestWebhook"]["state"] == "PENDING"
    state = "query ($id: ID!) { webhookSubscription(id: $id) { state stateReason } }"
    wait_until(lambda: data(souk.post(state, acme, id=id_))["webhookSubscription"]["state"] == "DISABLED")
    assert receiver.at("/gone") == [{"entity": "WEBHOOK", "action": "TEST", "id": id_}]


def test_failed_delivery_is_retried_and_redelivered(souk: Run, receiver: Receiver, acme: str) -> None:
    id_, _ = subscribe(souk, acme, f"{receiver.url}/failing", CFB=[])
    receiver.statuses["/failing"] = [503, 500]
    assert data(souk.post(TEST, acme, id=id_))
    wait_until(lambda: len(receiver.at("/failing")) == 2, CLOCK_SECONDS)
    wait_until(lambda: len(deliveries(souk, acme, id_)[0]["attempts"]) == 2)
    (delivery,) = deliveries(souk, acme, id_)
    assert [one["statusCode"] for one in delivery["attempts"]] == [503, 500]
    assert (delivery["state"], bool(delivery["nextAttemptDateTime"])) == ("PENDING", True)
    assert data(souk.post(REDELIVER, acme, id=delivery["id"]))
    wait_until(lambda: deliveries(souk, acme, id_)[0]["state"] == "DELIVERED")
    ids = {one.headers["webhook-id"] for one in receiver.requests if one.path == "/failing"}
    assert ids == {delivery["eventId"]}
