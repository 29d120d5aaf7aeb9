"""The table items of open sockets.

LIVE#PERSON#<user>       SOCKETS                     the sockets of a person, at most MAX_SOCKETS
LIVE#ORG#<organization>  SOCKET#<user>#<connection>  a socket    GSI1 LIVE#SOCKET#<connection> / SOCKET: by its id
                                                                 GSI2 LIVE#SHARD#<shard> / <connection>: all sockets

API Gateway closes a socket after LIFETIME. The items of one whose end nobody noticed are deleted a little later.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final
from zlib import crc32

from souk.domains.live.model import ConnectedPerson, OpenSocket, Socket
from souk.storage import Collection, Key, StoredList, Table, View

WRITES: Final = ("LIVE#",)
"""The key prefixes that only this domain writes."""
LIFETIME: Final = timedelta(hours=2)
"""How long a socket is open at most: API Gateway's limit.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
"""
SHARDS: Final = 8
_KEPT: Final = 3_600
"""Seconds that items are kept after LIFETIME, so that a round of pings closes and removes them first."""
_EVERY: Final[View[OpenSocket, OpenSocket]] = View()


def person_key(user_id: str) -> Key:
    """Return the key of a person's sockets."""
    return Key(f"LIVE#PERSON#{user_id}", "SOCKETS")


def socket_key(organization_id: str, user_id: str, connection_id: str) -> Key:
    """Return the key of a socket."""
    return Key(f"LIVE#ORG#{organization_id}", f"SOCKET#{user_id}#{connection_id}")


def _key_of(one: OpenSocket) -> Key:
    return socket_key(one.socket.organization_id, one.socket.user_id, one.socket.connection_id)


def shard_of(user_id: str) -> int:
    """Return the shard of a person's sockets."""
    return crc32(user_id.encode()) % SHARDS


PERSONS: Collection[ConnectedPerson] = Collection(
    name="ConnectedPerson",
    model=ConnectedPerson,
    key=person_key,
    key_of=lambda one: person_key(one.user_id),
    expires_at=lambda one: max((socket.expires for socket in one.sockets), default=0) + _KEPT,
)
SOCKETS: Collection[OpenSocket] = Collection(
    name="OpenSocket",
    model=OpenSocket,
    key=socket_key,
    key_of=_key_of,
    indexes={
        "GSI1": lambda one: Key(f"LIVE#SOCKET#{one.socket.connection_id}", "SOCKET"),
        "GSI2": lambda one: Key(f"LIVE#SHARD#{shard_of(one.socket.user_id)}", one.socket.connection_id),
    },
    expires_at=lambda one: one.socket.expires + _KEPT,
)
ORGANIZATION_SOCKETS: Final = StoredList("organizationSockets", SOCKETS, "LIVE#ORG#{}".format, prefix="SOCKET#")
"""The sockets that were opened for an organization."""
SHARD_SOCKETS: Final = StoredList("shardSockets", SOCKETS, "LIVE#SHARD#{}".format, index="GSI2")
"""The sockets of a shard."""
LISTS: Final = (ORGANIZATION_SOCKETS, SHARD_SOCKETS)


def socket_by_id(table: Table, connection_id: str) -> Socket | None:
    """Return a socket by API Gateway's id. One that was opened within this second may not be found."""
    found = table.query(SOCKETS, f"LIVE#SOCKET#{connection_id}", index="GSI1", limit=1).items
    return found[0].socket if found else None


def sockets_of_people(table: Table, user_ids: Iterable[str]) -> list[Socket]:
    """Return the sockets of some people, read consistently in one round trip."""
    keys = [person_key(user_id) for user_id in user_ids]
    items = table.batch_get(keys, consistent=True)
    return [socket for item in items.values() for socket in PERSONS.decode(item).sockets]


def sockets_of_organization(table: Table, organization_id: str) -> Iterator[list[Socket]]:
    """Yield the sockets that were opened for an organization, in chunks."""
    for chunk in ORGANIZATION_SOCKETS.of(table, organization_id).chunks(_EVERY):
        yield [one.socket for one in chunk]


def all_sockets(table: Table) -> Iterator[list[Socket]]:
    """Yield all sockets, in chunks."""
    for shard in range(SHARDS):
        for chunk in SHARD_SOCKETS.of(table, str(shard)).chunks(_EVERY):
            yield [one.socket for one in chunk]
