"""From what people do to what arrives: the table's record, the relay, the queues and the post, all in process."""

from datetime import timedelta

from souk.authentication.principal import Role
from tests.domains.webhooks.post import PostOffice
from tests.support.api import Person, person
from tests.support.worlds.gigs import CREATE_DRAFT, DELETE, OVERVIEW, PAUSE, RESUME, overview, published
from tests.support.worlds.jobs import DESIGN, MAX

MARKET, CLIENT = "https://market.test/", "https://client.test/"


def arrived(post: PostOffice, url: str) -> list[tuple[str, str]]:
    """Have all delivered that was told, and return what an address got, in the order of the events."""
    post.relay()
    post.carry()
    there = [one for one in post.mailbox.arrived if one.url == url]
    return [
        (one.json["entity"], one.json["action"]) for one in sorted(there, key=lambda one: one.headers["webhook-id"])
    ]


def test_a_client_is_told_of_its_postings_whoever_of_it_posts(post: PostOffice) -> None:
    post.subscribe(post.olivia, CLIENT, JP=[])
    post.subscribe(post.omar, MARKET, JP=[])
    job = post.post(post.liam)
    assert post.change(job, organization_id=DESIGN, jobPostingInfo={"title": "Another title"}).data
    assert arrived(post, CLIENT) == [("JP", "NEW"), ("JP", "UPDATE")]
    assert arrived(post, MARKET) == []
    assert {one.json["id"] for one in post.mailbox.arrived} == {job}


def test_a_team_is_told_of_its_own_postings_alone(post: PostOffice) -> None:
    lead = person(post.souk, MAX, DESIGN, company_id="1001", role=Role.ADMIN)
    post.subscribe(lead, CLIENT, JP=[])
    post.post(post.olivia)
    post.post(post.liam)
    assert arrived(post, CLIENT) == [("JP", "NEW")]


def retitle(seller: Person, gig_id: str, title: str) -> None:
    assert seller.call(OVERVIEW, {"input": {"gigId": gig_id, **overview(title=title)}}).data


def test_the_market_hears_of_a_gig_while_everybody_sees_it(post: PostOffice) -> None:
    post.subscribe(post.olivia, MARKET, GIG=[])
    draft = post.sofia.call(CREATE_DRAFT).data["createDraft"]["id"]
    retitle(post.sofia, draft, "Nobody has seen this")
    assert post.sofia.call(DELETE, {"gigId": draft}).data
    assert arrived(post, MARKET) == []
    gig = published(post.sofia)
    retitle(post.sofia, gig, "I draw your dog")
    assert post.sofia.call(PAUSE, {"gigId": gig}).data
    retitle(post.sofia, gig, "I draw your cat")
    assert post.sofia.call(RESUME, {"gigId": gig}).data
    assert post.sofia.call(DELETE, {"gigId": gig}).data
    assert [action for _, action in arrived(post, MARKET)] == ["PUBLISH", "UPDATE", "PAUSE", "RESUME", "DELETE"]
    assert {one.json["id"] for one in post.mailbox.arrived} == {gig}


def test_a_paused_gig_is_deleted_in_silence(post: PostOffice) -> None:
    post.subscribe(post.olivia, MARKET, GIG=["DELETE"])
    gig = published(post.sofia)
    assert post.sofia.call(PAUSE, {"gigId": gig}).data
    assert post.sofia.call(DELETE, {"gigId": gig}).data
    assert arrived(post, MARKET) == []


def test_what_the_relay_tells_twice_arrives_once(post: PostOffice) -> None:
    post.subscribe(post.olivia, CLIENT, JP=[])
    post.post(post.olivia)
    assert arrived(post, CLIENT) == [("JP", "NEW")]
    post.forget_what_was_told()
    assert arrived(post, CLIENT) == [("JP", "NEW")]
    post.wait(timedelta(days=4))
    assert len(post.mailbox.arrived) == 1
