"""Access tokens for the demo users, until people get theirs from the authorization server."""

from datetime import UTC, datetime

from souk.authentication.issuance import LIFETIME
from souk.authentication.issuance import issue_token as issue
from souk.authentication.records import API_KEYS
from souk.domains.identity.store import user_by_email
from souk.local.emulator import client
from souk.operations.problem import Problem
from souk.storage import Table
from souk.values.clock import Clock

KEY_ID = "souk-demo"
"""The API key of the demo data, which tokens are issued for."""


def table(endpoint: str, name: str) -> Table:
    """Return the table as the account's root user may use it: every key may be written."""
    return Table(client("dynamodb", endpoint), name, Clock(), writes=("",))


def issue_token(table: Table, email: str) -> str:
    """Return a new access token of the person with this e-mail address, with all scopes of the demo key.

    Raises Problem when there is no such person.
    """
    user = user_by_email(table, email)
    key = table.get(API_KEYS, KEY_ID, consistent=True)
    if user is None or key is None:
        raise Problem(f"There is nobody with the e-mail address {email} here.")
    transaction = table.transaction()
    token = issue(transaction, key, user.id, user.organization_id, table.clock.real())
    transaction.commit()
    return token


class Renewed:
    """A token of one person for a run that outlives tokens: made anew when half of its life is over."""

    def __init__(self, table: Table, email: str) -> None:
        self._table = table
        self._email = email
        self._token = ""
        self._old_at = datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> str:
        """Return a token that is good for twelve hours at the least."""
        now = self._table.clock.real()
        if now >= self._old_at:
            self._token, self._old_at = issue_token(self._table, self._email), now + LIFETIME / 2
        return self._token
