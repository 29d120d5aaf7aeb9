"""Who hears of an event over their sockets, and what they hear."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from souk.authentication.issuance import LIFETIME as TOKEN_LIFETIME
from souk.authentication.principal import Role
from souk.authentication.records import GRANTS, MEMBERSHIPS
from souk.authentication.scopes import Scope
from souk.authentication.terms import GRACE, accept
from souk.domains.live.rules import SCOPES, event_message
from souk.domains.live.sender import GatewaySender
from souk.domains.live.store import LIFETIME, sockets_of_people
from souk.domains.marketplace.model import Settings
from souk.domains.marketplace.store import SETTINGS
from souk.entry.live_sender import PING_SECONDS, ping_twice
from souk.events.catalog import catalog
from souk.values.times import stamp
from tests.domains.live.world import LiveWorld
from tests.support.api import Person, person
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import ACME, DESIGN


def heard(world: LiveWorld) -> dict[str, list[str]]:
    """Send the new events, and return the messages by socket, as `ROOM STORY`."""
    world.tell_new()
    sent = {name: world.gateway.take(name) for name in tuple(world.gateway.sent)}
    assert all(one.keys() == {"entity", "action", "id"} for messages in sent.values() for one in messages)
    return {name: [f"{one['entity']} {one['action']}" for one in messages] for name, messages in sent.items()}


def test_members_hear_of_their_room_and_nobody_else(world: LiveWorld) -> None:
    for name in ("olivia", "liam", "max", "omar", "sofia"):
        assert world.connect(getattr(world, name), name) == 200
    pair = world.one_on_one(world.olivia, world.liam).data["roomCreate1on1IfNotExists"]["id"]
    world.membership(world.liam, pair, hidden=True, muted=True)
    world.write(world.olivia, pair, "Only for you")
    assert heard(world) == {"olivia": ["ROOM STORY"], "liam": ["ROOM STORY"]}

    group = world.group(world.olivia, world.liam, world.max)
    story = world.write(world.liam, group)
    world.tell_new()
    assert world.gateway.take("max") == [
        {"entity": "ROOM", "action": "CREATE", "id": group},
        {"entity": "ROOM", "action": "STORY", "id": group},
    ]
    world.gateway.sent.clear()
    assert world.put_out(world.olivia, group, world.max).data
    world.edit(world.liam, group, story, "Hello again")
    world.remove_story(world.liam, group, story)
    world.by_id(world.olivia, "removeRoom", group, "")
    told = ["ROOM UPDATE", "ROOM STORY_UPDATE", "ROOM STORY_DELETE", "ROOM DELETE"]
    assert heard(world) == {"olivia": told, "liam": told}


def test_member_hears_only_in_the_organization_of_the_room(world: LiveWorld) -> None:
    elsewhere = person(world.souk, world.liam.user_id, "4242")
    assert world.connect(elsewhere, "elsewhere") == world.connect(world.liam, "here") == 200
    world.write(world.olivia, world.group(world.olivia, world.liam))
    assert heard(world) == {"here": ["ROOM CREATE", "ROOM STORY"]}


def test_both_sides_hear_of_proposals(world: LiveWorld) -> None:
    sockets = ("olivia", "liam", "sofia", "omar", "max")
    for name in sockets:
        world.connect(getattr(world, name), name)
    idle = person(world.souk, "9001", ACME, role=Role.NONE)
    messages = person(world.souk, "9002", DESIGN, company_id=ACME, scopes=(Scope.MESSAGES_READ,))
    assert (world.connect(idle, "idle"), world.connect(messages, "messages")) == (200, 200)
    proposal = world.apply(world.sofia, world.post(world.liam))
    both = ["Vendor JA VendorCreate", "Vendor JA VendorInitiate", "Vendor JA SystemAccept"]
    client = ["Client JA VendorCreate", "Client JA SystemPublish"]
    told = heard(world)
    assert {name: sorted(messages) for name, messages in told.items()} == {
        "sofia": sorted(both),
        "olivia": sorted(both + client),
        "liam": sorted(both + client),
        "max": sorted(both + client),
    }
    world.write(world.liam, proposal, "When could we talk?")
    told = heard(world)
    # Olivia may read the room, and is no member of it.
    assert {name for name, messages in told.items() if "ROOM STORY" in messages} == {"liam", "sofia"}


def _expire(_world: LiveWorld, _who: Person) -> None:
    CLOCK.wait(seconds=TOKEN_LIFETIME.total_seconds())


def _revoke(world: LiveWorld, who: Person) -> None:
    table = world.souk.table
    (socket,) = sockets_of_people(world.sender, [who.user_id])
    grant = table.get(GRANTS, socket.grant_id)
    assert grant is not None
    tx = table.transaction()
    tx.update(GRANTS, grant.model_copy(update={"revoked": True}))
    tx.commit()


def _leave(world: LiveWorld, who: Person) -> None:
    table = world.souk.table
    membership = table.get(MEMBERSHIPS, who.user_id, who.organization_id)
    assert membership is not None
    tx = table.transaction()
    tx.update(MEMBERSHIPS, membership.model_copy(update={"active": False}))
    tx.commit()


@pytest.mark.parametrize("end", [_expire, _revoke, _leave])
@pytest.mark.parametrize("pinged", [True, False])
def test_ended_right_closes_the_socket(
    world: LiveWorld, end: Callable[[LiveWorld, Person], None], pinged: bool
) -> None:
    world.connect(world.olivia, "olivia")
    world.connect(world.liam, "liam")
    room = world.group(world.olivia, world.liam)
    world.write(world.olivia, room)
    heard(world)
    world.write(world.olivia, room, "Secret")
    end(world, world.liam)
    if pinged:
        world.teller.ping()
    else:
        world.tell_new()
    (last,) = world.gateway.take("liam")
    assert (last.keys(), last["error"]["code"]) == ({"error"}, 4401)
    assert "liam" in world.gateway.closed
    assert sockets_of_people(world.sender, [world.liam.user_id]) == []


def test_overdue_terms_end_sockets_and_refuse_new_ones(world: LiveWorld) -> None:
    people = {"olivia": world.olivia, "liam": world.liam}
    room = world.group(*people.values())
    for name, who in people.items():
        world.connect(who, name)
    heard(world)
    tx = world.souk.table.transaction()
    since = stamp(CLOCK.market() - GRACE)
    tx.create(SETTINGS, Settings(terms_version="2", require_terms=True, terms_since=since))
    accept(tx, world.souk.table, world.olivia.user_id, "2", since)
    tx.commit()
    CLOCK.wait(minutes=2)  # functions keep the settings for a minute
    world.write(world.olivia, room)
    world.tell_new()
    assert [one.get("action") for one in world.gateway.take("olivia")] == ["STORY"]
    (last,) = world.gateway.take("liam")
    assert (last["error"]["code"], "terms" in last["error"]["message"]) == (4401, True)
    assert "liam" in world.gateway.closed
    assert (world.connect(world.liam, "again"), world.connect(world.olivia, "again")) == (403, 200)


def test_ping_shows_who_is_there(world: LiveWorld) -> None:
    world.connect(world.olivia, "olivia")
    world.connect(world.liam, "closed")
    world.gateway.closed.add("closed")
    assert world.teller.ping() == 1
    (ping,) = world.gateway.take("olivia")
    assert ping.keys() == {"ping"}
    assert sockets_of_people(world.sender, [world.liam.user_id]) == []
    CLOCK.wait(seconds=LIFETIME.total_seconds())
    assert world.teller.ping() == 0
    assert (world.gateway.take("olivia"), "olivia" in world.gateway.closed) == ([], True)
    assert world.teller.ping() == 0


def test_second_ping_of_a_minute_needs_somebody() -> None:
    sleeps: list[float] = []
    for number, expected in ((0, 1), (3, 2)):
        pings: list[int] = []
        ping_twice(lambda number=number, pings=pings: pings.append(1) or number, sleeps.append)  # type: ignore[misc]
        assert len(pings) == expected
    assert [round(one) for one in sleeps] == [PING_SECONDS]


def test_event_reads_the_table_as_often_for_many_as_for_one(world: LiveWorld) -> None:
    room = world.group(world.olivia, world.liam, world.max)
    counts = []
    for people in (["olivia"], ["liam", "max"]):
        for name in people:
            world.connect(getattr(world, name), name)
        world.write(world.olivia, room)
        before = world.sender.trips
        world.tell_new()
        counts.append(world.sender.trips - before)
    assert counts == [2 * 3, 3]  # the room, its members' sockets, and their rights; the first time of two events


def test_events_of_other_entities_are_not_sent(world: LiveWorld) -> None:
    world.connect(world.olivia, "olivia")
    world.post(world.olivia)
    assert heard(world) == {}
    unknown = {"id": "1", "audience": [ACME], "payload": {"entity": "ROOM", "action": "STORY", "id": "404"}}
    assert world.teller.tell(unknown) == 0
    assert SCOPES.keys() <= catalog().keys()
    assert {scope for scopes in SCOPES.values() for scope in scopes} <= set(Scope)


def test_message_of_an_event_has_nothing_else() -> None:
    payload = {"entity": "ROOM", "action": "STORY", "id": "1", "text": "private"}
    assert orjson.loads(event_message(payload)) == {"entity": "ROOM", "action": "STORY", "id": "1"}


@pytest.mark.parametrize(
    ("error", "is_open"),
    [
        (ClientError({"Error": {"Code": "GoneException"}, "ResponseMetadata": {"HTTPStatusCode": 410}}, "Post"), False),  # type: ignore[typeddict-item]
        (ClientError({"Error": {"Code": "410"}, "ResponseMetadata": {"HTTPStatusCode": 410}}, "Post"), False),  # type: ignore[typeddict-item]
        (ClientError({"Error": {"Code": "LimitExceeded"}, "ResponseMetadata": {"HTTPStatusCode": 429}}, "Post"), True),  # type: ignore[typeddict-item]
        (ConnectTimeoutError(endpoint_url="https://gateway"), True),
        (None, True),
    ],
)
def test_sender_tells_closed_sockets_from_failures(error: Exception | None, is_open: bool) -> None:
    calls: list[dict[str, Any]] = []

    class Client:
        def post_to_connection(self, **call: Any) -> None:
            calls.append(call)
            if error:
                raise error

        delete_connection = post_to_connection

    sender = GatewaySender(Client())
    assert sender.send("1", b"{}") is is_open
    sender.close("1")
    assert calls == [{"ConnectionId": "1", "Data": b"{}"}, {"ConnectionId": "1"}]


def test_token_outlives_a_socket() -> None:
    assert timedelta(0) < LIFETIME < TOKEN_LIFETIME
