"""Opening and closing sockets. A person's sockets are one item, so concurrent openings cannot exceed their number."""

from typing import Final

from souk.authentication.bearer import Credential
from souk.domains.live.model import MAX_SOCKETS, ConnectedPerson, OpenSocket, Socket, TooManySockets
from souk.domains.live.store import LIFETIME, PERSONS, SOCKETS, socket_by_id
from souk.storage import Table, Transaction

_COMMITS: Final = 20
"""Commits of one opening, which can lose a race against the person's other sockets."""


def connect(table: Table, connection_id: str, credential: Credential) -> Socket:
    """Store an opened socket. Raises TooManySockets if its owner has `MAX_SOCKETS` others."""
    now = table.clock.real().timestamp()
    socket = Socket(
        connection_id=connection_id,
        user_id=credential.user_id,
        organization_id=credential.organization_id,
        company_id=credential.company_id,
        token_hash=credential.token_hash,
        key_id=credential.key_id,
        grant_id=credential.grant_id,
        expires=int(now + LIFETIME.total_seconds()),
    )

    def attempt(tx: Transaction) -> None:
        person = _person(table, socket.user_id)
        others = person.open_at(now)
        if len(others) >= MAX_SOCKETS:
            raise TooManySockets(f"You have {MAX_SOCKETS} open sockets, which is the limit. Close one first.")
        _save(tx, person, (*others, socket))
        tx.create(SOCKETS, OpenSocket(socket=socket))

    table.retry_until_committed(attempt, commits=_COMMITS)
    return socket


def disconnect(table: Table, connection_id: str) -> None:
    """Forget a socket that was closed. Nothing happens if it is not found."""
    if socket := socket_by_id(table, connection_id):
        forget(table, socket)


def forget(table: Table, socket: Socket) -> None:
    """Forget a socket. It can be repeated."""

    def attempt(tx: Transaction) -> None:
        stored = table.get(SOCKETS, socket.organization_id, socket.user_id, socket.connection_id, consistent=True)
        if stored:
            tx.delete(SOCKETS, stored)
        person = _person(table, socket.user_id)
        left = tuple(one for one in person.sockets if one.connection_id != socket.connection_id)
        if left != person.sockets:
            _save(tx, person, left)

    table.retry_until_committed(attempt, commits=_COMMITS)


def _person(table: Table, user_id: str) -> ConnectedPerson:
    return table.get(PERSONS, user_id, consistent=True) or ConnectedPerson(user_id=user_id)


def _save(tx: Transaction, person: ConnectedPerson, sockets: tuple[Socket, ...]) -> None:
    """Add a person's new sockets to a transaction. Somebody without any has no item."""
    changed = person.model_copy(update={"sockets": sockets})
    if not person.version:
        tx.create(PERSONS, changed)
    elif sockets:
        tx.update(PERSONS, changed)
    else:
        tx.delete(PERSONS, person)
