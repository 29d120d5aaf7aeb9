"""Sockets of all viewers: events reach those who may know of them, and tell nothing but names and ids."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from souk.app import FUNCTIONS, LIVE, LIVE_SENDER
from souk.domains.live.commands.telling import Teller
from souk.domains.live.rules import SCOPES
from souk.domains.live.web import LiveApi
from souk.domains.offers.store import OFFERS
from souk.domains.proposals.store import PROPOSALS
from souk.domains.rooms.store import ROOMS
from souk.storage import Table
from tests.authority.messages import BLOCKED, GROUP, PAIR, PUBLIC
from tests.authority.offers import BY_THE_HOUR, PART
from tests.authority.proposals import PENDING
from tests.authority.world import INVITED, MANAGER, OWNER, VIEWERS, Viewer, World
from tests.domains.live.world import Gateway, about
from tests.support import table as table_shape
from tests.support.api import Unmetered
from tests.support.clock import CLOCK

HEARD: Final[dict[tuple[str, str], set[Viewer]]] = {
    ("ROOM", GROUP): {OWNER, MANAGER},
    ("ROOM", PUBLIC): {OWNER},  # the others may join it, and are no members yet
    ("ROOM", PAIR): {OWNER, MANAGER},
    ("ROOM", BLOCKED): {OWNER},  # the other member has no role any more
    ("OFFER", BY_THE_HOUR): {OWNER, MANAGER, INVITED},
    ("MILESTONE", PART): {OWNER, MANAGER, INVITED},
    ("Vendor JA", PENDING): {OWNER, MANAGER, INVITED},
    ("Client JA", PENDING): {OWNER, MANAGER},
}
"""The viewers who hear of an event, by its entity and id."""


class Sockets:
    """The functions of sockets, and a socket of each viewer."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.gateway = Gateway()
        self.api = LiveApi(self._table(LIVE), Unmetered(world.table.client, table_shape.COUNTERS))
        self.teller = Teller(self._table(LIVE_SENDER), self.gateway)

    def _table(self, function: str) -> Table:
        return Table(self.world.table.client, self.world.table.name, CLOCK, FUNCTIONS[function].writes)

    def shake(self, connection_id: str, token: str, **headers: str) -> dict[str, Any]:
        """Return the answer to a handshake."""
        given = {"Authorization": f"Bearer {token}", **headers}
        return self.api({"requestContext": about("CONNECT", connection_id), "headers": given}, None)

    def audience(self, entity: str, id_: str) -> tuple[str, ...]:
        """Return the audience of an event, as the commands emit it."""
        table = self.world.table
        if room := entity == "ROOM" and table.get(ROOMS, id_):
            return room.audience
        agreement = table.get(PROPOSALS, id_) or table.get(OFFERS, BY_THE_HOUR)
        assert agreement is not None
        return agreement.parties.client if entity == "Client JA" else agreement.parties.both


@pytest.fixture
def sockets(world: World) -> Iterator[Sockets]:
    with world.restored():
        made = Sockets(world)
        for viewer in VIEWERS:
            assert made.shake(viewer.name, world[viewer].token)["statusCode"] == 200
        yield made


@pytest.mark.parametrize(("entity", "id_"), HEARD)
def test_event_reaches_those_who_may_know(sockets: Sockets, entity: str, id_: str) -> None:
    payload = {"entity": entity, "action": "TOLD", "id": id_, "text": "canary-event"}
    sockets.teller.tell({"id": "1", "audience": sockets.audience(entity, id_), "payload": payload})
    hearers = {viewer for viewer in VIEWERS if sockets.gateway.sent[viewer.name]}
    assert hearers == HEARD[entity, id_]
    for viewer in hearers:
        message = sockets.gateway.take(viewer.name)
        assert message == [{"entity": entity, "action": "TOLD", "id": id_}]
        assert not sockets.world.secrets.leaked({"message": message}, None, viewer.knows, viewer.user_id)
    assert {one for one, _ in HEARD} == SCOPES.keys()


def test_ended_tokens_open_no_socket(sockets: Sockets) -> None:
    assert sockets.world.revoked
    for how, person in sockets.world.revoked.items():
        answer = sockets.shake("ended", person.token)
        assert answer["statusCode"] in (401, 403), how
        assert not sockets.world.secrets.leaked(answer, person.token), how


@pytest.mark.parametrize("viewer", VIEWERS, ids=str)
def test_forged_organization_opens_no_socket(sockets: Sockets, viewer: Viewer) -> None:
    mine = {viewer.organization_id for other in VIEWERS if other.user_id == viewer.user_id}
    foreign = {other.organization_id for other in VIEWERS} - mine
    for organization_id in foreign:
        headers = {"X-Upwork-API-TenantId": organization_id}
        answer = sockets.shake("forged", sockets.world[viewer].token, **headers)
        assert answer["statusCode"] == 403
        assert not sockets.world.secrets.leaked(answer, organization_id)
