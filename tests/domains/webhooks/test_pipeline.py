"""The whole pipeline in process: API calls, outbox records, the relay, the queues and the delivered requests."""

from datetime import timedelta

import pytest

from souk.authentication.principal import Role
from souk.domains.webhooks.store import subscribers
from souk.storage import lists
from tests.support.api import Person, person
from tests.support.worlds.gigs import CREATE_DRAFT, DELETE, OVERVIEW, PAUSE, RESUME, overview, published
from tests.support.worlds.jobs import ACME, DESIGN, MAX
from tests.support.worlds.webhooks import WebhookWorld

MARKET, CLIENT = "https://market.test/", "https://client.test/"


def delivered(world: WebhookWorld, url: str) -> list[tuple[str, str]]:
    """Deliver all events, and return the entity and action of those that an address got, in event order."""
    world.relay()
    world.deliver()
    requests = [one for one in world.addresses.requests if one.url == url]
    return [
        (one.json["entity"], one.json["action"]) for one in sorted(requests, key=lambda one: one.headers["webhook-id"])
    ]


def test_client_gets_events_of_all_its_postings(world: WebhookWorld) -> None:
    world.subscribe(world.olivia, CLIENT, JP=[])
    world.subscribe(world.omar, MARKET, JP=[])
    job = world.post(world.liam)
    assert world.change(job, organization_id=DESIGN, jobPostingInfo={"title": "Another title"}).data
    assert delivered(world, CLIENT) == [("JP", "NEW"), ("JP", "UPDATE")]
    assert delivered(world, MARKET) == []
    assert {one.json["id"] for one in world.addresses.requests} == {job}


def test_team_gets_events_of_its_own_postings(world: WebhookWorld) -> None:
    lead = person(world.souk, MAX, DESIGN, company_id="1001", role=Role.ADMIN)
    world.subscribe(lead, CLIENT, JP=[])
    world.post(world.olivia)
    world.post(world.liam)
    assert delivered(world, CLIENT) == [("JP", "NEW")]


def rename_gig(seller: Person, gig_id: str, title: str) -> None:
    assert seller.call(OVERVIEW, {"input": {"gigId": gig_id, **overview(title=title)}}).data


def test_gig_events_are_public_while_published(world: WebhookWorld) -> None:
    world.subscribe(world.olivia, MARKET, GIG=[])
    draft = world.sofia.call(CREATE_DRAFT).data["createDraft"]["id"]
    rename_gig(world.sofia, draft, "Nobody has seen this")
    assert world.sofia.call(DELETE, {"gigId": draft}).data
    assert delivered(world, MARKET) == []
    gig = published(world.sofia)
    rename_gig(world.sofia, gig, "I draw your dog")
    assert world.sofia.call(PAUSE, {"gigId": gig}).data
    rename_gig(world.sofia, gig, "I draw your cat")
    assert world.sofia.call(RESUME, {"gigId": gig}).data
    assert world.sofia.call(DELETE, {"gigId": gig}).data
    assert [action for _, action in delivered(world, MARKET)] == ["PUBLISH", "UPDATE", "PAUSE", "RESUME", "DELETE"]
    assert {one.json["id"] for one in world.addresses.requests} == {gig}


def test_deleting_a_paused_gig_sends_nothing(world: WebhookWorld) -> None:
    world.subscribe(world.olivia, MARKET, GIG=["DELETE"])
    gig = published(world.sofia)
    assert world.sofia.call(PAUSE, {"gigId": gig}).data
    assert world.sofia.call(DELETE, {"gigId": gig}).data
    assert delivered(world, MARKET) == []


def test_duplicate_stream_record_is_delivered_once(world: WebhookWorld) -> None:
    world.subscribe(world.olivia, CLIENT, JP=[])
    world.post(world.olivia)
    assert delivered(world, CLIENT) == [("JP", "NEW")]
    world.restart_stream()
    assert delivered(world, CLIENT) == [("JP", "NEW")]
    world.wait(timedelta(days=4))
    assert len(world.addresses.requests) == 1


def test_fan_out_reads_subscribers_in_chunks(world: WebhookWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "_LARGEST_CHUNK", 2)
    urls = [f"https://market.test/{number}" for number in range(5)]
    for url in urls:
        world.subscribe(world.olivia, url, GIG=[])
    gig = published(world.sofia)
    world.relay()
    world.deliver()
    assert sorted((one.url, one.json["id"]) for one in world.addresses.requests) == [(url, gig) for url in urls]


def test_own_public_event_is_delivered_once(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia, MARKET, GIG=[])
    own, public = subscribers(world.fanout_table, (ACME, "*"))
    assert [one.id for one in own] == [id_]
    assert public == []
