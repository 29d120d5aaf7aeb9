"""The test world of live: people with sockets, which remember what was sent over them."""

from collections import defaultdict
from typing import Any

import orjson

from souk.app import FUNCTIONS, LIVE, LIVE_SENDER
from souk.authentication.rate_limits import Meter
from souk.domains.live.commands.telling import Teller
from souk.domains.live.web import LiveApi
from souk.storage import Table
from tests.domains.messages.world import MessagesWorld
from tests.support import table as table_shape
from tests.support.api import Person, Souk, Unmetered
from tests.support.clock import CLOCK


class Gateway:
    """API Gateway's sockets: what was sent over each, and which are closed."""

    def __init__(self) -> None:
        self.sent: dict[str, list[Any]] = defaultdict(list)
        self.closed: set[str] = set()

    def send(self, connection_id: str, message: bytes) -> bool:
        """Remember a message."""
        if connection_id not in self.closed:
            self.sent[connection_id].append(orjson.loads(message))
        return connection_id not in self.closed

    def close(self, connection_id: str) -> None:
        """Close a socket."""
        self.closed.add(connection_id)

    def take(self, connection_id: str) -> list[Any]:
        """Return what was sent over a socket since the last time."""
        return self.sent.pop(connection_id, [])


class LiveWorld(MessagesWorld):
    """The API with its people, and the functions of sockets."""

    def __init__(self, souk: Souk, meter: Meter | None = None) -> None:
        super().__init__(souk)
        self.gateway = Gateway()
        self.api = LiveApi(self.own_table(LIVE), meter or Unmetered(souk.table.client, table_shape.COUNTERS))
        self.sender = self.own_table(LIVE_SENDER)
        self.teller = Teller(self.sender, self.gateway)
        self._told: set[str] = set()

    def own_table(self, function: str) -> Table:
        """Return the table of a function."""
        return Table(self.souk.table.client, self.souk.table.name, CLOCK, FUNCTIONS[function].writes)

    def shake(self, connection_id: str, headers: dict[str, str], **parameters: str) -> dict[str, Any]:
        """Return the answer to a handshake."""
        event = {
            "requestContext": about("CONNECT", connection_id),
            "headers": headers,
            "queryStringParameters": parameters or None,
        }
        return self.api(event, None)

    def connect(self, who: Person, connection_id: str, tenant: str | None = None) -> int:
        """Open a socket, and return the status."""
        headers = {"Authorization": f"Bearer {who.token}"} | ({"X-Upwork-API-TenantId": tenant} if tenant else {})
        status: int = self.shake(connection_id, headers)["statusCode"]
        return status

    def tell_new(self) -> None:
        """Send the events since the last time."""
        for event in self._events():
            if event.event_id not in self._told:
                self._told.add(event.event_id)
                payload = {"entity": event.entity, "action": event.action, "id": event.id}
                self.teller.tell({"id": event.event_id, "audience": list(event.audience), "payload": payload})


def about(kind: str, connection_id: str) -> dict[str, Any]:
    """Return the context of a WebSocket event."""
    return {
        "eventType": kind,
        "connectionId": connection_id,
        "requestId": "test",
        "identity": {"sourceIp": "192.0.2.1"},
    }
