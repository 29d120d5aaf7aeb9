"""What is sent over sockets, and to whom."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import orjson

from souk.authentication.principal import Principal
from souk.authentication.scopes import Scope
from souk.domains.rooms.model import ROOM
from souk.values.errors import Forbidden
from souk.values.times import stamp

OFFERS: Final = frozenset({Scope.OFFERS_READ, Scope.OFFERS_WRITE})
SCOPES: Final[Mapping[str, frozenset[str]]] = {
    ROOM: frozenset({Scope.MESSAGES_READ, Scope.MESSAGES_WRITE}),
    "Vendor JA": frozenset({Scope.CLIENT_PROPOSALS}),
    "Client JA": frozenset({Scope.CLIENT_PROPOSALS}),
    "OFFER": OFFERS,
    "MILESTONE": OFFERS,
}
"""The entities whose events are sent, and the scopes of which a token needs one."""
TOKEN_ENDED: Final = 4401
"""The code of the last message, when a token has ended or its owner has left the organization."""


def require_any_scope(principal: Principal) -> None:
    """Raise Forbidden if a token could never receive an event."""
    if not any(principal.scopes & scopes for scopes in SCOPES.values()):
        names = sorted(frozenset[str]().union(*SCOPES.values()))
        raise Forbidden(f"This token can receive no event. It needs one of these scopes: {', '.join(names)}.")


def may_receive(principal: Principal, entity: str) -> bool:
    """Return whether the events of an entity are for a person: with a role, and with a scope that reads it."""
    return principal.member and bool(principal.scopes & SCOPES[entity])


def event_message(payload: Mapping[str, Any]) -> bytes:
    """Return the message of an event: its entity, action and id, and nothing else."""
    return orjson.dumps({name: payload[name] for name in ("entity", "action", "id")})


def ping_message(now: datetime) -> bytes:
    """Return the message that shows that a socket is alive."""
    return orjson.dumps({"ping": stamp(now)})


def end_message(reason: str) -> bytes:
    """Return the last message before a socket is closed because of its token."""
    return orjson.dumps({"error": {"code": TOKEN_ENDED, "message": reason}})


PONG: Final = orjson.dumps({"pong": True}).decode()
"""The answer to every message of a client."""
