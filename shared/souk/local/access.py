"""Issues access tokens for people of the local run without the authorization server."""

from datetime import UTC, datetime
from typing import Final

from souk.authentication.issuance import LIFETIME
from souk.authentication.issuance import issue_token as issue
from souk.authentication.records import API_KEYS, TOKENS, ApiKey
from souk.authentication.scopes import Scope
from souk.authentication.tokens import digest
from souk.domains.identity.store import user_by_email
from souk.local.emulator import Clients
from souk.operations.problem import Problem
from souk.storage import Table, Transaction, market_time
from souk.values.clock import Clock

KEY_ID: Final = "souk-local"
"""The API key of `souk token`. It exists only in local runs, belongs to nobody, and cannot be used with OAuth 2.0."""
_SCOPES: Final = tuple(scope.value for scope in Scope)


def table(client: Clients, name: str) -> Table:
    """Return the table with the permissions of the account's root user, who may write every key.

    Its clock shows the market time as it is now.
    """
    table = Table(client("dynamodb"), name, Clock(movable=True), writes=("",))
    market_time.read(table)
    return table


def issue_token(table: Table, email: str) -> str:
    """Return a new access token for the person with this e-mail address, with all scopes.

    The scope of operators counts only for operators. Raises Problem if there is no such person.
    """
    market_time.read(table)
    user = user_by_email(table, email)
    if user is None:
        raise Problem(f"There is no user with the e-mail address {email}.")

    def attempt(tx: Transaction) -> str:
        return issue(tx, _key(table, tx), user.id, user.organization_id, table.clock.real())

    return table.retry_until_committed(attempt)


def _key(table: Table, tx: Transaction) -> ApiKey:
    """Return the key of `souk token`, with all scopes of this version."""
    key = table.get(API_KEYS, KEY_ID, consistent=True)
    if key is None:
        new = ApiKey(
            id=KEY_ID,
            name="souk token",
            organization_id="",
            created_by="",
            scopes=_SCOPES,
            grants=(),
            redirect_uris=(),
        )
        return tx.create(API_KEYS, new)
    return key if key.scopes == _SCOPES else tx.update(API_KEYS, key.model_copy(update={"scopes": _SCOPES}))


class RenewingToken:
    """An access token for one person that is renewed after half of its lifetime."""

    def __init__(self, table: Table, email: str) -> None:
        self._table = table
        self._email = email
        self._token = ""
        self._renew_at = datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> str:
        """Return a token that is valid for at least twelve hours."""
        now = self._table.clock.real()
        if now >= self._renew_at or not self._is_known():
            self._token, self._renew_at = issue_token(self._table, self._email), now + LIFETIME / 2
        return self._token

    def _is_known(self) -> bool:
        """Return whether the table has the token. `souk clock reset` empties it."""
        return self._table.get(TOKENS, digest(self._token), consistent=True) is not None
