"""Access tokens of the API explorer, which end with the browser's session that asked for them.

The id of such a grant contains the hash under which the session is stored. So a request with the token reads the
session in the same round trip as its other records, and every way in which the session ends is the end of the token.
The hash authenticates nothing: a session is found by its cookie.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from souk.authentication.issuance import issue_access_token, make_grant, revoke_grant
from souk.authentication.records import GRANTS, ApiKey, Session
from souk.authentication.scopes import Scope
from souk.authentication.tokens import explorer_grant_id
from souk.storage import Table, Transaction, random_id

LIFETIME: Final = timedelta(hours=1)
"""How long a token lasts at most. It has no refresh token."""


class Issued(NamedTuple):
    """A token in clear text, of which only the hash is stored."""

    id: str
    """By which the browser that asked for it ends it."""
    token: str
    expires: datetime
    """In real time."""


def issue(tx: Transaction, key: ApiKey, session: Session, organization_id: str, now: datetime) -> Issued:
    """Issue a token for the person of a session through an API key.

    It has the scopes of the key, but never that of operators.
    """
    expires = min(int((now + LIFETIME).timestamp()), session.expires)
    scopes = [scope for scope in key.scopes if scope != Scope.OPERATOR]
    grant = make_grant(key, session.user_id, organization_id, now, scopes)
    id_ = random_id()
    grant = grant.model_copy(update={"id": explorer_grant_id(session.hash, id_), "expires": expires})
    tx.create(GRANTS, grant)
    token = issue_access_token(tx, grant, now, expires=expires)
    return Issued(id_, token, datetime.fromtimestamp(expires, now.tzinfo))


def end(table: Table, session_hash: str, id_: str) -> None:
    """End a token of a session. Those of other sessions are not found by it. Repeating it changes nothing."""
    revoke_grant(table, explorer_grant_id(session_hash, id_))
