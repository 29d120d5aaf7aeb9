"""Opening and closing sockets: who may, and how many."""

from collections import Counter
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.authentication.rate_limits import Meter
from souk.authentication.scopes import Scope
from souk.domains.live.commands.connecting import disconnect, forget
from souk.domains.live.model import MAX_SOCKETS, ConnectedPerson, Socket
from souk.domains.live.store import LIFETIME, PERSONS, all_sockets, sockets_of_organization, sockets_of_people
from tests.domains.live.world import LiveWorld, about
from tests.support import table as table_shape
from tests.support.api import Person, Souk, person
from tests.support.clock import CLOCK
from tests.support.racing import CALLERS, meanwhile, together


def stored(world: LiveWorld, who: Person) -> set[str]:
    """Return the ids of a person's sockets, which must be the same in every place."""
    (ids,) = {
        frozenset(one.connection_id for one in sockets if one.user_id == who.user_id)
        for sockets in (
            sockets_of_people(world.sender, [who.user_id]),
            [one for chunk in all_sockets(world.sender) for one in chunk],
        )
    }
    return set(ids)


def test_handshake_is_authenticated_like_a_request(world: LiveWorld) -> None:
    olivia, bearer = world.olivia, f"Bearer {world.olivia.token}"
    assert world.connect(olivia, "header") == 200
    assert world.shake("address", {}, access_token=olivia.token) == {"statusCode": 200}
    assert stored(world, olivia) == {"header", "address"}
    no_scope = person(world.souk, "1", "2", scopes=(Scope.COMMON_ENTITIES_READ,))
    for status, headers, parameters in (
        (401, {}, {}),
        (401, {"Authorization": "Bearer wrong"}, {}),
        (401, {}, {"access_token": olivia.token[:-1]}),
        (401, {"Authorization": bearer}, {"access_token": olivia.token}),
        (403, {"Authorization": bearer, "X-Upwork-API-TenantId": world.omar.organization_id}, {}),
        (403, {}, {"access_token": olivia.token, "X-Upwork-API-TenantId": world.omar.organization_id}),
        (403, {"Authorization": f"Bearer {no_scope.token}"}, {}),
    ):
        answer = world.shake("refused", headers, **parameters)
        assert (answer["statusCode"], stored(world, olivia)) == (status, {"header", "address"}), headers
        assert olivia.token not in answer["body"]
        assert ("WWW-Authenticate" in answer["headers"]) is (status == 401)


def test_socket_is_for_the_organization_of_the_request(world: LiveWorld) -> None:
    team = person(world.souk, world.olivia.user_id, "4242", company_id=world.olivia.organization_id)
    assert world.connect(world.olivia, "by-header", tenant=team.organization_id) == 200
    address = {"access_token": world.olivia.token, "x-upwork-api-tenantid": team.organization_id}
    assert world.shake("by-address", {}, **address)["statusCode"] == 200
    (sockets,) = sockets_of_organization(world.sender, team.organization_id)
    assert {one.connection_id for one in sockets} == {"by-header", "by-address"}


def test_sixth_socket_is_refused(world: LiveWorld) -> None:
    for number in range(MAX_SOCKETS):
        assert world.connect(world.olivia, str(number)) == 200
    refused = world.shake("6", {"authorization": f"Bearer {world.olivia.token}"})
    assert (refused["statusCode"], "TOO_MANY_REQUESTS" in refused["body"]) == (429, True)
    assert world.connect(world.liam, "liam") == 200
    for _ in range(2):  # API Gateway may report an end twice
        assert world.api({"requestContext": about("DISCONNECT", "3")}, None) == {"statusCode": 200}
    assert world.connect(world.olivia, "6") == 200
    assert stored(world, world.olivia) == {"0", "1", "2", "4", "6"}
    CLOCK.wait(seconds=LIFETIME.total_seconds())  # API Gateway has closed them
    assert world.connect(person(world.souk, world.olivia.user_id, world.olivia.organization_id), "later") == 200
    (sockets,) = (world.sender.get(PERSONS, world.olivia.user_id, consistent=True),)
    assert sockets is not None
    assert [one.connection_id for one in sockets.sockets] == ["later"]


def test_concurrent_handshakes_respect_the_limit(world: LiveWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers, olivia = count(), world.olivia
    assert olivia.token
    answers = Counter(together(monkeypatch, lambda: world.connect(olivia, f"{next(numbers)}")))
    assert answers == {200: MAX_SOCKETS, 429: CALLERS - MAX_SOCKETS}
    assert len(stored(world, olivia)) == MAX_SOCKETS


def test_opening_and_closing_at_once_lose_nothing(world: LiveWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.connect(world.olivia, "first")
    meanwhile(monkeypatch, lambda: disconnect(world.sender, "first"))
    assert world.connect(world.olivia, "second") == 200
    assert stored(world, world.olivia) == {"second"}
    meanwhile(monkeypatch, lambda: world.connect(world.olivia, "third"))
    disconnect(world.sender, "second")
    assert stored(world, world.olivia) == {"third"}
    disconnect(world.sender, "third")
    disconnect(world.sender, "never opened")
    assert world.sender.get(PERSONS, world.olivia.user_id, consistent=True) is None


def test_forgetting_cleans_up_what_expired_by_itself(world: LiveWorld) -> None:
    """DynamoDB deletes expired items one by one, so either can be left."""
    world.connect(world.olivia, "one")
    (socket,) = sockets_of_people(world.sender, [world.olivia.user_id])
    world.souk.table.client.delete_item(
        TableName=world.souk.table.name, Key={"PK": {"S": f"LIVE#PERSON#{socket.user_id}"}, "SK": {"S": "SOCKETS"}}
    )
    forget(world.sender, socket)
    forget(world.sender, socket)
    assert stored(world, world.olivia) == set()


def test_handshakes_count_as_requests(souk: Souk) -> None:
    world = LiveWorld(souk, Meter(souk.table.client, table_shape.COUNTERS, per_minute=2, per_day=1))
    statuses = [world.connect(world.olivia, str(number)) for number in range(3)]
    assert statuses == [200, 429, 429]  # the second is too many for the key, the third for the address
    assert world.shake("4", {})["headers"]["Retry-After"] == "60"


def test_every_message_of_a_client_is_answered(world: LiveWorld) -> None:
    for body in ('{"action": "ping"}', "", "}{"):
        answer = world.api({"requestContext": about("MESSAGE", "1"), "body": body}, None)
        assert answer == {"statusCode": 200, "body": '{"pong":true}'}


@given(st.lists(st.integers(0, 9), max_size=8), st.integers(0, 9))
def test_expired_sockets_are_not_open(expiries: list[int], now: int) -> None:
    sockets = [_socket(str(number), expires) for number, expires in enumerate(expiries)]
    found = ConnectedPerson(user_id="1", sockets=tuple(sockets)).open_at(now)
    assert [one.expires for one in found] == [one for one in expiries if one > now]


def _socket(connection_id: str, expires: int) -> Socket:
    ids: dict[str, Any] = dict.fromkeys(("user_id", "organization_id", "token_hash", "key_id", "grant_id"), "1")
    return Socket(connection_id=connection_id, expires=expires, **ids)
