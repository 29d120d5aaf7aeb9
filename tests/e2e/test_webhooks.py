"""Webhooks on the deployed stack: from what people do by the API to a program on this machine, and back to the API."""

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.domains.webhooks.post import CREATE, DELIVERIES_OF, REDELIVER, REVIEW, TEST, UPDATE
from tests.e2e.test_gigs import complete, wanted
from tests.e2e.test_jobs import CREATE as CREATE_JOB
from tests.e2e.test_jobs import UPDATE as UPDATE_JOB
from tests.e2e.test_jobs import data, posting, wait_until
from tests.support.receiver import Receiver, receiving
from tests.support.running import Run
from tests.support.worlds.gigs import CREATE_DRAFT, ORDER, PAUSE, PUBLISH

OWN = "{ organization { id } }"
SUBCATEGORY = "{ ontologyCategories { subcategories { id } } }"
CLOCK_SECONDS = 150
"""A retry waits a minute, and then for the clock."""


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as there:
        yield there


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
    """Ask for events and have the operator approve it; return the subscription's id and secret."""
    asked = {"url": url, "events": [{"entity": name, "actions": actions} for name, actions in events.items()]}
    made = data(souk.post(CREATE, token, input=asked))["createWebhookSubscription"]
    id_ = str(made["subscription"]["id"])
    assert made["subscription"]["state"] == "REVIEW"
    reviewed = data(souk.post(REVIEW, souk.token("operator@souk.test"), id=id_, approve=True))
    assert reviewed["reviewWebhookSubscription"]["state"] == "ACTIVE"
    return id_, str(made["secret"])


def publish(souk: Run, token: str, title: str) -> str:
    """Publish a posting of the caller's organization, and return its id."""
    organization = data(souk.post(OWN, token))["organization"]["id"]
    subcategory = data(souk.post(SUBCATEGORY, token))["ontologyCategories"][0]["subcategories"][0]["id"]
    request = posting(organization, title, categoryId=subcategory)
    return str(data(souk.post(CREATE_JOB, token, request=request))["createJobPosting"]["id"])


def deliveries(souk: Run, token: str, id_: str) -> list[Any]:
    """Return what was sent to a subscription, the newest first."""
    found = data(souk.post(DELIVERIES_OF, token, filter={"subscriptionId_eq": id_}))["webhookDeliveries"]
    return [edge["node"] for edge in found["edges"]]


def settled(souk: Run, token: str, id_: str) -> bool:
    """Say whether nothing waits any more."""
    return all(one["state"] != "PENDING" for one in deliveries(souk, token, id_))


def test_what_happens_is_told_to_whom_it_concerns_and_signed(
    souk: Run, receiver: Receiver, acme: str, rival: str
) -> None:
    own, secret = subscribe(souk, acme, f"{receiver.url}/acme?key=1", JP=[])
    subscribe(souk, rival, f"{receiver.url}/rival", JP=[], OFFER=[])
    job = publish(souk, acme, "Grease the dinosaurs")
    organization = data(souk.post(OWN, acme))["organization"]["id"]
    change = {"organizationId": organization, "jobPostingInfo": {"title": "Oil the dinosaurs"}}
    assert data(souk.post(UPDATE_JOB, acme, id=job, request=change))
    theirs = publish(souk, rival, "Feed the dinosaurs")
    wait_until(lambda: len(receiver.at("/acme?key=1")) == 2 and len(receiver.at("/rival")) == 1)
    told = [{"entity": "JP", "action": action, "id": job} for action in ("NEW", "UPDATE")]
    assert sorted(receiver.at("/acme?key=1"), key=told.index) == told
    assert receiver.at("/rival") == [{"entity": "JP", "action": "NEW", "id": theirs}]
    arrived = next(one for one in receiver.arrived if one.path.startswith("/acme"))
    assert Webhook(secret).verify(arrived.body, arrived.headers) == arrived.json
    wait_until(lambda: settled(souk, acme, own))
    newest = deliveries(souk, acme, own)[0]
    assert (newest["state"], newest["attempts"][0]["statusCode"]) == ("DELIVERED", 204)


def test_gigs_are_told_to_the_market_and_their_orders_to_the_two_sides(
    souk: Run, receiver: Receiver, acme: str, rival: str, seller: str
) -> None:
    subscribe(souk, acme, f"{receiver.url}/buyer", GIG=[])
    subscribe(souk, seller, f"{receiver.url}/seller", GIG=["ORDER"])
    other, _ = subscribe(souk, rival, f"{receiver.url}/market", GIG=[])
    draft = data(souk.post(CREATE_DRAFT, seller))["createDraft"]["id"]
    gig = complete(souk, seller, "Polish your Ankylosaurus")
    assert data(souk.post(PUBLISH, seller, gigId=gig))
    assert data(souk.post(ORDER, acme, input=wanted(souk, acme, gig)))
    assert data(souk.post(PAUSE, seller, gigId=gig))
    wait_until(lambda: [len(receiver.at(one)) for one in ("/buyer", "/market", "/seller")] == [3, 2, 1])
    seen = [{one["action"] for one in receiver.at(path)} for path in ("/buyer", "/market")]
    assert seen == [{"PUBLISH", "ORDER", "PAUSE"}, {"PUBLISH", "PAUSE"}]
    assert receiver.at("/seller") == [{"entity": "GIG", "action": "ORDER", "id": gig}]
    assert {one["id"] for path in ("/buyer", "/market") for one in receiver.at(path)} == {gig}
    assert draft not in {one["entityId"] for one in deliveries(souk, rival, other)}


def test_a_slow_address_delays_nobody_else(souk: Run, receiver: Receiver, acme: str, rival: str) -> None:
    slow, _ = subscribe(souk, rival, f"{receiver.url}/slow", JP=["NEW"])
    subscribe(souk, acme, f"{receiver.url}/quick", JP=["NEW"])
    free = receiver.held["/slow"] = Event()
    for number in range(6):
        publish(souk, rival, f"Count dinosaur {number}")
    wait_until(lambda: bool(receiver.at("/slow")))
    job = publish(souk, acme, "Count no dinosaur")
    wait_until(lambda: receiver.at("/quick") == [{"entity": "JP", "action": "NEW", "id": job}])
    assert not any(one["state"] == "DELIVERED" for one in deliveries(souk, rival, slow)), "they all still wait"
    free.set()
    assert data(souk.post(UPDATE, rival, input={"id": slow, "enabled": False}))


def test_an_address_that_is_gone_is_told_nothing_more(souk: Run, receiver: Receiver, acme: str) -> None:
    id_, _ = subscribe(souk, acme, f"{receiver.url}/gone", CFB=[])
    receiver.answers["/gone"] = [410]
    assert data(souk.post(TEST, acme, id=id_))["sendTestWebhook"]["state"] == "PENDING"
    state = "query ($id: ID!) { webhookSubscription(id: $id) { state stateReason } }"
    wait_until(lambda: data(souk.post(state, acme, id=id_))["webhookSubscription"]["state"] == "DISABLED")
    assert receiver.at("/gone") == [{"entity": "WEBHOOK", "action": "TEST", "id": id_}]


def test_what_failed_is_tried_again_and_sent_once_more_with_the_same_id(
    souk: Run, receiver: Receiver, acme: str
) -> None:
    id_, _ = subscribe(souk, acme, f"{receiver.url}/failing", CFB=[])
    receiver.answers["/failing"] = [503, 500]
    assert data(souk.post(TEST, acme, id=id_))
    wait_until(lambda: len(receiver.at("/failing")) == 2, CLOCK_SECONDS)
    wait_until(lambda: len(deliveries(souk, acme, id_)[0]["attempts"]) == 2)
    (delivery,) = deliveries(souk, acme, id_)
    assert [one["statusCode"] for one in delivery["attempts"]] == [503, 500]
    assert (delivery["state"], bool(delivery["nextAttemptDateTime"])) == ("PENDING", True)
    assert data(souk.post(REDELIVER, acme, id=delivery["id"]))
    wait_until(lambda: deliveries(souk, acme, id_)[0]["state"] == "DELIVERED")
    ids = {one.headers["webhook-id"] for one in receiver.arrived if one.path == "/failing"}
    assert ids == {delivery["eventId"]}
