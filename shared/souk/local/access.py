"""Access tokens for the demo users, until people get theirs from the authorization server."""

from datetime import UTC, datetime, timedelta

from souk.domains.identity.store import user_by_email
from souk.identity.issuing import issue_token as issue
from souk.identity.records import API_KEYS
from souk.local.demo.people import KEY_ID
from souk.local.emulator import client
from souk.local.problem import Problem
from souk.storage import Table

LIFETIME = timedelta(days=14)
"""Longer than the 24 hours of other tokens: a local run may stay up for a week, and its front door keeps its token."""


def table(endpoint: str, name: str) -> Table:
    """Return the table as the account's root user may use it: every key may be written."""
    return Table(client("dynamodb", endpoint), name, writes=("",))


def issue_token(table: Table, email: str) -> str:
    """Return a new access token of the person with this e-mail address, with all scopes of the demo key.

    Raises Problem when there is no such person.
    """
    user = user_by_email(table, email)
    key = table.get(API_KEYS, KEY_ID, consistent=True)
    if user is None or key is None:
        raise Problem(f"There is nobody with the e-mail address {email} here.")
    transaction = table.transaction()
    token = issue(transaction, key, user.id, user.organization_id, datetime.now(UTC), lifetime=LIFETIME)
    transaction.commit()
    return token
