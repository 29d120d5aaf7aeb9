"""Telling people of events over their sockets, and keeping the sockets alive.

No event is sent over a socket before its token, key, grant, membership and standings were read consistently, and
whether its owner has accepted the terms in time. So whoever loses a right hears nothing from that moment on. Pings tell
nothing, and their reads cost half as much.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any, Final

from souk.authentication import terms
from souk.authentication.bearer import prove
from souk.authentication.principal import Principal
from souk.domains.live import rules
from souk.domains.live.commands.connecting import forget
from souk.domains.live.model import Socket
from souk.domains.live.sender import Sender
from souk.domains.live.store import all_sockets, sockets_of_organization, sockets_of_people
from souk.domains.rooms.model import ROOM
from souk.domains.rooms.store import ROOMS
from souk.runtime.log import logger
from souk.storage import Table
from souk.values.errors import SoukError

_CONCURRENCY: Final = 10
"""Messages that are sent at the same time: botocore's connections to one host."""


class Teller:
    """Sends events and pings over open sockets."""

    def __init__(self, table: Table, sender: Sender) -> None:
        self._table = table
        self._sender = sender

    def tell(self, detail: dict[str, Any]) -> int:
        """Send an event to the people whom it concerns, and return the number of sockets.

        `detail` is the event's detail on the bus.
        """
        payload = detail["payload"]
        entity, message = payload["entity"], rules.event_message(payload)
        if entity not in rules.SCOPES:
            return 0
        sent = 0
        for sockets in self._concerned(entity, payload["id"], detail.get("audience", ())):
            sent += self._send(sockets, message, lambda principal: rules.may_receive(principal, entity))
        if sent:
            logger.info("told", event_id=detail["id"], entity=entity, sockets=sent)
        return sent

    def ping(self) -> int:
        """Send a ping over every socket, and return their number. Closes those whose time or token has ended."""
        message = rules.ping_message(self._table.clock.real())
        return sum(
            self._send(sockets, message, lambda _principal: True, consistent=False)
            for sockets in all_sockets(self._table)
        )

    def _concerned(self, entity: str, id_: str, audience: Iterable[str]) -> Iterator[list[Socket]]:
        """Yield the sockets of the members of a room, otherwise of everybody in the audience's organizations."""
        if entity != ROOM:
            for organization_id in dict.fromkeys(audience):
                yield from sockets_of_organization(self._table, organization_id)
        elif room := self._table.get(ROOMS, id_, consistent=True):
            places = {member.place for member in room.members}
            sockets = sockets_of_people(self._table, {user_id for user_id, _ in places})
            yield [one for one in sockets if (one.user_id, one.organization_id) in places]

    def _send(
        self,
        sockets: Sequence[Socket],
        message: bytes,
        wanted: Callable[[Principal], bool],
        *,
        consistent: bool = True,
    ) -> int:
        """Send a message over sockets whose owners are `wanted`. Forgets those that are closed, and ends others."""
        if not sockets:
            return 0
        now = self._table.clock.real()
        of_terms = {one.user_id: terms.keys(self._table, one.user_id) for one in sockets}
        keys = [*chain.from_iterable(one.credential.keys for one in sockets), *chain.from_iterable(of_terms.values())]
        items = self._table.batch_get(keys, consistent=consistent)
        receivers: list[Socket] = []
        for one in sockets:
            try:
                principal = prove(one.credential, items, now)
                if terms.overdue(self._table, one.user_id, items, of_terms[one.user_id]) and not principal.service:
                    raise terms.terms_refused()
            except SoukError as ended:
                self._sender.send(one.connection_id, rules.end_message(ended.message))
                self._end(one)
                continue
            if one.expires <= now.timestamp():
                self._end(one)
            elif wanted(principal):
                receivers.append(one)
        with ThreadPoolExecutor(max_workers=_CONCURRENCY) as pool:
            alive = list(pool.map(lambda one: self._sender.send(one.connection_id, message), receivers))
        for one, is_open in zip(receivers, alive, strict=True):
            if not is_open:
                forget(self._table, one)
        return sum(alive)

    def _end(self, socket: Socket) -> None:
        self._sender.close(socket.connection_id)
        forget(self._table, socket)
