"""Stored sockets."""

from typing import Final

from souk.authentication.bearer import Credential
from souk.storage import Entity, Model
from souk.values.errors import SoukError

MAX_SOCKETS: Final = 5
"""The open sockets of a person, in all their organizations."""


class TooManySockets(SoukError):
    """The person has `MAX_SOCKETS` open sockets."""

    code = "TOO_MANY_REQUESTS"


class Socket(Model):
    """An open socket. It never changes."""

    connection_id: str
    """API Gateway's id."""
    user_id: str
    organization_id: str
    """The organization that it was opened for."""
    company_id: str = ""
    """Its company."""
    token_hash: str
    key_id: str
    grant_id: str
    expires: int
    """When it is closed at the latest, in seconds since 1970, real time."""

    @property
    def credential(self) -> Credential:
        """What proves that its owner may still hear of anything."""
        return Credential(
            self.token_hash, self.key_id, self.grant_id, self.user_id, self.organization_id, self.company_id
        )


class OpenSocket(Entity):
    """The item of a socket, among those of its organization."""

    socket: Socket


class ConnectedPerson(Entity):
    """The open sockets of a person. Every change of them is a write of this item, which limits their number."""

    user_id: str
    sockets: tuple[Socket, ...] = ()

    def open_at(self, now: float) -> tuple[Socket, ...]:
        """Return the sockets that are not expired at a time, in seconds since 1970."""
        return tuple(one for one in self.sockets if one.expires > now)
