"""Issues access tokens for demo people without the authorization server."""

from datetime import UTC, datetime

from souk.authentication.issuance import LIFETIME
from souk.authentication.issuance import issue_token as issue
from souk.authentication.records import API_KEYS
from souk.domains.identity.store import user_by_email
from souk.local.emulator import Clients
from souk.operations.problem import Problem
from souk.storage import Table
from souk.values.clock import Clock

KEY_ID = "souk-demo"
"""The API key of the demo data, for which tokens are issued."""


def table(client: Clients, name: str) -> Table:
    """Return the table with the permissions of the account's root user, who may write every key."""
    return Table(client("dynamodb"), name, Clock(), writes=("",))


def issue_token(table: Table, email: str) -> str:
    """Return a new access token for the person with this e-mail address, with all scopes of the demo key.

    Raises Problem if there is no such person.
    """
    user = user_by_email(table, email)
    key = table.get(API_KEYS, KEY_ID, consistent=True)
    if user is None or key is None:
        raise Problem(f"There is no user with the e-mail address {email}.")
    transaction = table.transaction()
    token = issue(transaction, key, user.id, user.organization_id, table.clock.real())
    transaction.commit()
    return token


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
        if now >= self._renew_at:
            self._token, self._renew_at = issue_token(self._table, self._email), now + LIFETIME / 2
        return self._token
