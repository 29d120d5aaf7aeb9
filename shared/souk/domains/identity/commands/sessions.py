"""Ending the sessions of browsers."""

from datetime import datetime
from typing import Final

from souk.authentication.records import SESSIONS, SESSIONS_OF_PERSON, Session, live_sessions
from souk.storage import Table, Transaction, View
from souk.values.errors import Conflict, NotFound

_REFUSED: Final = "You are still logged in. Please try again."


def end(table: Table, session: Session, now: datetime) -> None:
    """End a session; nothing changes if it has ended. `now` is in real time."""

    def expire(tx: Transaction) -> None:
        current = table.get(SESSIONS, session.hash, consistent=True)
        if current and current.expires > now.timestamp():
            tx.update(SESSIONS, current.model_copy(update={"expires": int(now.timestamp())}))

    table.retry_until_committed(expire, refused=Conflict(_REFUSED))


def end_one(table: Table, user_id: str, session_id: str) -> None:
    """End a session of a person by its public id. Raises NotFound if the person has none with this id."""
    named: View[Session, Session] = View([lambda one: one.public_id == session_id])
    for chunk in SESSIONS_OF_PERSON.of(table, user_id).chunks(named):
        for session in chunk:
            end(table, session, table.clock.real())
            return
    raise NotFound("There is no such session.")


def end_others(table: Table, user_id: str, kept_id: str) -> int:
    """End all sessions of a person but the one with this public id, and return how many ended."""
    now, ended = table.clock.real(), 0
    for chunk in SESSIONS_OF_PERSON.of(table, user_id).chunks(live_sessions(table, user_id, now)):
        for session in chunk:
            if session.public_id != kept_id:
                end(table, session, now)
                ended += 1
    return ended
